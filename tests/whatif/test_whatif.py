"""A what-if is what a build with that price book says, to the cent and to the line."""

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.reference import write_table
from orchestration.pipeline import transform
from orchestration.pipeline.build import Candidate
from orchestration.pipeline.publish import publish
from orchestration.platform.errors import RequestError, SeatshiftError
from orchestration.platform.files import sha256_of
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import PUBLISHED, open_memory, open_warehouse, quoted
from orchestration.runs.refresh import refresh
from orchestration.whatif.change import parse_changes
from orchestration.whatif.changed_book import changed_book, read_book
from orchestration.whatif.report import what_if, whole_result
from tests.conftest import PublishedHome

BUILT = (
    "source:reference+,+fct_shadow_bills",
    "source:reference+,+fct_migration_shock",
)

# a change of each kind; together they take every way through the models (test_gate.py compares each
# with a build in every run, on a home made for it)
CHANGES = {
    "seat price of a proposal": ["charges.seat_hybrid_usd.unit_amount=29"],
    "price of a tier": ["charges.outcomes_outcome_usd.tiers.2.unit_amount=0.85"],
    "end of a tier": ["tiers.messages_platform_tokens_usd.1.up_to=2000"],
    "one tier more": ["add tiers.outcomes_outcome_usd: up_to=1000, unit_amount=0.92"],
    "one tier less": ["remove tiers.outcomes_outcome_usd.3"],
    "one charge more": [
        "add charges.messages_hybrid_usd: plan_id=hybrid_usd, charge_name=Messages, "
        "meter=messages, pricing=per_unit, unit_amount=0.01, included_quantity=100"
    ],
    "one charge less": ["remove charges.outcomes_hybrid_usd"],
    "usage of a plan": [
        "remove charges.mini_platform_tokens_usd",
        "remove charges.messages_platform_tokens_eur",
        "add charges.tokens_platform_tokens_usd: plan_id=platform_tokens_usd, meter=tokens, "
        "charge_name=Tokens of atlas-mini, dimension=atlas-mini, pricing=package, "
        "unit_amount=35, package_size=500000, included_quantity=100000",
    ],
    "seats and a fee": [
        "remove charges.seat_hybrid_eur",
        "add charges.fee_hybrid_usd: plan_id=hybrid_usd, charge_name=Fee, meter=flat, "
        "timing=advance, pricing=flat, unit_amount=150",
    ],
    "a fee": [
        "add charges.fee_hybrid_usd: plan_id=hybrid_usd, charge_name=Fee, meter=flat, "
        "timing=advance, pricing=flat, unit_amount=150",
    ],
    "no charge left": ["remove charges.outcomes_outcome_usd"],
    "size of a package": ["charges.pro_platform_tokens_eur.package_size=500000"],
    "included quantity": ["charges.outcomes_hybrid_eur.included_quantity=75"],
    "minimum": ["plans.outcome_usd.minimum_amount=900"],
    "price that gives credits": ["charges.outcomes_hybrid_usd.unit_amount=1.1"],
    "cap": ["plans.hybrid_usd.maximum_amount=700", "plans.hybrid_eur.minimum_amount=400"],
    "credits of a wallet": [
        "credit_grants.credits_usd.1.false.period.credits=6000",
        "credit_grants.credits_eur.rollover_ratio=0.25",
        "credit_grants.credits_jpy.overage_unit_amount=12",
    ],
    "price of a pack": ["credit_grants.prepaid_tokens_usd.topup_amount=50"],
    "fee beside a wallet": ["charges.fee_credits_usd.unit_amount=399"],
    "discount of an account": ["discounts.d-0018.ratio=0.5"],
    "plan of a scenario": ["scenarios.outcome.plan_id=platform_tokens_usd"],
    "choice": ["scenarios.platform_tokens.uptake=opt_in"],
    "grandfathering": [
        "scenarios.hybrid.max_increase_ratio=0.05",
        "scenarios.hybrid.max_increase_periods=6",
    ],
    "grandfathering and a minimum": [
        "scenarios.hybrid.max_increase_ratio=0.2",
        "plans.hybrid_usd.minimum_amount=500",
    ],
    "no grandfathering": [
        "scenarios.outcome.max_increase_ratio=",
        "scenarios.outcome.max_increase_periods=",
    ],
    "seat price of today": ["charges.seat_team_monthly_usd.unit_amount=41"],
    "negotiated price": ["contract_prices.acc-0022.seat_team_monthly_usd.unit_amount=30"],
    "what a shock is": ["thresholds.migration_increase_ratio.fires_at=0.1"],
}


def _built(demo: PublishedHome, folder: Path, edits: list[str]) -> Path:
    """The demo's build with the changed book, made by dbt."""
    build = folder / "build.duckdb"
    shutil.copyfile(demo.warehouse, build)
    settings = replace(demo.settings, state=folder)
    with open_warehouse(settings, build) as connection:
        book, changes = changed_book(read_book(connection, "warehouse"), parse_changes(edits))
        for table in {change.table for change in changes}:
            write_table(connection, REFERENCE[table], book[table])
    results = transform.run_selected(settings, build, BUILT)
    assert all(result.is_good for result in results)
    return build


def _differences(connection: duckdb.DuckDBPyConnection, mine: str, built: str) -> int:
    columns = ", ".join(str(row[0]) for row in connection.execute(f"describe {built}").fetchall())
    found = connection.execute(
        f"select count(*) from ("
        f"(select {columns} from {mine} except all select {columns} from {built}) union all "
        f"(select {columns} from {built} except all select {columns} from {mine}))"
    ).fetchone()
    return int(found[0]) if found else -1


@pytest.mark.soak  # a run of dbt on the demo each
@pytest.mark.parametrize("kind", CHANGES)
def test_a_what_if_is_a_build_with_that_book(
    demo: PublishedHome, tmp_path: Path, kind: str
) -> None:
    build = _built(demo, tmp_path, CHANGES[kind])
    with whole_result(demo.settings, parse_changes(CHANGES[kind])) as connection:
        # the result is read beside a build, which is a file of its own
        reported = {
            name: connection.execute(f"select * from whatif.{name}").to_arrow_table()
            for name in ("fct_shadow_bills", "fct_migration_shock")
        }
    accounts = _some_accounts(demo)
    details = what_if(demo.settings, parse_changes(CHANGES[kind]), accounts=accounts)
    with open_memory(replace(demo.settings, state=tmp_path)) as connection:
        connection.execute(f"attach {quoted(str(build))} as built (read_only)")
        connection.execute(f"attach {quoted(str(demo.snapshot))} as {PUBLISHED} (read_only)")
        for name, table in reported.items():
            connection.register("reported", table)
            assert _differences(connection, "reported", f"built.marts.{name}") == 0, name
        moved = _differences(
            connection, f"{PUBLISHED}.marts.fct_shadow_bills", "built.marts.fct_shadow_bills"
        )
        assert moved > 0 or kind == "what a shock is"
        lines = connection.execute(
            "select * from built.marts.fct_shadow_bill_lines where list_contains(?, account_id)",
            [accounts],
        )
        names = [column[0] for column in lines.description or ()]
        wanted = {tuple(row) for row in lines.fetchall()}
    # the number of active seats is reported if the rows of activity are available
    spoken = [name for name in names if name != "explanation"]
    assert {tuple(line[name] for name in spoken) for line in details.lines} == {
        tuple(value for name, value in zip(names, row, strict=True) if name != "explanation")
        for row in wanted
    }


# months before the reported ones are not rated, and unchanged lines are read as sums
RUN_EVERY_TIME = ("price that gives credits", "included quantity", "cap")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[] if kind in RUN_EVERY_TIME else [pytest.mark.soak])
        for kind in CHANGES
    ],
)
def test_effects_are_sums_of_the_whole_result(demo: PublishedHome, kind: str) -> None:
    outcome = what_if(demo.settings, parse_changes(CHANGES[kind]))
    with whole_result(demo.settings, parse_changes(CHANGES[kind])) as connection:
        revenue = connection.execute(
            """
            select scenario_id, sum(amount_reporting) from whatif.fct_shadow_bills
            where not is_provisional and last_day(period_end - 1) between ? and last_day(?::date)
            group by scenario_id
            """,
            [str(outcome.first_month), str(outcome.last_month)],
        ).fetchall()
        # over the same months as a migration shock looks back on
        otherwise = connection.execute(
            """
            select shocks.account_id, shocks.scenario_id
            from whatif.fct_migration_shock as shocks
            inner join whatif.fct_shadow_bills as bills
                on
                    shocks.account_id = bills.account_id
                    and shocks.scenario_id = bills.scenario_id
                    and shocks.currency = bills.currency
            where
                shocks.proposed_amount is not null and bills.current_amount is not null
                and not bills.is_provisional
                and last_day(bills.period_end - 1) between ? and last_day(?::date)
            group by shocks.account_id, shocks.scenario_id, shocks.proposed_amount
            having sum(bills.amount) <> shocks.proposed_amount
            """,
            [str(outcome.first_month), str(outcome.last_month)],
        ).fetchall()
        shocks = connection.execute(
            """
            select
                scenario_id,
                count(is_shock),
                count(*) filter (where is_shock),
                count(*) filter (where proposed_amount < current_amount),
                count(*) filter (where proposed_amount > current_amount)
            from whatif.fct_migration_shock
            group by scenario_id
            """
        ).fetchall()
    assert otherwise == []
    assert outcome.effects
    for effect in outcome.effects:
        assert effect.revenue_after == dict(revenue)[effect.scenario_id]
        if effect.scenario_id != "current":
            counts = {scenario: tuple(found) for scenario, *found in shocks}
            assert counts[effect.scenario_id] == (
                effect.shock_accounts,
                effect.shocked_after,
                effect.winners_after,
                effect.losers_after,
            )


def test_an_assumption_on_churn_changes_what_is_expected_and_no_bill(demo: PublishedHome) -> None:
    edit = "churn_assumptions.middle.0.25.extra_churn_ratio"
    price = "charges.seat_hybrid_usd.unit_amount=29"
    reported = {
        churn: what_if(
            demo.settings,
            parse_changes([price, f"{edit}={churn}"]),
            scenarios=["hybrid"],
            with_measures=True,
        )
        for churn in ("0.05", "0.2")
    }
    as_assumed, doubled = reported.values()
    assert as_assumed.effects == doubled.effects
    before, after = as_assumed.measures[0], doubled.measures[0]
    assert before["segment"] == after["segment"] == "all"
    assert before["window"] == after["window"] == "trailing_12"
    [band] = [
        flip
        for flip in doubled.flips
        if flip["segment"] == "all"
        and flip["window"] == "trailing_12"
        and flip["increase_over"] == Decimal("0.25")
    ]
    # each account of the band is now expected to leave with 15 points more
    rise = (after["extra_churn"] - before["extra_churn"]) * after["accounts"]
    assert abs(rise - band["band_accounts"] * Decimal("0.15")) < Decimal("0.001")
    moved = ("extra_churn", "expected_gain")
    assert after["expected_gain"] < before["expected_gain"]
    assert {name: value for name, value in before.items() if name not in moved} == {
        name: value for name, value in after.items() if name not in moved
    }


def test_figures_of_a_what_if_are_those_that_a_build_is_judged_by(demo: PublishedHome) -> None:
    """A change to the same price, said in another way, measures what is published."""
    outcome = what_if(
        demo.settings,
        parse_changes(["churn_assumptions.low.0.25.extra_churn_ratio=0.9"]),
        scenarios=["hybrid"],
        with_measures=True,
    )
    with open_warehouse(demo.settings, demo.snapshot, read_only=True) as connection:
        published = connection.execute(
            """
            select "window", segment, revenue_change, shock_share, extra_churn, margin_change
            from marts.fct_segment_scenarios
            where scenario_id = 'hybrid' and "window" in ('trailing_12', 'trailing_3')
            qualify month = max(month) over ()
            """
        ).fetchall()
    assert published
    reported = {
        (row["window"], row["segment"]): (
            row["revenue_change"],
            row["shock_share"],
            row["extra_churn"],
            row["margin_change"],
        )
        for row in outcome.measures
    }
    assert {row[:2]: tuple(row[2:]) for row in published} == reported
    with open_warehouse(demo.settings, demo.snapshot, read_only=True) as connection:
        outcomes = connection.execute(
            """
            select "window", segment, outcome, revenue_change, is_gain
            from marts.fct_scenario_outcomes
            where scenario_id = 'hybrid' and "window" in ('trailing_12', 'trailing_3')
            """
        ).fetchall()
    assert len(outcomes) >= 20
    assert set(outcomes) == {
        (row["window"], row["segment"], row["outcome"], row["revenue_change"], row["is_gain"])
        for row in outcome.outcomes
    }


def _some_accounts(demo: PublishedHome) -> list[str]:
    """Accounts with discounts, negotiated prices, reopened outcomes, and without."""
    with open_warehouse(demo.settings, demo.snapshot, read_only=True) as connection:
        found = connection.execute(
            """
            (select account_id from reference.contract_prices order by all limit 3)
            union
            (select scope_id from reference.discounts where scope = 'account' order by all limit 3)
            union
            (select account_id from intermediate.int_outcome_reopenings order by all limit 3)
            union
            (select account_id from marts.dim_accounts order by account_id limit 3)
            """
        ).fetchall()
    return sorted(str(row[0]) for row in found)


@pytest.mark.soak  # a refresh more; in every run a what-if is held to builds
def test_a_what_if_is_a_refresh_with_that_file(small_copy: Settings) -> None:
    edits = ["charges.work.unit_amount=3", "charges.work.included_quantity=15"]
    outcome = what_if(small_copy, parse_changes(edits), accounts=["acme", "blue"])
    reported = {
        (bill["account_id"], bill["month"], bill["scenario_id"]): bill["after"]
        for bill in outcome.bills
    }
    path = small_copy.reference / "charges.csv"
    text = path.read_text(encoding="utf-8")
    header, seat, work = text.strip().splitlines()
    path.write_text(
        "\n".join(
            [f"{header},included_quantity", f"{seat},", f"{work.replace('2.50', '3')},15", ""]
        ),
        encoding="utf-8",
    )
    pointer = refresh(small_copy).pointer
    with open_warehouse(small_copy, pointer.path(small_copy), read_only=True) as connection:
        published = connection.execute(
            "select account_id, month, scenario_id, amount from marts.fct_shadow_bills"
        ).fetchall()
    assert {tuple(row[:3]): row[3] for row in published} == reported
    # 28 days x 5 resolutions less 15, at 3.00
    assert ("acme", Decimal("375.0000")) in {
        (account, amount) for account, _, scenario, amount in published if scenario == "outcome"
    }


def test_effects_are_reported_per_scenario(small: PublishedHome) -> None:
    outcome = what_if(small.settings, parse_changes(["charges.work.unit_amount=5"]))
    (effect,) = outcome.effects
    assert effect.scenario_id == "outcome"
    assert effect.accounts == 2
    assert effect.revenue_after == 2 * effect.revenue_before
    assert (effect.winners_before, effect.losers_before) == (2, 0)
    assert (effect.winners_after, effect.losers_after) == (0, 2)
    assert effect.rising == 2 and effect.falling == 0
    assert {mover.account_id for mover in outcome.movers} == {"acme", "blue"}
    assert all(mover.change == mover.before for mover in outcome.movers)


def test_a_change_that_changes_nothing_moves_nothing(small: PublishedHome) -> None:
    outcome = what_if(small.settings, parse_changes(["charges.work.unit_amount=2.5"]))
    assert outcome.changes == () and outcome.effects == () and outcome.movers == ()


def test_today_can_keep_its_basis(small: PublishedHome) -> None:
    edits = ["charges.seat_team.unit_amount=50"]
    (as_published, _) = what_if(small.settings, parse_changes(edits)).effects
    (kept, _) = what_if(small.settings, parse_changes(edits), keeps_basis=True).effects
    assert what_if(small.settings, parse_changes(edits)).now_invoiced == 2
    # invoices of 390.00 stand where 10 seats at 50.00 do not meet them
    assert as_published.change == 0
    assert kept.revenue_after * 39 == kept.revenue_before * 50


def test_a_what_if_writes_nothing_to_the_home(small: PublishedHome) -> None:
    before = {path: path.stat().st_mtime_ns for path in sorted(small.home.rglob("*"))}
    sha256 = sha256_of(small.snapshot)
    what_if(small.settings, parse_changes(["charges.work.unit_amount=5"]), accounts=["acme"])
    assert {path: path.stat().st_mtime_ns for path in sorted(small.home.rglob("*"))} == before
    assert sha256_of(small.snapshot) == sha256


def test_a_publication_meanwhile_disturbs_no_what_if(small_copy: Settings) -> None:
    edits = ["charges.work.unit_amount=5"]
    with whole_result(small_copy, parse_changes(edits)) as connection:
        pointer = publish_again(small_copy)
        # the generation that was opened can be read on, even where its file is removed
        (small_copy.snapshots / "v000001.duckdb").unlink()
        total = connection.execute("select sum(amount) from whatif.fct_shadow_bills").fetchone()
        again = what_if(small_copy, parse_changes(edits))
    assert total is not None and total[0] > 0
    assert again.generation == pointer


def publish_again(settings: Settings) -> int:
    from orchestration.platform.published import read_pointer

    pointer = read_pointer(settings)
    assert pointer is not None
    return publish(settings, Candidate(pointer.build_id, pointer.as_of_moment)).generation


def test_two_at_once_do_not_meet(small: PublishedHome) -> None:
    with (
        whole_result(small.settings, parse_changes(["charges.work.unit_amount=5"])) as one,
        whole_result(small.settings, parse_changes(["charges.work.unit_amount=10"])) as other,
    ):
        query = "select sum(amount) from whatif.fct_shadow_bills where scenario_id = 'outcome'"
        fives, tens = (connection.execute(query).fetchone() for connection in (one, other))
    assert fives is not None and tens is not None
    assert 2 * fives[0] == tens[0]


def test_before_the_first_refresh_there_is_nothing_to_try(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    with pytest.raises(SeatshiftError, match="run `seatshift refresh` first"):
        what_if(load_settings(tmp_path), parse_changes(["charges.work.unit_amount=5"]))


def test_a_snapshot_from_before_what_ifs_asks_for_a_refresh(small_copy: Settings) -> None:
    snapshot = small_copy.snapshots / "v000001.duckdb"
    snapshot.chmod(0o644)
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute("drop schema whatif cascade")
    with pytest.raises(SeatshiftError, match="run `seatshift refresh` once"):
        what_if(small_copy, parse_changes(["charges.work.unit_amount=5"]))


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ("charges.work.unit_amount", "write table.key.column=value"),
        ("prices.work.unit_amount=5", "names no file of the price book"),
        ("charges.wrok.unit_amount=5", "no row 'wrok'; the closest one is `work`"),
        ("charges.work.unit_amont=5", "no column 'unit_amont'; the closest one is `unit_amount`"),
        ("charges.work@2030-01-01.unit_amount=5", "valid from 2030-01-01; there are 2025-01-01"),
        ("charges.work.charge_id=x", "names the row"),
        ("charges.work.unit_amount=five", "use a plain number"),
        ("charges.work.unit_amount=-5", "must not be negative"),
        ("charges.work.unit_amount=", "is empty; pricing per_unit needs it"),
        ("charges.work.pricing=cheap", "use one of flat"),
        ("charges.work.plan_id=nowhere", "not in plans.csv"),
        ("charges.work.valid_to=2026-03-01", "not how long it holds"),
        ("plans.team.billing_interval=year", "contracts are on this plan"),
        ("plans.outcome.seat_basis=active", "does not carry who was active"),
        ("thresholds.accuracy_floor.fires_at=0.5", "only the thresholds migration_"),
    ],
)
def test_a_wish_that_cannot_be_tried_is_one_sentence(
    small: PublishedHome, edit: str, sentence: str
) -> None:
    with pytest.raises(RequestError) as refused:
        what_if(small.settings, parse_changes([edit]))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("nothing", "acme"), "no bill of scenario 'nothing'"),
        (("outcome", "nobody"), "no bill of account 'nobody'"),
    ],
)
def test_what_is_not_there_cannot_be_shown(
    small: PublishedHome, asked: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(RequestError, match=sentence):
        what_if(
            small.settings,
            parse_changes(["charges.work.unit_amount=5"]),
            scenarios=asked[:1],
            accounts=asked[1:],
        )

"""The scenario lab on a home whose every bill is known: work at 2.50 against seats at 39.00."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from pypdf import PdfReader
from streamlit.proto.Metric_pb2 import Metric
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.data import freshness, lab, whatif
from dashboards.data.warehouse import current
from dashboards.exports.comparison import Comparison, comparison_json, comparison_pdf
from orchestration.platform.settings import Settings
from tests.conftest import PublishedHome
from tests.dashboards import sample
from tests.dashboards.offered import view_of

pytestmark = pytest.mark.slow

PRICE = "charges.work.unit_amount"
# beyond what any bill rises by
CAP = "scenarios.outcome.max_increase_ratio"
OpenLab = Callable[..., AppTest]


@pytest.fixture
def open_lab(small: PublishedHome, monkeypatch: pytest.MonkeyPatch) -> OpenLab:
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF)

    def opened(home: Path = small.home, **query: str) -> AppTest:
        monkeypatch.setenv("SEATSHIFT_HOME", str(home))
        app = AppTest.from_file(
            str(sample.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=60
        )
        app.run()
        app.switch_page("app_pages/scenario_lab.py")
        app.query_params.update(query)
        app.run()
        assert not app.exception
        return app

    return opened


def _input(app: AppTest, target: str) -> object:
    [found] = [one for one in app.text_input if str(one.key).endswith(f" {target}")]
    return found


def _said(text: str) -> str:
    """The text without the marks that keep markdown from reading it."""
    return text.replace("\\", "")


def _try(app: AppTest, target: str, text: str) -> AppTest:
    _input(app, target).set_value(text)  # type: ignore[attr-defined]
    [button] = [one for one in app.button if one.label == "Try"]
    button.click().run()
    assert not app.exception
    return app


def test_before_a_change_the_published_figures_stand(open_lab: OpenLab) -> None:
    app = open_lab()
    assert _said(app.subheader[0].value).startswith("Outcome breaks ")
    assert _input(app, PRICE).value == "2.5"  # type: ignore[attr-defined]
    assert len(app.metric) == 4
    assert "try" not in app.query_params


def test_twice_the_price_is_reported_and_is_in_the_link(open_lab: OpenLab) -> None:
    app = _try(open_lab(), PRICE, "5")
    assert _said(app.subheader[0].value).startswith("With 1 change, Outcome bills +79.5 %")
    assert "2 more" in app.subheader[0].value, "both accounts pay more than today"
    assert app.query_params["try"] in (f"{PRICE}=5", [f"{PRICE}=5"])
    again = open_lab(**{"try": f"{PRICE}=5"})
    assert again.subheader[0].value == app.subheader[0].value
    assert [one.value for one in again.metric] == [one.value for one in app.metric]


@pytest.mark.parametrize(
    ("price", "revenue", "shock"),
    [("5", ("UP", "GREEN"), ("UP", "RED")), ("1", ("DOWN", "RED"), ("NONE", "GRAY"))],
)
def test_a_move_points_where_it_goes_and_is_coloured_by_what_it_is_worth(
    open_lab: OpenLab, price: str, revenue: tuple[str, str], shock: tuple[str, str]
) -> None:
    """Our minus is not a hyphen, so Streamlit would take a negative figure for an increase."""
    shown = {
        one.label: (
            Metric.MetricDirection.Name(one.proto.direction),
            Metric.MetricColor.Name(one.proto.color),
        )
        for one in _try(open_lab(), PRICE, price).metric
    }
    assert shown["Revenue against today"] == revenue
    assert shown["Accounts shocked"] == shock


def test_a_churn_that_nobody_can_have_is_not_shown() -> None:
    row = {
        "increase_over": Decimal("0.1"),
        "next_increase_over": None,
        "band_accounts": 3,
        "assumed_churn": Decimal("0.01"),
        "standing": "broken_regardless",
    }
    churns = [Decimal("-0.217"), Decimal(0), Decimal("0.05"), Decimal(1), Decimal("1.2"), None]
    table = lab.flip_table([row | {"critical_churn": churn} for churn in churns])
    assert table.column("critical_churn").to_pylist() == [None, 0, Decimal("0.05"), 1, None, None]


def _add_charge(app: AppTest, *texts: str) -> AppTest:
    """Write the name, the price and what is included of a fee more, and add it."""
    for label, text in zip(
        ("Name of the charge", "Unit price, or fee per period"), texts, strict=True
    ):
        [found] = [one for one in app.text_input if one.label == label]
        found.set_value(text)
    [meter] = [one for one in app.selectbox if "seats" in one.options and one.label == "Of"]
    meter.set_value("flat")
    [add] = [one for one in app.button if one.label == "Add"]
    add.click().run()
    assert not app.exception
    return app


def test_a_charge_more_and_one_less_are_tried_and_stand_in_the_link(open_lab: OpenLab) -> None:
    app = _add_charge(open_lab(), "Fee, monthly", "40")
    # work bills 350.00 a month, seats 390.00: with 40.00 more nobody pays more or less than today
    assert "bills 0.0 %" in _said(app.subheader[0].value)
    [rows] = [one for one in app.multiselect if one.label.startswith("Tiers and charges")]
    [edit] = rows.value
    assert edit.startswith("add charges.fee__monthly_outcome: plan_id=outcome,")
    again = open_lab(rows=edit)
    assert again.subheader[0].value == app.subheader[0].value
    [rows] = [one for one in again.multiselect if one.label.startswith("Tiers and charges")]
    rows.set_value([*rows.value, "remove charges.work"]).run()
    assert "bills −89.7 %" in _said(again.subheader[0].value), "40.00 instead of 390.00"
    rows.set_value([]).run()
    assert again.subheader[0].value.startswith("Outcome breaks ")
    assert "rows" not in again.query_params


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("", "40"), "Name the charge"),
        (("Fee", "much"), "The price says much"),
        (("Fee", ""), "The price says nothing"),
    ],
)
def test_a_charge_that_says_too_little_is_not_added(
    open_lab: OpenLab, texts: tuple[str, str], sentence: str
) -> None:
    app = _add_charge(open_lab(), *texts)
    assert any(sentence in _said(error.value) for error in app.error)
    assert "rows" not in app.query_params


def test_a_link_with_rows_that_make_no_sense_still_opens(open_lab: OpenLab) -> None:
    app = open_lab(rows="add nonsense;remove charges.wrok;=cmd()")
    assert any("no charge 'wrok'" in _said(error.value) for error in app.error)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cheap", "write a number such as 29.5"),
        ("-1", "must not be negative"),
        ("", "is empty; pricing per_unit needs it"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(open_lab: OpenLab, text: str, sentence: str) -> None:
    app = _try(open_lab(), PRICE, text)
    assert any(sentence in _said(error.value) for error in app.error)


def test_outcomes_are_of_the_changes(open_lab: OpenLab) -> None:
    published = _chance(open_lab())
    tried = _chance(_try(open_lab(), PRICE, "5"))
    assert published["of"] == "as published"
    assert tried["of"] == "with the changes"
    # both accounts pay more than today at twice the price, in whatever numbers they come
    assert tried["gains"] == tried["outcomes"] == 20
    assert published["gains"] < 20


def _chance(app: AppTest) -> dict[str, Any]:
    """What the page says of its outcomes, and the rows that it offers as a file."""
    exports = view_of(app).exports
    table = next(export.table for export in exports if export.name == "lab-outcomes")
    first = table.slice(0, 1).to_pylist()[0]
    [said] = [text.value for text in app.markdown if "equally likely outcomes" in text.value]
    of = "with the changes" if "with the changes" in said else "as published"
    return {"of": of, "gains": first["gains"], "outcomes": first["outcomes"]}


def test_a_viewer_tries_prices_without_names_and_keeps_no_draft(
    open_lab: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def movers() -> list[dict[str, Any]]:
        app = _try(open_lab(), PRICE, "5")
        assert bool([one for one in app.text_input if one.label == "Name"]) is access.sees_names()
        exports = view_of(app).exports
        listed: list[dict[str, Any]] = next(
            export.table for export in exports if export.name == "lab-movers"
        ).to_pylist()
        return listed

    assert all(row["account_name"] != row["account_id"] for row in movers())
    monkeypatch.setattr(access, "person", lambda: access.Person("guest", "viewer"))
    assert all(row["account_name"] == row["account_id"] for row in movers())


def test_a_draft_is_files_apart_from_the_price_book(
    open_lab: OpenLab, small_copy: Settings
) -> None:
    app = _try(open_lab(small_copy.home), PRICE, "5")
    published = (small_copy.reference / "charges.csv").read_bytes()
    for edit, said in (("../out", "letters, digits"), ("autumn", "charges.csv")):
        [name] = [one for one in app.text_input if one.label == "Name"]
        name.set_value(edit)
        [save] = [one for one in app.button if one.label == "Save files"]
        save.click().run()
        assert any(said in _said(one.value) for one in (*app.error, *app.success))
    draft = small_copy.home / "drafts" / "autumn" / "charges.csv"
    [work] = [line for line in draft.read_text("utf-8").splitlines() if line.startswith("work,")]
    assert ",5," in work
    assert (small_copy.reference / "charges.csv").read_bytes() == published
    assert not (small_copy.home.parent / "out").exists()
    [save] = [one for one in app.button if one.label == "Save files"]
    save.click().run()
    assert any("is not empty" in one.value for one in app.error), "a draft replaces no file"
    shutil.rmtree(small_copy.home / "drafts")
    (small_copy.home / "drafts").write_text("no folder")
    with pytest.raises(whatif.CannotTry, match="drafts in the home cannot be written"):
        whatif.keep_draft(["charges.work.unit_amount=0.03"], "winter", currency_variants=False)


def test_the_last_answer_stays_until_the_next_and_returning_is_at_once(
    open_lab: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _try(open_lab(), PRICE, "5")
    assert len(app.metric) == 4, "what stood there meanwhile is gone"
    app = _try(_try(app, PRICE, "6"), PRICE, "5")
    assert len(app.session_state["whatifs_of_this_session"]) == 3
    assert app.session_state["lab_last"][2] == (f"{PRICE}=5",)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the answer was kept")

    monkeypatch.setattr(whatif, "what_if", never)
    assert _said(_try(app, PRICE, "6").subheader[0].value).startswith("With 1 change")


def _alone(app: AppTest) -> list[dict[str, Any]]:
    """Press the button; the rows of the effects that the page then offers as a file."""
    [button] = [one for one in app.button if one.label == "Each change on its own"]
    button.click().run()
    assert not app.exception
    exports = view_of(app).exports
    listed: list[dict[str, Any]] = next(
        export.table for export in exports if export.name == "lab-changes-alone"
    ).to_pylist()
    return listed


def test_each_change_is_tried_alone_once_it_is_asked_for(open_lab: OpenLab) -> None:
    link = f"{PRICE}=5;{CAP}=9"
    app = open_lab(**{"try": link})
    assert not [one for one in app.get("vega_lite_chart") if "Only together" in str(one.proto)]
    listed = _alone(app)
    assert [row["part"] for row in listed] == ["change", "change", "all", "rest"]
    assert listed[0]["change"] == "work unit_amount: 2.5 → 5"
    # the cap is never reached, so that the price alone is all of it
    assert listed[0]["effect"] > 0
    assert (listed[1]["effect"], listed[3]["effect"]) == (0, 0)
    assert listed[2]["effect"] == listed[0]["effect"]
    assert listed[2]["revenue_after"] - listed[2]["revenue_before"] == listed[2]["effect"]
    assert not [one for one in app.button if one.label == "Each change on its own"]
    assert "has the largest effect on its own" in " ".join(one.value for one in app.markdown)


def test_a_change_that_cannot_be_tried_alone_is_one_sentence(
    open_lab: OpenLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f"{PRICE}=5;{CAP}=9"
    app = open_lab(**{"try": link})
    really = whatif.try_prices

    def refused(snapshot: Any, changes: list[str], *more: Any, **named: Any) -> Any:
        if changes[0].startswith(PRICE):
            raise whatif.CannotTry("It needs the other change.")
        return really(snapshot, changes, *more, **named)

    monkeypatch.setattr("dashboards.single_changes.try_prices", refused)
    listed = _alone(app)
    refusal = next(row for row in listed if row["reason"] and row["part"] == "change")
    assert (refusal["effect"], refusal["reason"]) == (None, "It needs the other change.")
    [rest] = [row for row in listed if row["part"] == "rest"]
    assert (rest["effect"], rest["reason"]) == (None, "one change has no effect of its own")


def test_the_answer_of_usage_is_chosen_among_what_is_published(open_lab: OpenLab) -> None:
    app = open_lab(answer="less_10")
    [choice] = [one for one in app.selectbox if one.label == "Usage response"]
    assert choice.options == [
        "As assumed",
        "Low case",
        "High case",
        "Usage −20 %",
        "Usage −10 %",
        "Usage unchanged",
        "Usage +10 %",
        "Usage +20 %",
    ]
    assert choice.value == "less_10"
    exports = view_of(app).exports
    listed = next(one.table for one in exports if one.name == "lab-usage-answers").to_pylist()
    assert [row["usage_level"] for row in listed][3:] == [
        "less_20",
        "less_10",
        "as_before",
        "more_10",
        "more_20",
    ]


def test_one_change_is_not_split_into_single_effects(open_lab: OpenLab) -> None:
    app = open_lab(**{"try": f"{PRICE}=5"})
    assert not [one for one in app.button if one.label == "Each change on its own"]


def test_who_moves_and_who_leaves_can_be_assumed_otherwise(open_lab: OpenLab) -> None:
    app = open_lab()
    [adoption] = [one for one in app.selectbox if one.label == "Adoption"]
    assert adoption.value == "all"
    adoption.set_value("new_only")
    [button] = [one for one in app.button if one.label == "Try"]
    button.click().run()
    assert not app.exception
    assert "scenarios.outcome.uptake=new_only" in str(app.query_params["try"])


def test_the_comparison_is_a_file_for_people_and_one_for_programs(open_lab: OpenLab) -> None:
    app = _try(open_lab(), PRICE, "5")
    labels = {document.label for document in view_of(app).documents}
    assert {"Comparison (PDF)", "Scenario (JSON)"} <= labels


COMPARISON = Comparison(
    company="Sample",
    currency="USD",
    as_of=sample.AS_OF,
    generation=1,
    scenario_id="h",
    proposal="Hybrid",
    segment="all",
    months=12,
    published={
        "revenue_change": Decimal("-0.01"),
        "shock_share": Decimal("0.05"),
        "extra_churn": None,
        "margin_change": None,
        "accounts": 9,
        "current_reporting": Decimal("100.0000"),
        "proposed_reporting": Decimal("99.0000"),
    },
    tried=None,
    changes=lab.change_table(
        [SimpleNamespace(table="charges", key="seat", column="unit_amount", before="1", after="2")]
    ),
    flips=lab.flip_table(
        [
            {
                "increase_over": Decimal("0.1"),
                "next_increase_over": None,
                "band_accounts": 3,
                "assumed_churn": Decimal("0.01"),
                "critical_churn": None,
                "standing": "nobody",
            }
        ]
    ),
    movers=lab.mover_table(
        [
            SimpleNamespace(
                account_id="a",
                account_name="<b>=1+1</b>",
                segment="smb",
                before=Decimal("1.0000"),
                after=Decimal("2.5000"),
                change=Decimal("1.5000"),
            )
        ]
    ),
)


def test_the_scenario_for_programs_is_exact_and_null_where_nothing_is_known() -> None:
    shown = json.loads(comparison_json(COMPARISON))
    assert shown["changes"] == [{"cell": "charges.seat.unit_amount", "before": "1", "after": "2"}]
    assert shown["published"]["proposed_reporting"] == "99.0000"
    assert (shown["published"]["extra_churn"], shown["tried"]) == (None, None)
    assert shown["movers"][0]["change"] == "1.5000"
    assert shown["flips"][0]["accounts_rising"] == "above +10 %"


def test_the_comparison_is_printed_with_names_as_they_are() -> None:
    page = PdfReader(io.BytesIO(comparison_pdf(COMPARISON))).pages[0].extract_text()
    for text in ("−1.0 %", "charges.seat.unit_amount", "<b>=1+1</b>", "+1.50", "no accounts in it"):
        assert text in page


def test_the_price_book_of_a_proposal_is_a_folder_of_its_files(open_lab: OpenLab) -> None:
    app = open_lab()
    app.switch_page("app_pages/shadow_billing.py").run()
    assert not app.exception
    assert "Price book of the proposal (CSV files)" in [
        document.label for document in view_of(app).documents
    ]
    made = whatif.price_book("outcome", "price-book")
    with zipfile.ZipFile(io.BytesIO(made)) as folder:
        assert sorted(folder.namelist()) == [
            f"price-book/{name}.csv" for name in ("charges", "plans", "scenarios")
        ]
        assert b"work" in folder.read("price-book/charges.csv")
    assert made == whatif.price_book("outcome", "price-book")
    with pytest.raises(whatif.CannotTry, match="no proposal"):
        whatif.price_book("none", "price-book")


def test_every_kind_of_credits_of_a_plan_can_be_changed_by_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free credits of every period and bought ones of a year, the latter in two versions."""

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        sample.settings_only(connection)
        connection.execute(
            """
            create or replace table reference.charges (
                charge_id varchar, plan_id varchar, charge_name varchar, meter varchar,
                pricing varchar, valid_from date, unit_amount decimal(18, 9),
                included_quantity decimal(28, 6), package_size decimal(28, 6),
                line_minimum decimal(18, 4), line_maximum decimal(18, 4)
            );
            create or replace table reference.plans as
            select 'credits' as plan_id, null as minimum_amount, 100.0 as maximum_amount;
            create or replace table reference.credit_grants as
            select * from (values
                ('credits', '2025-01-01', 1, true, 'period', null, 50.0, 0.5, 0.09, null, null),
                ('credits', '2025-01-01', 2, false, 'term', 12, 900.0, null, null, 200.0, 7.0),
                ('credits', '2026-01-01', 2, false, 'term', 12, 950.0, null, null, 200.0, 8.0),
                ('another', '2025-01-01', 1, true, 'period', null, 10.0, null, null, null, null)
            ) as grants(
                plan_id, valid_from, priority, is_free, grant_interval, term_months, credits,
                rollover_ratio, overage_unit_amount, topup_credits, topup_amount
            );
            """
        )

    sample.publish(tmp_path, fill)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    found = [(cell.target, cell.label, cell.value) for cell in lab.cells(current(), "credits")]
    free, paid = "credit_grants.credits.1.true.period", "credit_grants.credits.2.false.term"
    assert found == [
        (f"{free}.credits", "Free credits, priority 1, a period", "50"),
        (f"{free}.rollover_ratio", "Free credits, priority 1: rolls over", "0.5"),
        (f"{free}.overage_unit_amount", "Free credits, priority 1: price beyond", "0.09"),
        (f"{paid}.credits", "Paid credits, priority 2, a term of 12 months", "950"),
        (f"{paid}.topup_credits", "Paid credits, priority 2: pack", "200"),
        (f"{paid}.topup_amount", "Paid credits, priority 2: price of a pack", "8"),
        ("plans.credits.minimum_amount", "Plan minimum", ""),
        ("plans.credits.maximum_amount", "Plan cap", "100"),
    ]

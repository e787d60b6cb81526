"""Every rule of the audit is seen to pass on good data and to fail on data broken for it."""

import shutil
from itertools import zip_longest
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import AuditRefused
from orchestration.validation.arrival import arrival_rules
from orchestration.validation.audit import refuse_blocked
from orchestration.validation.built import built_rules
from orchestration.validation.rules import CRITICAL, WARNING, Rule
from orchestration.validation.run import Finding, Suite
from tests.conftest import PublishedHome

# those of the demo; seat_snapshots, the other shape of seats, has the same rules as seat_events
ARRIVED = [name for name in EXPORTS if name != "seat_snapshots"]

SUITES = {"arrival": arrival_rules(ARRIVED), "built": built_rules()}


def _judge(suite: str, rules: list[Rule], warehouse: Path, folder: Path) -> list[Finding]:
    folder.mkdir()
    return Suite(name=suite, warehouse=warehouse, folder=folder, rules=rules).run()


def _first_row(table: str, change: str) -> str:
    return f"update {table} set {change} where rowid = (select min(rowid) from {table})"


def _swell_last_month(table: str, time: str) -> str:
    """Three times the rows in the last whole month before the as-of."""
    return (
        f"insert into {table} select t.* from {table} as t, range(2), reference.settings as s "
        f"where date_trunc('month', t.{time}) = date_trunc('month', s.as_of) - interval 1 month"
    )


# one mutation per rule that is not made for every column alike; see _mutation
BY_RULE = {
    "load_ledger.counts_add_up": _first_row("raw.load_ledger", "rows_read = rows_read + 1"),
    "load_ledger.few_quarantined": _first_row("raw.load_ledger", "quarantined = rows_read"),
    "usage_events.human_work_names_users": (
        "update raw.usage_events set user_id = null where rowid % 2 = 0"
    ),
    "dim_settings.has_rows": "insert into marts.dim_settings select * from marts.dim_settings",
    "dim_settings.no_binary_floats": "create table marts.loose as select 0.1::double as amount",
    "dim_accounts.segment_not_reserved": _first_row("marts.dim_accounts", "segment = 'all'"),
    "export_status.required_exports_there": (
        "update marts.export_status set is_present = false where export = 'invoice_lines'"
    ),
    "fct_seat_utilization.there_if_seats_are_billed": "delete from marts.fct_seat_utilization",
    "fct_seat_utilization.missing_has_a_reason": _first_row(
        "marts.fct_seat_utilization", "utilization = null, reason = null"
    ),
    "fct_usage_monthly.successes_within_work": _first_row(
        "marts.fct_usage_monthly", "successful_quantity = quantity + 1"
    ),
    "fct_mrr_movements.converted": _first_row(
        "marts.fct_mrr_movements", "closing_reporting = null"
    ),
    "fct_shadow_bills.available_has_an_amount": _first_row(
        "marts.fct_shadow_bills", "is_available = true, amount = null"
    ),
    "fct_shadow_bills.current_beside_every_proposal": (
        "delete from marts.fct_shadow_bills where scenario_id = 'current'"
    ),
    "fct_shadow_bills.mostly_rated": (
        "update marts.fct_shadow_bills set current_basis = 'invoiced'"
    ),
    "fct_shadow_bills.volume_steady": (
        "insert into marts.fct_shadow_bills select bills.* from marts.fct_shadow_bills as bills, "
        "range(2) where month = "
        "(select last_closed_month - interval 1 month from marts.dim_settings)"
    ),
    "fct_bill_shock.shock_has_a_baseline": _first_row(
        "marts.fct_bill_shock", "is_shock = true, baseline = null"
    ),
    "fct_shadow_bill_lines.explained": _first_row(
        "marts.fct_shadow_bill_lines", "explanation = ' '"
    ),
    "fct_signals.missing_has_a_reason": _first_row(
        "marts.fct_signals", "is_available = false, reason = null"
    ),
    "fct_signals.complete": (
        "delete from marts.fct_signals where rowid = (select min(rowid) from marts.fct_signals)"
    ),
    "fct_verdicts.worded": _first_row("marts.fct_verdicts", "sentence = ''"),
    "fct_verdicts.every_segment_judged": ("delete from marts.fct_verdicts where segment = 'all'"),
    "fct_verdicts.not_ahead": _first_row("marts.fct_verdicts", "month = date '2099-01-01'"),
}


def _mutation(rule: Rule) -> str:
    """SQL that breaks exactly what the rule promises."""
    table, name = f"{rule.schema}.{rule.table}", rule.name.split(".")[1]
    if rule.name in BY_RULE:
        return BY_RULE[rule.name]
    if name == "has_rows":
        return f"delete from {table}"
    if name == "nothing_lost":
        return f"delete from {table} where rowid = (select min(rowid) from {table})"
    if name == "times_plausible":
        return _first_row(table, f"{_time(rule)} = '1999-12-31'")
    if name == "still_arriving":
        return f"update {table} set {_time(rule)} = '2020-01-01'"
    if name == "no_empty_month":
        return _first_row(table, f"{_time(rule)} = '2020-01-01'")
    if name == "volume_steady":
        return _swell_last_month(table, _time(rule))
    column = name.removesuffix("_filled").removesuffix("_known").removesuffix("_in_range")
    if name.endswith("_filled"):
        return _first_row(table, f"{column} = null")
    if name.endswith("_known"):
        return _first_row(table, f"{column} = 'no such value'")
    assert name.endswith("_in_range"), f"no mutation is written for {rule.name}"
    return _first_row(table, f"{column} = -101")


def _time(rule: Rule) -> str:
    return str(EXPORTS[rule.about].event_time)


@pytest.fixture(scope="module")
def good(demo: PublishedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's build with plain tables, so that each can be broken."""
    path = tmp_path_factory.mktemp("gates") / "good.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.warehouse}' as warehouse (read_only)")
        connection.execute(f"attach '{path}' as good")
        relations = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = 'warehouse' and (table_schema in ('raw', 'reference', 'marts') "
            "or table_name = 'int_seat_terms')"
        ).fetchall()
        for schema, table in relations:
            connection.execute(f"create schema if not exists good.{schema}")
            connection.execute(
                f"create table good.{schema}.{table} as from warehouse.{schema}.{table}"
            )
    return path


def _rounds(rules: list[Rule]) -> list[list[Rule]]:
    """Rules of different tables are broken together; the settings, which others read, alone."""
    alone = [[rule] for rule in rules if rule.table == "dim_settings"]
    by_table: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.table != "dim_settings":
            by_table.setdefault(rule.table, []).append(rule)
    together = [
        [rule for rule in same_place if rule is not None]
        for same_place in zip_longest(*by_table.values())
    ]
    return [*alone, *together]


@pytest.mark.parametrize("suite", SUITES)
def test_every_rule_passes_on_the_demo(suite: str, good: Path, tmp_path: Path) -> None:
    found = _judge(suite, SUITES[suite], good, tmp_path / "gx")
    assert [finding for finding in found if not finding.passed] == []


@pytest.mark.parametrize(
    ("suite", "place"),
    [(suite, place) for suite, rules in SUITES.items() for place in range(len(_rounds(rules)))],
)
def test_every_rule_fails_on_data_broken_for_it(
    suite: str, place: int, good: Path, tmp_path: Path
) -> None:
    rules = _rounds(SUITES[suite])[place]
    broken = Path(shutil.copy(good, tmp_path / "broken.duckdb"))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{broken}' as warehouse")
        connection.execute("use warehouse")
        for rule in rules:
            connection.execute(_mutation(rule))
    found = _judge(suite, rules, broken, tmp_path / "gx")
    assert [finding.rule for finding in found if finding.passed] == []
    # failed because of the data, not because the question itself is wrong
    assert [finding for finding in found if "Error" in finding.observed] == []


def test_rule_names_are_unique() -> None:
    names = [rule.name for rules in SUITES.values() for rule in rules]
    assert len(names) == len(set(names))


def test_an_empty_suite_is_refused(good: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="empty"):
        Suite(name="none", warehouse=good, folder=tmp_path, rules=[])


def test_a_critical_failure_blocks_and_a_warning_does_not() -> None:
    def finding(severity: str) -> Finding:
        return Finding(
            rule="t.r",
            relation="marts.t",
            severity=severity,
            passed=False,
            sentence="t is wrong",
            observed="3",
            offenders=("x",),
        )

    refuse_blocked([finding(WARNING)], Path("docs"))
    with pytest.raises(AuditRefused, match="t is wrong"):
        refuse_blocked([finding(WARNING), finding(CRITICAL)], Path("docs"))

"""A closed month changes only through a restatement: as known at its close, and as known now."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.platform.settings import load_settings
from tests.dbt_runs import build_models
from tests.ingest.homes import Built, build
from tests.platform.small_home import make_small_home

FIGURES = """
    select account_id, month, 'usage_quantity' as figure, meter as unit, sum(quantity) as value
    from marts.fct_usage_monthly group by account_id, month, meter
    union all
    select account_id, month, 'billable_seats', 'seats', end_seats
    from intermediate.int_seat_months
    union all
    select account_id, cast(date_trunc('month', issued_at) as date), 'invoiced_amount', currency,
        sum(amount)
    from staging.stg_invoice_lines where status <> 'void' and line_type <> 'tax'
    group by all
"""
MONTHS_END = "2026-04-01"
# March closes five days after its end
JUST_OPEN = "2026-04-05T23:59:59"


def _add(path: Path, rows: list[str]) -> None:
    """Append rows to a small home's export, with the column that says when they became known."""
    header, *old = path.read_text("utf-8").splitlines()
    lines = [f"{header},recorded_at", *(f"{row}," for row in old), *rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _built(home: Path, as_of: str | None) -> Built:
    built = build(load_settings(home), datetime.fromisoformat(as_of) if as_of else None)
    path = built.path.rename(built.path.with_name(f"{'then' if as_of else 'now'}.duckdb"))
    build_models(
        path,
        *("+fct_restatements", "fct_usage_monthly", "+int_user_usage_monthly"),
        *("int_seat_months", "int_calendar_months", "int_month_windows", "int_billable_seats"),
    )
    return Built(built.settings, path)


# they ask for two builds
pytestmark = pytest.mark.builds


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """The same exports as known just before March closed, and as known at their end."""
    home = make_small_home(tmp_path_factory.mktemp("restated") / "home")
    _add(
        home / "exports/usage_events.csv",
        [
            "late1,acme,2026-02-10T12:00:00Z,resolutions,7,,automation,2026-04-20T00:00:00Z",
            "late2,acme,2026-03-31T12:00:00Z,resolutions,4,,automation,2026-04-06T00:00:00Z",
            "timely,acme,2026-03-10T12:00:00Z,resolutions,9,,automation,2026-04-05T23:59:59Z",
            "acme_2026-01-01_3,acme,2026-01-04T12:00:00Z,resolutions,2,,human,2026-05-05",
        ],
    )
    _add(
        home / "exports/seat_events.csv",
        ["late_seat,blue,add,1,2026-02-15T00:00:00Z,blue_u99,member,sub_blue,2026-04-10T00:00:00Z"],
    )
    _add(
        home / "exports/invoice_lines.csv",
        [
            "in_blue_2026-02-01,1,blue,2026-02-01T00:00:00Z,2026-02-01,2026-03-01,390.00,USD,seat,"
            "10,39.00,team,sub_blue,void,2026-04-13T00:00:00Z"
        ],
    )
    return _built(home, JUST_OPEN), _built(home, None)


def _closed(built: Built) -> dict[tuple[Any, ...], Any]:
    rows = built.rows(f"select * from ({FIGURES}) where month < date '{MONTHS_END}'")
    return {row[:4]: row[4] for row in rows if row[4]}


def test_a_closed_month_changes_only_through_a_restatement(builds: tuple[Built, Built]) -> None:
    then, now = (_closed(built) for built in builds)
    changed = {
        key: (then.get(key, 0), now.get(key, 0))
        for key in then | now
        if then.get(key, 0) != now.get(key, 0)
    }
    restated = builds[1].rows(
        "select account_id, month, figure, unit, known_at_close, known_now "
        f"from marts.fct_restatements where month < date '{MONTHS_END}'"
    )
    assert {row[:4]: row[4:] for row in restated} == changed
    assert sorted((key[0], f"{key[1]:%m}", key[2]) for key in changed) == [
        ("acme", "01", "usage_quantity"),
        ("acme", "02", "usage_quantity"),
        ("acme", "03", "usage_quantity"),
        ("blue", "02", "billable_seats"),
        ("blue", "02", "invoiced_amount"),
        ("blue", "03", "billable_seats"),
    ]


def test_nothing_was_restated_when_the_month_closed(builds: tuple[Built, Built]) -> None:
    assert builds[0].rows("select count(*) from marts.fct_restatements") == [(0,)]

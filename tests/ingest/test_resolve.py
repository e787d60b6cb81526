"""What other rows make of a row, whatever the order in which files arrive."""

from itertools import permutations
from pathlib import Path

import pytest

from orchestration.ingest.land import land_export, resolve
from orchestration.platform.settings import Settings
from tests.ingest.homes import build, counts, load, make_home, quarantine, write

pytestmark = pytest.mark.slow

SEATS = "event_id,account_id,event_type,quantity,effective_at,recorded_at,corrects_event_id\n"
USAGE = "event_id,account_id,occurred_at,meter,quantity,recorded_at\n"
LINES = (
    "invoice_id,line_id,account_id,issued_at,period_start,period_end,amount,currency,"
    "status,recorded_at\n"
)


def test_identical_rows_are_loaded_once_and_counted(tmp_path: Path) -> None:
    row = "u1,a1,2025-01-02,resolutions,5,\n"
    settings = make_home(tmp_path, exports__usage_events_csv=USAGE + row * 3)
    entry = counts(load(settings), "usage_events")
    assert (entry.loaded, entry.duplicates, entry.quantity_sum) == (1, 2, "5.000000")


def test_later_knowledge_is_a_revision_and_both_stay(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__invoice_lines_csv=LINES
        + "i1,1,a1,2025-01-01,2025-01-01,2025-02-01,39.00,EUR,void,2025-01-20\n"
        + "i1,1,a1,2025-01-01,2025-01-01,2025-02-01,39.00,EUR,open,\n",
    )
    built = build(settings)
    entry = counts(resolve(settings), "invoice_lines")
    assert (entry.loaded, entry.revisions, entry.quarantined) == (1, 1, 0)
    assert built.rows("select status from raw.invoice_lines order by recorded_at") == [
        ("open",),
        ("void",),
    ]
    assert built.rows("select export, row_key from raw.revised_keys") == [
        ("invoice_lines", "i1\x1f1")
    ]


def test_contradicting_rows_of_one_moment_are_all_held(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=USAGE
        + "u1,a1,2025-01-02,resolutions,5,\n"
        + "u1,a1,2025-01-02,resolutions,6,\n"
        + "u2,a1,2025-01-02,resolutions,1,\n",
    )
    built = build(settings)
    assert quarantine(built) == [
        ("usage_events", 1, "conflicting_duplicate"),
        ("usage_events", 2, "conflicting_duplicate"),
    ]
    assert built.rows("select event_id from raw.usage_events") == [("u2",)]


def test_a_later_file_releases_a_held_row(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=USAGE
        + "u1,a1,2025-01-02,resolutions,5,\n"
        + "u1,a1,2025-01-02,resolutions,6,\n"
        + "u2,a1,2025-01-02,resolutions,1,\n",
    )
    load(settings)
    write(
        settings.exports / "usage_events" / "corrected.csv",
        USAGE + "u1,a1,2025-01-02,resolutions,6,\n",
    )
    built = build(settings)
    assert quarantine(built) == []
    latest = "select quantity from raw.usage_events where event_id = 'u1' order by exported_at desc"
    assert str(built.rows(latest)[0][0]) == "6.000000"


def test_an_account_that_the_accounts_export_does_not_name_is_held_until_it_does(
    tmp_path: Path,
) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=USAGE
        + "u1,a1,2025-01-02,resolutions,5,\nu2,zz,2025-01-02,resolutions,5,\n",
    )
    assert quarantine(build(settings)) == [("usage_events", 2, "unknown_account")]
    write(settings.exports / "accounts" / "more.csv", "account_id\nzz\n")
    assert quarantine(build(settings)) == []


def test_without_an_accounts_export_every_account_is_known(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__accounts_csv=None,
        exports__usage_events_csv=USAGE + "u2,zz,2025-01-02,resolutions,5,\n",
    )
    built = build(settings)
    assert quarantine(built) == []
    assert built.rows("select reason from raw.export_status where export = 'accounts'") == [
        ("no accounts export",)
    ]


def test_a_correction_that_leads_to_no_event_is_held_and_so_are_its_own_corrections(
    tmp_path: Path,
) -> None:
    settings = make_home(
        tmp_path,
        exports__seat_events_csv=SEATS
        + "s1,a1,add,5,2025-01-01,,\n"
        + "c1,a1,correction,-1,2025-01-01,2025-01-09,s1\n"
        + "c2,a1,correction,1,2025-01-01,2025-01-10,c1\n"
        + "c3,a1,correction,1,2025-01-01,2025-01-10,s99\n"
        + "c4,a1,correction,1,2025-01-01,2025-01-10,c3\n"
        + "c5,a1,correction,1,2025-01-01,2025-01-10,\n",
    )
    built = build(settings)
    assert quarantine(built) == [
        ("seat_events", 4, "orphan_correction"),
        ("seat_events", 5, "orphan_correction"),
    ]
    write(settings.exports / "seat_events" / "more.csv", SEATS + "s99,a1,add,1,2025-01-01,,\n")
    assert quarantine(build(settings)) == []


PARTS = {
    "a": "u1,a1,2025-01-02,resolutions,5,\nu2,a1,2025-01-03,resolutions,1,\n",
    "b": "u1,a1,2025-01-02,resolutions,6,2025-01-05\nu3,a2,2025-01-03,resolutions,2,\n",
    "c": "u2,a1,2025-01-03,resolutions,1,\nu4,zz,2025-01-03,resolutions,2,\n",
}


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_the_rows_are_the_same_whatever_the_order_of_arrival(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    for name in order:
        write(settings.exports / "usage_events" / f"{name}.csv", USAGE + PARTS[name])
        land_export(settings, "usage_events")
    built = build(settings)
    assert [
        (row[0], int(row[1]))
        for row in built.rows("select event_id, quantity from raw.usage_events order by all")
    ] == [("u1", 5), ("u1", 6), ("u2", 1), ("u3", 2)]
    assert built.rows("select row_key from raw.revised_keys") == [("u1",)]
    assert [reason for _, _, reason in quarantine(built)] == ["unknown_account"]
    for entry in resolve(settings).files:
        assert entry.rows_read == (
            entry.loaded + entry.revisions + entry.duplicates + entry.quarantined + entry.skipped
        )


def test_nothing_is_computed_again_where_nothing_is_new(tmp_path: Path) -> None:
    settings: Settings = make_home(tmp_path)
    first = load(settings)
    second = load(settings)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.files == second.files

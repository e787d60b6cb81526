"""What dbt is shown: every table, typed, whether its export is there or not."""

from datetime import datetime
from pathlib import Path

from orchestration.ingest.present import as_of_default, input_fingerprint
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.specs import EXPORTS, SQL_TYPES
from tests.ingest.homes import build, load, make_home, write

LINEAGE = ["recorded_at", "exported_at", "_file", "_row"]


def test_every_export_is_there_with_its_types_even_where_it_is_missing(tmp_path: Path) -> None:
    built = build(make_home(tmp_path))
    for spec in EXPORTS.values():
        found = built.rows(f"select column_name, column_type from (describe raw.{spec.name})")
        assert [row[0] for row in found] == [*spec.column_names, *LINEAGE]
        assert [row[1] for row in found][: len(spec.columns)] == [
            SQL_TYPES[column.kind] for column in spec.columns
        ]


def test_every_reference_table_is_there_with_its_types(tmp_path: Path) -> None:
    built = build(make_home(tmp_path))
    for spec in REFERENCE.values():
        found = built.rows(f"select column_name, column_type from (describe reference.{spec.name})")
        assert [tuple(row) for row in found] == [
            (column.name, SQL_TYPES[column.kind]) for column in spec.columns
        ]


def test_export_status_says_what_is_missing_and_why(tmp_path: Path) -> None:
    built = build(make_home(tmp_path))
    rows = built.rows(
        "select export, is_present, row_count, reason from raw.export_status "
        "where export in ('usage_events', 'support_tickets') order by 1"
    )
    assert rows == [
        ("support_tickets", False, 0, "no support_tickets export"),
        ("usage_events", True, 2, None),
    ]


def test_the_as_of_is_the_latest_event_and_not_the_clock(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    assert as_of_default(settings).isoformat() == "2025-02-02T10:00:00"


def test_presenting_again_replaces_what_was_shown(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    build(settings)
    built = build(settings, datetime.fromisoformat("2025-01-15"))
    assert built.rows("select as_of, company_name from reference.settings") == [
        (datetime.fromisoformat("2025-01-15"), "Acme")
    ]


def test_the_fingerprint_follows_files_and_prices(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    seen = {input_fingerprint(settings)}
    charges = settings.reference / "charges.csv"
    charges.write_text(charges.read_text().replace("39.00", "29.00"))
    seen.add(input_fingerprint(settings))
    write(
        settings.exports / "support_tickets.csv",
        "ticket_id,account_id,created_at\nt,a1,2025-01-01\n",
    )
    load(settings)
    seen.add(input_fingerprint(settings))
    assert len(seen) == 3

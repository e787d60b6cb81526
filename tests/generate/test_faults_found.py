"""Every planted fault is found, and nothing that was not planted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.generate.company import Manifest
from orchestration.generate.faults import Fault
from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.present import as_of_default, present
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import load_settings
from tests.builds import builds
from tests.dbt_runs import build_models

# both copies of a conflicting line are held, so reconciliation misses the line
MISSED_TOO = {"conflicting_duplicate": "missing_on_invoice"}


@pytest.fixture(scope="module")
@builds
def warehouse(
    small: tuple[Path, Manifest], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small company landed, settled and reconciled by the product itself."""
    home = tmp_path_factory.mktemp("found") / "home"
    shutil.copytree(small[0], home)
    settings = load_settings(home)
    for name in sorted(set(EXPORTS) - {"seat_snapshots"}):
        land_export(settings, name)
    resolve(settings)
    path = home / "build.duckdb"
    present(settings, path, as_of_default(settings), "found")
    build_models(path, "+fct_invoice_reconciliation")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def planted(manifest: Manifest, fate: str) -> list[Fault]:
    return [fault for fault in manifest.faults if fault.fate == fate]


def test_each_bad_row_is_held_for_its_own_reason_and_no_other_row_is(
    warehouse: duckdb.DuckDBPyConnection, small: tuple[Path, Manifest]
) -> None:
    held = warehouse.execute("select export, raw, reason from raw.quarantine").fetchall()
    for fault in planted(small[1], "quarantined"):
        for row_id in fault.ids:
            key = row_id.split("/")[0]
            reasons = {
                reason for export, raw, reason in held if export == fault.export and key in str(raw)
            }
            assert reasons == {fault.reason}, fault
    # a conflicting key is held in both its copies
    copies = sum(
        2 if fault.reason == "conflicting_duplicate" else 1
        for fault in planted(small[1], "quarantined")
    )
    assert len(held) == copies


def test_rows_sent_again_are_dropped_and_revisions_kept(
    warehouse: duckdb.DuckDBPyConnection, small: tuple[Path, Manifest]
) -> None:
    counted = {
        str(export): (int(duplicates), int(revisions))
        for export, duplicates, revisions in warehouse.execute(
            """
            select export, sum(duplicates), sum(revisions) from raw.load_ledger
            where export in ('seat_events', 'usage_events', 'invoice_lines') group by export
            """
        ).fetchall()
    }
    for export, (duplicates, revisions) in counted.items():
        own = [fault for fault in small[1].faults if fault.export == export]
        assert duplicates == sum(len(fault.ids) for fault in own if fault.fate == "duplicate")
        assert revisions == sum(len(fault.ids) for fault in own if fault.fate == "revision")


def test_invoices_differ_from_the_price_book_exactly_where_faults_were_planted(
    warehouse: duckdb.DuckDBPyConnection, small: tuple[Path, Manifest]
) -> None:
    found = set(
        warehouse.execute(
            "select distinct account_id, reason from marts.fct_invoice_reconciliation "
            "where not is_matched"
        ).fetchall()
    )
    expected = {
        (fault.account_id, MISSED_TOO.get(fault.reason, fault.reason))
        for fault in small[1].faults
        if fault.export in ("seat_events", "invoice_lines")
        and fault.kind not in ("bad_row", "orphan_correction")
        and fault.reason
    }
    assert found == expected


def test_everything_else_agrees_to_the_minor_unit_in_every_currency(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        """
        select currency, count(*) from marts.fct_invoice_reconciliation
        where is_matched and difference = 0 group by currency order by currency
        """
    ).fetchall()
    assert [currency for currency, _ in rows] == ["EUR", "JPY", "USD"]
    assert all(count > 50 for _, count in rows)

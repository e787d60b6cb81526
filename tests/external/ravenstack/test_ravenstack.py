"""Files that nobody here made, through a mapping; they lie beside the project, never in it."""

import csv
import shutil
from pathlib import Path

import pytest

from orchestration.ingest.present import as_of_default, present
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import open_warehouse
from tests.ingest.homes import counts, load

HOME = Path(__file__).parent
DATA = HOME.parents[2].parent / "shared" / "data" / "ravenstack"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="RavenStack does not lie beside the project"),
]


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / f"ravenstack_{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_of_the_data_is_accounted_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(DATA, home / "exports")
    settings = load_settings(home)
    report = load(settings)
    subscriptions = rows_of("subscriptions")
    ended = [row for row in subscriptions if row["end_date"]]
    read = {entry.export: entry.rows_read for entry in report.files}
    assert read["accounts"] == len(rows_of("accounts"))
    assert read["subscriptions"] == len(subscriptions)
    assert read["seat_events"] == len(subscriptions) + len(ended)
    assert read["usage_events"] == len(rows_of("feature_usage"))
    assert read["support_tickets"] == len(rows_of("support_tickets"))
    answered = [row for row in rows_of("support_tickets") if row["satisfaction_score"]]
    loaded = {entry.export: entry.loaded for entry in report.files}
    assert loaded["survey_responses"] == len(answered)
    for entry in report.files:
        assert entry.rows_read == (
            entry.loaded + entry.revisions + entry.duplicates + entry.quarantined + entry.skipped
        )
    seats = sum(int(row["seats"]) for row in subscriptions) - sum(
        int(row["seats"]) for row in ended
    )
    assert counts(report, "seat_events").quantity_sum == f"{seats}.000000"
    assert load(settings).is_new is False

    path = settings.builds / "ravenstack.duckdb"
    present(settings, path, as_of_default(settings), "ravenstack")
    with open_warehouse(settings, path, read_only=True) as connection:
        paid = connection.execute(
            "select count(distinct subscription_id) from raw.invoice_lines"
        ).fetchone()
    lasting = [row for row in subscriptions if row["end_date"] != row["start_date"]]
    assert paid == (sum(row["is_trial"] == "False" for row in lasting),)

"""The shipped mappings, each against an invented export in its vendor's shape.

A folder of vendors/ holds the export, what the home says about it (case.yml) and every row
that must come out (expected/), worked out by hand.
"""

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.ingest import ledger
from orchestration.ingest.land import land_export
from orchestration.ingest.mapping import SHIPPED, load_targets, shipped_names
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import open_memory, quoted
from tests.ingest.homes import write

VENDORS = Path(__file__).parent / "vendors"
CASES = sorted(path.name for path in VENDORS.iterdir() if (path / "case.yml").is_file())
Rows = list[dict[str, str]]
MADE_ID = re.compile(r"[0-9a-f]{32}-\d+")


def home_of(vendor: str, folder: Path) -> tuple[Settings, dict[str, Any]]:
    case: dict[str, Any] = yaml.safe_load((VENDORS / vendor / "case.yml").read_text("utf-8"))
    company = "".join(f'{key} = "{value}"\n' for key, value in case.get("company", {}).items())
    write(folder / "settings.toml", f"[company]\n{company}")
    shutil.copytree(VENDORS / vendor / "exports", folder / "exports")
    taken = {"use": vendor} | {key: case[key] for key in ("sources", "values") if key in case}
    write(folder / "mappings" / f"{vendor}.yml", yaml.safe_dump(taken))
    return load_settings(folder), case


def landed(settings: Settings, export: str) -> Rows:
    """Every landed row as text, without what landing itself adds to it."""
    parts = [
        str(part)
        for record in ledger.read_records(settings, export)
        for part in ledger.part_paths(settings, record)
    ]
    if not parts:
        return []
    files = ", ".join(quoted(part) for part in parts)
    with open_memory(settings) as connection:
        found = connection.execute(
            f"select columns(*)::varchar from read_parquet([{files}], union_by_name = true)"
        )
        names = [str(column[0]) for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def held(settings: Settings, export: str) -> list[list[object]]:
    """(row, reason, column) of every quarantined row."""
    found: list[list[object]] = []
    with open_memory(settings) as connection:
        for record in ledger.read_records(settings, export):
            path = ledger.quarantine_path(settings, record)
            if path.is_file():
                found += [
                    list(row)
                    for row in connection.execute(
                        "select row_number, reason, column_name "
                        f"from read_parquet({quoted(str(path))})"
                    ).fetchall()
                ]
    return sorted(found, key=str)


def expected(vendor: str, export: str) -> Rows:
    path = VENDORS / vendor / "expected" / f"{export}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {name: value for name, value in row.items() if value} for row in csv.DictReader(stream)
        ]


def in_order(rows: Rows, shown: set[str]) -> list[list[tuple[str, str]]]:
    """The shown columns, ids that are made of a row's content as *."""
    return sorted(
        sorted((name, MADE_ID.sub("*", value)) for name, value in row.items() if name in shown)
        for row in rows
    )


@pytest.mark.parametrize("vendor", CASES)
def test_a_vendors_export_yields_exactly_these_rows(vendor: str, tmp_path: Path) -> None:
    settings, case = home_of(vendor, tmp_path / "home")
    assert sorted(case["counts"]) == sorted(target.export for target in load_targets(settings))
    for export, due in case["counts"].items():
        report = land_export(settings, export)
        assert [record.refused_reason for record in report.files if record.is_refused] == []
        wanted = expected(vendor, export)
        found = landed(settings, export)
        key = (*EXPORTS[export].key, "recorded_at")
        keys = {tuple(row.get(name) for name in key) for row in found}
        assert len(keys) == len(found), "two rows share a key"
        shown = {"_row", *EXPORTS[export].column_names}.union(*wanted)
        if any(row["_row"] == "*" for row in wanted):
            shown.remove("_row")  # the order of the rows made of one hangs on ids made of them
        assert in_order(found, shown) == in_order(wanted, shown)
        assert held(settings, export) == case.get("held", {}).get(export, [])
        counted = {
            "read": sum(record.rows_read for record in report.files),
            "held": sum(record.quarantined for record in report.files),
            "skipped": sum(record.skipped for record in report.files),
        }
        assert counted == {"held": 0, "skipped": 0} | due
        assert counted["read"] == len(found) + counted["held"] + counted["skipped"]


def test_every_shipped_mapping_has_a_case() -> None:
    assert shipped_names() == CASES


def test_every_shipped_mapping_is_listed_for_users() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [name for name in shipped_names() if f"| `{name}` |" not in readme] == []


def test_every_shipped_mapping_says_where_its_files_go() -> None:
    for path in SHIPPED.glob("*.yml"):
        head = path.read_text(encoding="utf-8").partition("sources:")[0]
        assert "exports/" in head, path.name


@pytest.mark.parametrize(
    ("vendor", "export", "file", "column"),
    [
        ("stripe_invoices", "invoice_lines", "stripe/invoices_2026.csv", "Customer"),
        ("stripe_line_items", "invoice_lines", "stripe/invoice.csv", "customer_id"),
        ("stripe_subscription_items", "seat_events", "stripe/subscription_history.csv", "id"),
        ("recurly", "invoice_lines", "recurly/invoice_history.csv", "state"),
        ("zendesk_tables", "support_tickets", "zendesk/ticket_tag.csv", "tag"),
    ],
)
def test_a_file_that_lacks_a_column_is_named_with_the_nearest_one(
    vendor: str, export: str, file: str, column: str, tmp_path: Path
) -> None:
    settings, _ = home_of(vendor, tmp_path / "home")
    path = settings.exports / file
    header, _, rows = path.read_text(encoding="utf-8").partition("\n")
    names = [f"{name}s" if name.strip() == column else name for name in header.split(",")]
    write(path, ",".join(names) + "\n" + rows)
    try:
        refused = land_export(settings, export).files[0].refused_reason
    except InputError as error:
        refused = str(error)
    due = f"{file} lacks the column `{column}` that mappings/{vendor}.yml: {export} reads; "
    assert due + f"the closest column is `{column}s`." in str(refused)

"""Ids of other systems become account ids, wrong rows are named, and unknown ids are one line."""

from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.check_table import print_check
from orchestration.ingest.check import check_home
from orchestration.ingest.land import land_export
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.unknown_accounts import unknown_accounts
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from tests.ingest.homes import VALID, build, make_home, write

HEADER = "account_id,system,external_id\n"
MAPPING = """system: crm
sources:
  work: {pattern: "work*.csv"}
targets:
  usage_events:
    select: |
      select _row, id as event_id, org as account_id, day as occurred_at, 'calls' as meter,
          amount as quantity
      from work
"""
MANY = [f"org-{number}" for number in range(6)]


def home_of(folder: Path, orgs: list[str], ids: str = "") -> Settings:
    settings = make_home(folder, exports__usage_events_csv=None)
    rows = [f"e{place},{org},2025-01-02,1\n" for place, org in enumerate(orgs)]
    write(settings.exports / "work.csv", "id,org,day,amount\n" + "".join(rows))
    write(settings.mappings / "work.yml", MAPPING)
    if ids:
        write(settings.reference / "ids.csv", HEADER + ids)
    return settings


def accounts_of(settings: Settings) -> list[tuple[object, ...]]:
    return build(settings).rows("select event_id, account_id from raw.usage_events order by all")


def test_a_mapping_of_the_system_applies_ids_and_leaves_others_as_they_are(tmp_path: Path) -> None:
    settings = home_of(tmp_path, ["x-1", "a2"], "a1,crm,x-1\na2,billing,x-1\n")
    assert accounts_of(settings) == [("e0", "a1"), ("e1", "a2")]


def test_ids_that_come_later_release_the_rows(tmp_path: Path) -> None:
    settings = home_of(tmp_path, ["x-1", "a2"])
    assert accounts_of(settings) == [("e1", "a2")]
    write(settings.reference / "ids.csv", HEADER + "a1,crm,x-1\n")
    assert accounts_of(settings) == [("e0", "a1"), ("e1", "a2")]
    assert [land_export(settings, "usage_events").new_files for _ in range(2)] == [0, 0]


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (
            "a1,crm,x-1\na2,crm,x-1\n",
            "reference/ids.csv, row 3, column system: system repeats row 2 "
            "(system crm, external_id x-1).",
        ),
        ("a1,,x-1\n", "reference/ids.csv, row 2, column system: system is empty; enter a value."),
    ],
)
def test_a_wrong_row_is_named(ids: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        land_export(home_of(tmp_path, ["x-1"], ids), "usage_events")
    assert str(refused.value) == sentence


def test_accounts_that_are_unknown_are_one_sentence(tmp_path: Path) -> None:
    settings = home_of(tmp_path, ["a1"], "zz,crm,x-1\na2,crm,x-2\nyy,crm,x-3\n")
    assert (
        "reference/ids.csv: 2 of 3 rows name an account that is not in the accounts export "
        "(the first is row 2, «zz»); correct account_id there."
    ) in check_home(settings).notes


def with_orgs(settings: Settings, held: int) -> None:
    """Give the accounts export a column that holds the first of the ids of another system."""
    lines = ["account_id,segment,created_at,CRM org"]
    lines += [
        f"a{number + 1},smb,2025-01-01,{org if number < held else ''}"
        for number, org in enumerate(MANY)
    ]
    write(settings.exports / "accounts.csv", "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (
            6,
            "0 of 6 ids of mappings/work.yml occur in accounts; column `CRM org` of accounts.csv "
            "holds all 6. 6 rows of usage_events are quarantined; `seatshift connect` writes these "
            "ids to reference/ids.csv.",
        ),
        (
            4,
            "0 of 6 ids of mappings/work.yml occur in accounts; column `CRM org` of accounts.csv "
            "holds 4 of the others. 6 rows of usage_events are quarantined; `seatshift connect` "
            "writes these ids to reference/ids.csv.",
        ),
        (
            0,
            "0 of 6 ids of mappings/work.yml occur in accounts; no column beside an account holds "
            "the others («org-0», «org-1», «org-2», …). 6 rows of usage_events are quarantined; "
            "add the accounts, or list the ids in reference/ids.csv and name their system in the "
            "mapping.",
        ),
    ],
)
def test_ids_of_another_system_are_one_line_that_names_the_column(
    held: int, found: str, tmp_path: Path
) -> None:
    settings = home_of(tmp_path, MANY)
    with_orgs(settings, held)
    report = check_home(settings)
    assert f"Every row of the usage_events export (6) is quarantined or skipped: {found}" in (
        report.problems
    )
    assert report.notes == []
    assert report.held == []
    console = Console(record=True, width=400)
    print_check(console, report)
    assert "unknown_account" not in console.export_text()


def test_a_refresh_goes_on_without_the_rows_and_check_says_so_once(tmp_path: Path) -> None:
    settings = home_of(tmp_path, [*MANY, "a1"])
    with_orgs(settings, 6)
    report = check_home(settings)
    assert report.is_usable
    (note,) = report.notes[:1]
    assert note.startswith("1 of 7 ids of mappings/work.yml occur in accounts; column `CRM org`")
    assert report.held == []


def test_a_few_wrong_ids_stay_rows(tmp_path: Path) -> None:
    report = check_home(home_of(tmp_path, ["a1", "zz"]))
    assert [(row.row_number, row.reason) for row in report.held] == [(2, "unknown_account")]
    assert not any("occur in accounts" in note for note in report.notes)


def land(settings: Settings) -> None:
    for name in EXPORTS:
        land_export(settings, name)


def test_an_id_beside_two_accounts_is_matched_to_neither(tmp_path: Path) -> None:
    settings = home_of(tmp_path, MANY)
    with_orgs(settings, 6)
    path = settings.exports / "accounts.csv"
    write(path, path.read_text() + f"a7,smb,2025-01-01,{MANY[0]}\n")
    land(settings)
    (found,) = unknown_accounts(settings)
    assert found.column is not None
    assert [one for one, _ in found.column.pairs] == MANY[1:]


def test_without_accounts_no_id_is_unknown(tmp_path: Path) -> None:
    settings = home_of(tmp_path, MANY)
    (settings.exports / "accounts.csv").unlink()
    land(settings)
    assert unknown_accounts(settings) == []


def test_a_file_that_a_mapping_reads_is_not_read_on_its_own(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    usage = VALID["exports/usage_events.csv"].replace(",", ";")
    write(settings.exports / "usage_events.csv", usage)
    write(
        settings.mappings / "usage.yml",
        'sources: {rows: {pattern: usage_events.csv, delimiter: ";"}}\n'
        "targets: {usage_events: {select: 'select * from rows'}}\n",
    )
    report = land_export(settings, "usage_events")
    assert [(record.landed, record.refused_reason) for record in report.files] == [(2, None)]

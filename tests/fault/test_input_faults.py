"""Unusable inputs: one sentence each, exit code 4, and nothing half done."""

import gzip
from pathlib import Path

import pytest

from orchestration.errors import EXIT_INPUT, InputError
from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import read_records
from orchestration.ingest.reference import load_reference
from orchestration.settings import load_settings
from tests.ingest.homes import VALID, Built, build, load, make_home, write

USAGE = VALID["exports/usage_events.csv"]


def sentence(caught: pytest.ExceptionInfo[InputError]) -> str:
    assert caught.value.exit_code == EXIT_INPUT
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def test_a_home_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(tmp_path / "nowhere")
    assert "is not a folder" in sentence(caught)
    settings = make_home(tmp_path / "home")
    for path in settings.exports.iterdir():
        path.unlink()
    settings.exports.rmdir()
    write(settings.exports, "not a folder")
    with pytest.raises(InputError) as caught:
        land_export(settings, "usage_events")
    assert "is not a folder: put the exports there" in sentence(caught)


@pytest.mark.parametrize("export", ["seat_events", "usage_events", "invoice_lines"])
def test_a_missing_required_export_is_named(tmp_path: Path, export: str) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (settings.exports / f"{export}.csv").unlink()
    with pytest.raises(InputError) as caught:
        load(settings)
    text = sentence(caught)
    assert f"no {export}" in text
    assert "put the export there" in text


def test_a_missing_required_column_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE.replace("quantity", "quantities")
    )
    with pytest.raises(InputError) as caught:
        load(settings)
    assert sentence(caught) == (
        "the usage_events export is refused: usage_events.csv lacks the column `quantity` that "
        "usage_events needs; the nearest that the file has is `quantities`. Rename it, or map it."
    )


def test_an_export_whose_rows_are_all_held_stops_with_the_first_reason(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE.replace(",5\n", ",-5\n").replace("2.5", "two")
    )
    with pytest.raises(InputError) as caught:
        load(settings)
    assert sentence(caught).startswith(
        "all 2 rows of the usage_events export are quarantined or skipped: row 1: quantity is -5"
    )


def test_an_export_whose_accounts_are_all_unknown_stops(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv="account_id\nzz\n")
    with pytest.raises(InputError) as caught:
        load(settings)
    assert "which the accounts export does not name" in sentence(caught)


def test_a_header_without_rows_stops(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=USAGE.partition("\n")[0] + "\n")
    with pytest.raises(InputError) as caught:
        load(settings)
    assert "holds no rows" in sentence(caught)


def test_a_price_book_that_names_an_unknown_plan_stops(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        reference__charges_csv=VALID["reference/charges.csv"].replace(",team,", ",teem,"),
    )
    with pytest.raises(InputError) as caught:
        load_reference(settings)
    assert sentence(caught) == (
        "reference/charges.csv, row 2, column plan_id: plan_id is 'teem', which plans.csv does "
        "not name; add the plan there or mend the id."
    )


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


PACKED = gzip.compress(USAGE.encode() * 50)


UNTRUSTED: dict[str, tuple[bytes, str]] = {
    "cut.csv.gz": (PACKED[:-9], "truncated or corrupt"),
    "crc.csv.gz": (flipped(PACKED, len(PACKED) - 6), "truncated or corrupt"),
    "plain.csv.gz": (USAGE.encode(), "truncated or corrupt"),
    "bomb.csv.gz": (gzip.compress(b"x,\n" * 30_000_000), "more than 100 times its size"),
    "empty.csv": (b"", "is empty"),
    "nul.csv": (USAGE.encode() + b"u3,a\0", "NUL bytes"),
    "wide.csv": (USAGE.encode("utf-16"), "UTF-16 perhaps"),
    "long.csv": (USAGE.encode() + b"x" * 3_000_000, "a line of more than 1,048,576 bytes"),
    "twice.csv": (USAGE.replace("meter", "event_id").encode(), "the column `event_id` twice"),
    "broad.csv": (",".join(f"c{n}" for n in range(10_000)).encode(), "10,000 columns"),
    "open.csv": (USAGE.encode() + b'u3,"a1,\nu4,a1\nu5,a1\n', "never closed"),
    "ends.csv": (USAGE.encode() + b"u3,a1,2025-01-01,m,1\r\n", "cannot be read as csv"),
    "text.parquet": (USAGE.encode() * 2, "cannot be read as parquet"),
    "sheet.xlsx": (b"PK", "none of the formats"),
}


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A valid home that also holds every file of the list."""
    settings = make_home(tmp_path_factory.mktemp("untrusted"))
    for name, (content, _) in UNTRUSTED.items():
        write(settings.exports / "usage_events" / name, content)
    return build(settings)


@pytest.mark.parametrize("name", UNTRUSTED)
def test_a_file_that_cannot_be_trusted_is_refused_whole(untrusted: Built, name: str) -> None:
    path = f"usage_events/{name}"
    records = {one.file_name: one for one in read_records(untrusted.settings, "usage_events")}
    reason = str(records[path].refused_reason)
    assert path in reason
    assert UNTRUSTED[name][1] in reason


def test_the_files_beside_refused_ones_load(untrusted: Built) -> None:
    assert untrusted.rows("select count(*) from raw.usage_events") == [(2,)]
    refused = untrusted.rows(
        "select count(*) from raw.load_ledger where refused_reason is not null and rows_read = 0"
    )
    assert refused == [(len(UNTRUSTED),)]


def test_a_link_out_of_the_exports_folder_is_refused(tmp_path: Path) -> None:
    settings = make_home(tmp_path / "home")
    write(tmp_path / "secret.csv", USAGE)
    (settings.exports / "support_tickets.csv").symlink_to(tmp_path / "secret.csv")
    (record,) = land_export(settings, "support_tickets").files
    assert "is a link that leads out of the exports folder" in str(record.refused_reason)


def test_a_refused_file_that_is_mended_is_forgotten(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(settings.exports / "support_tickets.csv", "")
    load(settings)
    write(
        settings.exports / "support_tickets.csv",
        "ticket_id,account_id,created_at\nt,a1,2025-01-01\n",
    )
    load(settings)
    assert [one.is_refused for one in read_records(settings, "support_tickets")] == [False]


def test_a_file_over_the_size_setting_is_refused(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        settings="[limits]\nmax_file_mb = 1\n",
        exports__support_tickets_csv="ticket_id\n" + "x" * 40 + "\n" * 1_100_000,
    )
    (record,) = land_export(settings, "support_tickets").files
    assert "over the size limit of 1 MB" in str(record.refused_reason)

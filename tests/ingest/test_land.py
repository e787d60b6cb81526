"""Landing one export: what is kept, what is held, and that nothing is landed twice."""

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import read_records
from orchestration.ingest.present import input_fingerprint
from orchestration.platform.settings import Settings
from tests.ingest.homes import VALID, Built, build, counts, load, make_home, quarantine, write

USAGE = "event_id,account_id,occurred_at,meter,quantity\n"


def usage_home(folder: Path, *rows: str) -> Settings:
    return make_home(folder, exports__usage_events_csv=USAGE + "".join(f"{row}\n" for row in rows))


def test_landing_the_same_home_twice_lands_nothing_new(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    before = input_fingerprint(settings)
    second = land_export(settings, "usage_events")
    assert (second.new_files, second.rows_landed) == (0, 2)
    assert input_fingerprint(settings) == before


def test_the_same_content_under_another_name_and_compressed_lands_nothing_new(
    tmp_path: Path,
) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (settings.exports / "usage_events.csv").unlink()
    content = VALID["exports/usage_events.csv"].encode()
    write(settings.exports / "usage_events" / "january.csv.gz", gzip.compress(content))
    report = land_export(settings, "usage_events")
    assert report.new_files == 0
    assert [record.file_name for record in report.files] == ["usage_events.csv"]


def test_a_file_that_changed_in_place_is_a_later_version_and_vanished_rows_stay(
    tmp_path: Path,
) -> None:
    settings = make_home(tmp_path)
    load(settings)
    write(settings.exports / "usage_events.csv", USAGE + "u1,a1,2025-01-02T10:00:00Z,messages,5\n")
    land_export(settings, "usage_events")
    assert len(read_records(settings, "usage_events")) == 2
    built = build(settings)
    assert built.rows("select count(distinct event_id) from raw.usage_events") == [(2,)]


def test_headers_match_by_name_whatever_their_order_and_case(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=(
            "\ufeffQuantity,note,METER,occurred_at,account_id, event_id \n"
            '7,"=cmd, kept as data",resolutions,2025-01-02T10:00:00Z,a1,u1\n'
        ),
    )
    built = build(settings)
    assert built.rows("select event_id, meter, quantity from raw.usage_events") == [
        ("u1", "resolutions", Decimal("7"))
    ]


# row, reason code, what the sentence must say
BAD_ROWS = [
    (",a1,2025-01-02,resolutions,1", "missing_key", "event_id is empty"),
    ("u9,,2025-01-02,resolutions,1", "missing_key", "account_id is empty"),
    ("u9,a1,,resolutions,1", "bad_time", "occurred_at is empty"),
    ("u9,a1,2025-01-02,resolutions,", "bad_number", "quantity is empty"),
    ("u9,a1,2025-01-02,resolutions,NaN", "bad_number", "«NaN»"),
    ("u9,a1,2025-01-02,resolutions,\x1b[31m\u202e9\u200b", "bad_number", "«·[31m·9·»"),
    ("u9,a1,2099-01-02,resolutions,1", "future_date", "more than 2 days after"),
    ("u9,a1,2025-01-02,resolutions,inf", "bad_number", "«inf»"),
    ("u9,a1,2025-01-02,resolutions,1e3", "bad_number", "«1e3»"),
    ("u9,a1,2025-01-02,resolutions,1_000", "bad_number", "«1_000»"),
    ("u9,a1,2025-01-02,resolutions,(12.00)", "bad_number", "«(12.00)»"),
    ("u9,a1,2025-01-02,resolutions,1.2345678", "bad_number", "6 after the decimal point"),
    ("u9,a1,2025-01-02,resolutions,10000000000000", "bad_number", "13 digits before"),
    ("u9,a1,2025-13-02,resolutions,1", "bad_time", "«2025-13-02»"),
    ("u9,a1,01/02/2026,resolutions,1", "bad_time", "«01/02/2026»"),
    ("u9,a1,1999-12-31,resolutions,1", "bad_time", "from 2000 to 2099"),
    ("u9,a1,9999-01-01,resolutions,1", "bad_time", "from 2000 to 2099"),
    ("u9,a1,2025-01-02,resolutions,-1", "negative_usage", "cannot be negative"),
    ("u9,a1,2025-01-02", "unparsable", "cannot be read as a row"),
    ("u9,a1,2025-01-02,resolutions,1,2,3", "unparsable", "cannot be read as a row"),
]


@pytest.fixture(scope="module")
def bad_rows(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A good row before and after each bad one."""
    rows: list[str] = []
    for place, (row, _, _) in enumerate(BAD_ROWS):
        rows += [f"g{place},a1,2025-01-02,resolutions,1", row]
    return build(usage_home(tmp_path_factory.mktemp("bad"), *rows, "last,a2,2025-01-02,calls,1"))


@pytest.mark.parametrize("place", range(len(BAD_ROWS)), ids=[row for row, _, _ in BAD_ROWS])
def test_a_bad_row_is_held_whole_with_its_reason(bad_rows: Built, place: int) -> None:
    row, reason, part = BAD_ROWS[place]
    ((raw, found, sentence),) = bad_rows.rows(
        f"select raw, reason, sentence from raw.quarantine where row_number = {2 * place + 2}"
    )
    assert found == reason
    assert part in sentence
    assert sentence.endswith(".")
    assert list(json.loads(raw).values()) in ([row], [cell or None for cell in row.split(",")])


def test_good_rows_between_bad_ones_are_kept_under_their_own_number(bad_rows: Built) -> None:
    good = [(f"g{place}", 2 * place + 1) for place in range(len(BAD_ROWS))]
    good.append(("last", 2 * len(BAD_ROWS) + 1))
    assert bad_rows.rows("select event_id, _row from raw.usage_events order by _row") == good


def test_a_number_that_fits_is_kept_exactly(tmp_path: Path) -> None:
    texts = ["0", "1.500000000", "+2", ".5", "0.000001", "9999999999999.999999", " 7 "]
    rows = [f"u{place},a1,2025-01-02,resolutions,{text}" for place, text in enumerate(texts)]
    built = build(usage_home(tmp_path, *rows))
    kept = [row[0] for row in built.rows("select quantity from raw.usage_events order by event_id")]
    assert kept == [Decimal(text.strip()) for text in texts]


def test_a_time_without_an_offset_is_read_in_the_company_time_zone(tmp_path: Path) -> None:
    times = {
        "2025-07-01": "2025-06-30 22:00:00",
        "2025-01-01": "2024-12-31 23:00:00",
        "2025-07-01 12:30": "2025-07-01 10:30:00",
        "2025-07-01T12:30:15.25": "2025-07-01 10:30:15.25",
        "2025-07-01T12:30:15Z": "2025-07-01 12:30:15",
        "2025-07-01T12:30:15+05:30": "2025-07-01 07:00:15",
        "2025-07-01T12:30+0200": "2025-07-01 10:30:00",
        "2025-07-01T12:30:15-03": "2025-07-01 15:30:15",
    }
    rows = [f"u{place},a1,{text},resolutions,1\n" for place, text in enumerate(times)]
    settings = make_home(
        tmp_path,
        settings='[company]\ntime_zone = "Europe/Berlin"\n',
        exports__usage_events_csv=USAGE + "".join(rows),
    )
    built = build(settings)
    found = built.rows(
        "select cast(occurred_at as varchar) from raw.usage_events order by event_id"
    )
    assert [row[0] for row in found] == list(times.values())


def test_drafts_are_skipped_and_counted_and_bad_lines_of_them_do_not_matter(
    tmp_path: Path,
) -> None:
    settings = make_home(
        tmp_path,
        exports__invoice_lines_csv=(
            "invoice_id,line_id,account_id,issued_at,period_start,period_end,amount,currency,status\n"
            "i1,1,a1,2025-01-01,2025-01-01,2025-02-01,195.00,EUR,paid\n"
            "i2,1,a1,2025-01-01,2025-01-01,2025-02-01,?,EUR,draft\n"
            "i3,1,a1,2025-01-01,2025-02-01,2025-01-01,1.00,EUR,\n"
            "i4,1,a1,2025-01-01,2025-01-01,2025-02-01,1.00,EURO,open\n"
            "i5,1,a1,2025-01-01,2025-01-01,2025-02-01,1.00,EUR,sent\n"
        ),
    )
    built = build(settings)
    assert quarantine(built) == [
        ("invoice_lines", 3, "period_reversed"),
        ("invoice_lines", 4, "unknown_currency"),
        ("invoice_lines", 5, "unknown_value"),
    ]
    entry = counts(load(settings), "invoice_lines")
    assert (entry.rows_read, entry.loaded, entry.skipped, entry.quarantined) == (5, 1, 1, 3)
    assert entry.amount_sum == "195.0000"


def test_defaults_fill_what_an_export_leaves_out(tmp_path: Path) -> None:
    built = build(make_home(tmp_path))
    assert built.rows("select distinct role from raw.seat_events") == [("member",)]
    assert built.rows("select distinct line_type, status from raw.invoice_lines") == [
        ("flat", "open")
    ]
    assert built.rows("select count(*) from raw.usage_events where recorded_at = occurred_at") == [
        (2,)
    ]


def test_parquet_keeps_exact_values_and_holds_nan_and_infinity(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    path = settings.exports / "usage_events.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select * from (values
                    (1, 'a1', timestamp '2025-01-01 10:00', 'tokens', 0.1::double),
                    (2, 'a1', timestamp '2025-01-01 10:00', 'tokens', 'nan'::double),
                    (3, 'a1', timestamp '2025-01-01 10:00', 'tokens', 'infinity'::double),
                    (4, 'a1', timestamp '2025-01-01 10:00', 'tokens', 1e-7::double),
                    (5, 'a1', timestamp '2025-01-01 10:00', 'tokens', 12345678.5::double)
                ) as rows (event_id, account_id, occurred_at, meter, quantity)
            ) to '{path}' (format parquet)
            """
        )
    built = build(settings)
    assert built.rows("select event_id, quantity from raw.usage_events order by 1") == [
        ("1", Decimal("0.1")),
        ("5", Decimal("12345678.5")),
    ]
    assert quarantine(built) == [("usage_events", row, "bad_number") for row in (2, 3, 4)]


def test_rows_land_in_the_month_of_their_event(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (record,) = read_records(settings, "usage_events")
    assert record.parts == [
        f"month=2025-01/{record.file_id}-usage_events.parquet",
        f"month=2025-02/{record.file_id}-usage_events.parquet",
    ]


def test_rows_of_a_landing_that_was_cut_off_are_not_read(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (record,) = read_records(settings, "usage_events")
    for path in (settings.landing / "usage_events" / "ledger").glob(f"{record.file_id}.*"):
        path.unlink()
    report = land_export(settings, "usage_events")
    assert report.new_files == 1
    assert build(settings).rows("select count(*) from raw.usage_events") == [(2,)]


def test_counts_and_sums_add_up_when_another_reader_recounts_them(tmp_path: Path) -> None:
    rows = [f"u{n},a{n % 3},2025-01-{n % 28 + 1:02d},resolutions,{n}.25" for n in range(200)]
    rows += [rows[3], rows[3], rows[7].replace("7.25", "8.25")]
    rows += ["u900,a1,2025-01-40,resolutions,1", "u901,a1,2025-01-01,resolutions,x", "u902,a1"]
    settings = usage_home(tmp_path, *rows)
    entry = counts(load(settings), "usage_events")
    kept, duplicates, held, total = recount(settings.exports / "usage_events.csv")
    assert entry.rows_read == len(rows)
    assert (entry.loaded, entry.duplicates, entry.quarantined) == (kept, duplicates, held)
    assert entry.rows_read == (
        entry.loaded + entry.revisions + entry.duplicates + entry.quarantined + entry.skipped
    )
    assert Decimal(str(entry.quantity_sum)) == total


def recount(path: Path) -> tuple[int, int, int, Decimal]:
    """Kept, duplicates, held and the kept quantity, by csv and decimal alone."""
    versions: dict[str, list[tuple[str, ...]]] = {}
    held = 0
    with path.open(newline="") as stream:
        for cells in list(csv.reader(stream))[1:]:
            if len(cells) != 5 or cells[4] == "x" or cells[2].endswith("40"):
                held += 1
            else:
                versions.setdefault(cells[0], []).append(tuple(cells))
    kept = duplicates = 0
    total = Decimal(0)
    for copies in versions.values():
        contents = set(copies)
        duplicates += len(copies) - len(contents)
        if len(contents) > 1 or copies[0][1] not in ("a1", "a2"):
            held += len(contents)
        else:
            kept += 1
            total += Decimal(copies[0][4])
    return kept, duplicates, held, total


def test_json_lines_keep_every_digit_and_hold_lines_that_are_no_object(tmp_path: Path) -> None:
    lines = [
        '{"event_id": "u1", "account_id": "a1", "occurred_at": "2025-01-02", '
        '"meter": "say \\"x\\": 5", "quantity": 1234567890123.123456}',
        "[1, 2]",
        "",
        '{"event_id": 2, "account_id": "a1", "occurred_at": "2025-01-02", "meter": "calls", '
        '"quantity": 0.1, "user_id": null, "extra": {"deep": 1}}',
        '{"event_id": "u3"',
    ]
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    content = "\n".join(lines).encode() + b"\n"
    with pa.output_stream(str(settings.exports / "usage_events.jsonl.zst"), "zstd") as stream:
        stream.write(content)
    built = build(settings)
    assert built.rows(
        "select event_id, meter, quantity, _row from raw.usage_events order by 1"
    ) == [
        ("2", "calls", Decimal("0.1"), 4),
        ("u1", 'say "x": 5', Decimal("1234567890123.123456"), 1),
    ]
    assert quarantine(built) == [
        ("usage_events", 2, "unparsable"),
        ("usage_events", 5, "unparsable"),
    ]

"""Other systems' files through a mapping: what is made of them, and what is refused."""

from pathlib import Path

import pytest

from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import read_records
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from tests.ingest.homes import Built, build, counts, load, make_home, quarantine, write

MAPPING = """
sources:
  calls:
    pattern: "calls-*.csv"
    delimiter: ";"
    encoding: latin-1
    decimal: ","
    thousands: "."
    date_order: dmy
    time_zone: Europe/Berlin
    nulls: ["-", "NULL"]
  customers:
    pattern: customers.csv
targets:
  usage_events:
    rows_of: calls
    select: |
      select
          calls._row,
          calls.id as event_id,
          customers.account as account_id,
          calls.day as occurred_at,
          'calls' as meter,
          calls.minutes as quantity,
          calls.agent as user_id
      from calls
      left join customers on calls.customer = customers.name
"""
CALLS = (
    "id;customer;day;minutes;agent\n1;Müller;01.02.2025 00:30;1.234,5;-\n2;Weiß;2.2.2025;7;Änne\n"
)
CUSTOMERS = "name,account\nMüller,a1\nWeiß,a2\n"


def mapped_home(folder: Path, mapping: str = MAPPING, calls: str = CALLS) -> Settings:
    settings = make_home(folder, exports__usage_events_csv=None)
    write(settings.mappings / "phone.yml", mapping)
    write(settings.exports / "calls-1.csv", calls.encode("latin-1"))
    write(settings.exports / "customers.csv", CUSTOMERS)
    return settings


def usage(built: Built) -> list[tuple[object, ...]]:
    return built.rows(
        "select event_id, account_id, cast(occurred_at as varchar), cast(quantity as varchar), "
        "user_id from raw.usage_events order by all"
    )


def test_a_mapping_reads_cells_as_its_source_declares_them(tmp_path: Path) -> None:
    assert usage(build(mapped_home(tmp_path))) == [
        ("1", "a1", "2025-01-31 23:30:00", "1234.500000", None),
        ("2", "a2", "2025-02-01 23:00:00", "7.000000", "Änne"),
    ]


@pytest.mark.parametrize(
    ("declared", "written"),
    [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("latin-1", "latin-1")],
)
def test_a_declared_encoding_is_read_with_or_without_its_mark(
    declared: str, written: str, tmp_path: Path
) -> None:
    settings = mapped_home(tmp_path, MAPPING.replace("encoding: latin-1", f"encoding: {declared}"))
    write(settings.exports / "calls-1.csv", CALLS.encode(written))
    assert [row[4] for row in usage(build(settings))] == [None, "Änne"]


def test_a_further_file_lands_its_own_rows_only(tmp_path: Path) -> None:
    settings = mapped_home(tmp_path)
    load(settings)
    write(settings.exports / "calls-2.csv", CALLS.replace("\n2;", "\n3;").encode("latin-1"))
    report = land_export(settings, "usage_events")
    assert report.new_files == 1
    built = build(settings)
    assert [row[0] for row in usage(built)] == ["1", "2", "3"]


def test_a_changed_mapping_replaces_what_it_made_before(tmp_path: Path) -> None:
    settings = mapped_home(tmp_path)
    load(settings)
    write(settings.mappings / "phone.yml", MAPPING.replace("calls.minutes", "'3'"))
    built = build(settings)
    assert [row[3] for row in usage(built)] == ["3.000000", "3.000000"]
    assert len(read_records(settings, "usage_events")) == 1


def test_lines_that_are_no_rows_are_held_beside_the_rows_that_are_made(tmp_path: Path) -> None:
    settings = mapped_home(tmp_path, calls=CALLS + "3;Weiß\n4;Weiß;03.02.2025;x;-\n")
    built = build(settings)
    assert [reason for _, _, reason in quarantine(built)] == ["unparsable", "bad_number"]
    entry = counts(load(settings), "usage_events")
    assert (entry.rows_read, entry.loaded, entry.quarantined) == (4, 2, 2)


def test_money_in_minor_units_is_divided_by_what_the_currency_has(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__invoice_lines_csv=None)
    write(
        settings.mappings / "bills.yml",
        """
sources:
  bills: {pattern: bills.csv, money: minor}
targets:
  invoice_lines:
    select: |
      select _row, id as invoice_id, '1' as line_id, 'a1' as account_id,
             day as issued_at, day as period_start, day as period_end,
             cents as amount, upper(currency) as currency
      from bills
""",
    )
    write(
        settings.exports / "bills.csv",
        "id,day,cents,currency\n1,2025-01-01,1999,usd\n2,2025-01-01,1999,jpy\n"
        "3,2025-01-01,1999,kwd\n",
    )
    amounts = "select cast(amount as varchar) from raw.invoice_lines order by invoice_id"
    due = [("19.9900",), ("1999.0000",), ("1.9990",)]
    assert build(settings).rows(amounts) == due
    # a number that the select computes is in minor units like the cells that it is made of
    path = settings.mappings / "bills.yml"
    computed = path.read_text().replace("cents as", "cast(cents as integer) * 1.0 as")
    write(path, computed)
    assert build(settings).rows(amounts) == due


def test_a_column_that_the_file_lacks_is_refused_before_a_row_is_loaded(tmp_path: Path) -> None:
    settings = mapped_home(tmp_path, calls=CALLS.replace("minutes", "minuten"))
    with pytest.raises(InputError) as caught:
        land_export(settings, "usage_events")
    assert str(caught.value) == (
        "The usage_events export is rejected: calls-1.csv lacks the column `minutes` that "
        "mappings/phone.yml: usage_events reads; the closest column is `minuten`."
    )
    assert not list((settings.landing / "usage_events").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("pattern: customers.csv", "patern: customers.csv", "'patern' is not a known key"),
        ("pattern: customers.csv", "pattern: ../customers.csv", "must stay inside"),
        ('decimal: ","', 'decimal: ";"', "decimal is ';'; use one of '.', ','."),
        ("time_zone: Europe/Berlin", "time_zone: Berlin", "time_zone 'Berlin' is not an IANA"),
        ("usage_events:", "usages:", "'usages' is not an export; use one of seat_events"),
        ("rows_of: calls", "rows_of: phones", "rows_of is 'phones'; the sources are calls"),
        ("targets:", "targets: [", "cannot be read as YAML"),
        ("left join customers", "left jion customers", "the select is not valid DuckDB SQL"),
    ],
)
def test_a_wrong_mapping_is_refused_naming_its_place(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    settings = mapped_home(tmp_path, MAPPING.replace(old, new))
    with pytest.raises(InputError) as caught:
        land_export(settings, "usage_events")
    assert sentence in str(caught.value)
    assert "phone.yml" in str(caught.value)

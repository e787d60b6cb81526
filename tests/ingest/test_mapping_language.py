"""What a mapping may say beside its select: shipped ones taken up, columns, zones, functions."""

from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.functions import define_functions
from orchestration.ingest.land import ExportReport, land_export
from orchestration.ingest.mapping import load_targets
from orchestration.ingest.style import CellStyle
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from tests.ingest.homes import build, make_home, write

TICKETS = """
sources:
  talks:
    pattern: "talks*.csv"
    nulls: ["-", "None"]
    zoned: [Started at]
    optional: [company, place]
values:
  account_id: a1
targets:
  support_tickets:
    select: |
      select _row, id as ticket_id, coalesce(company, getvariable('account_id')) as account_id,
             "Started at" as created_at, coalesce(place, 'none') as topic
      from talks
      where id <> 'skip'
"""
TALKS = "id,Started at (America/New_York),company\n01,2025-01-02 10:00:00,None\nskip,-,a2\n"


def talks_home(folder: Path, mapping: str = TICKETS, talks: str = TALKS) -> Settings:
    settings = make_home(folder)
    write(settings.mappings / "talks.yml", mapping)
    write(settings.exports / "talks.csv", talks)
    return settings


def refusal(settings: Settings) -> str | None:
    return land_export(settings, "support_tickets").files[0].refused_reason


def test_a_header_names_the_zone_and_a_missing_column_is_empty(tmp_path: Path) -> None:
    built = build(talks_home(tmp_path))
    rows = built.rows(
        "select ticket_id, account_id, created_at::varchar, topic, _row from raw.support_tickets"
    )
    assert rows == [("01", "a1", "2025-01-02 15:00:00", "none", 1)]


def counted(report: ExportReport) -> tuple[int, int, int, int]:
    record = report.files[0]
    return record.rows_read, record.landed, record.quarantined, record.skipped


def test_rows_that_a_select_passes_over_are_counted_as_skipped(tmp_path: Path) -> None:
    settings = talks_home(tmp_path, talks=TALKS + "03,soon,a1\n04\n")
    report = land_export(settings, "support_tickets")
    assert counted(report) == (4, 1, 2, 1)


def test_held_rows_keep_the_number_that_they_have_in_the_file(tmp_path: Path) -> None:
    built = build(talks_home(tmp_path, talks=TALKS + "03\n04,soon,a1\n"))
    rows = built.rows("select row_number, reason from raw.quarantine order by row_number")
    assert rows == [(3, "unparsable"), (4, "bad_time")]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "(America/New_York)",
            "(EST5 or so)",
            "names 'EST5 or so', which is not an IANA time zone",
        ),
        (
            "Started at (America/New_York)",
            "Started on (UTC)",
            "lacks the column `Started at (<time zone>)`; the closest column is `Started on (UTC)`",
        ),
        ("id,", "number,", "lacks the column `id` that mappings/talks.yml: support_tickets reads"),
    ],
)
def test_a_file_whose_header_does_not_do_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert sentence in str(refusal(talks_home(tmp_path, talks=TALKS.replace(old, new))))


def test_a_packed_file_is_found_by_the_same_pattern_and_a_hidden_one_is_not(
    tmp_path: Path,
) -> None:
    import gzip

    settings = talks_home(tmp_path)
    write(settings.exports / "talks-2.csv.gz", gzip.compress(TALKS.replace("01", "02").encode()))
    write(settings.exports / ".talks.csv", "half a file")
    report = land_export(settings, "support_tickets")
    assert [file.file_name for file in report.files] == ["talks-2.csv.gz", "talks.csv"]
    assert report.rows_landed == 2


def test_a_home_takes_up_a_shipped_mapping_and_says_where_its_files_differ(
    tmp_path: Path,
) -> None:
    settings = make_home(tmp_path)
    write(
        settings.mappings / "desk.yml",
        "use: zendesk\nsources:\n  tickets: {pattern: 'desk/*.csv', delimiter: ';'}\n"
        "values:\n  account_id: a2\n",
    )
    write(settings.exports / "desk" / "x.csv", "Id;Created at\n01;2025-01-02 10:00\n")
    built = build(settings)
    assert built.rows("select ticket_id, account_id from raw.support_tickets") == [("01", "a2")]


def test_a_template_of_comments_only_is_no_mapping(tmp_path: Path) -> None:
    assert load_targets(talks_home(tmp_path, "# use: zendesk\n")) == []


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("use: zendeks\n", "not a shipped mapping; the closest shipped mapping is `zendesk`"),
        (
            "use: zendesk\nsources: {ticket: {pattern: x}}\n",
            "'ticket' is not in the shipped mapping zendesk; the closest entry is `tickets`",
        ),
        ("use: zendesk\nvalues: {account: a}\n", "the closest entry is `account_id`"),
        (
            "use: zendesk\ntargets: {}\n",
            "'targets' is not a known key; use one of use, system, sources, values",
        ),
        ("use: zendesk\nvalues: {account_id: 7}\n", "7 is not text; put it in quotes"),
        (TICKETS.replace("[company, place]", "company"), "optional must be a list of texts"),
        (TICKETS.replace("  account_id:", "  a b:"), "'a b' cannot be the name of a value"),
    ],
)
def test_a_mapping_that_says_what_cannot_be_is_refused(
    tmp_path: Path, mapping: str, sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        load_targets(talks_home(tmp_path, mapping))
    assert sentence in str(caught.value)
    assert "mappings/talks.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "due"),
    [
        ("negative('5.10')", "-5.10"),
        ("negative('-5.10')", "5.10"),
        ("negative('+5.10')", "-5.10"),
        ("negative('soon')", "-soon"),
        ("negative(null)", None),
        ("minus('1.5', '0.25')", "1.250000000000"),
        ("minus('1.5', '')", "1.5"),
        ("minus('', '1')", None),
        ("minus('1.5', 'soon')", "1.5 - soon"),
        ("minus('0.1234567890123', '1')", "0.1234567890123 - 1"),
        ("minus('NULL', '1')", None),
        ("plain('2.5e-05')", "0.000025000000000000"),
        ("plain('1.25E+1')", "12.500000000000000000"),
        ("plain('-$0.10')", "-0.10"),
        ("plain('$ 0.10')", "0.10"),
        ("plain('1e-19')", "1e-19"),
        ("plain('1e99')", "1e99"),
        ("plain('EUR 3,50')", "EUR 3,50"),
        ("plain('')", None),
        ("from_epoch('1767225600')", "2026-01-01T00:00:00Z"),
        ("from_epoch('1767225600.000')", "2026-01-01T00:00:00Z"),
        ("from_epoch('1767225600000')", "1767225600000"),
        ("from_epoch('2026-01-01')", "2026-01-01"),
        ("local_day('2026-01-01 04:59:59')", "2025-12-31"),
        ("local_day('2026-01-01T00:00:00-05:00')", "2026-01-01"),
        ("local_day('2026-01-01')", "2026-01-01"),
        ("local_day('soon')", "soon"),
    ],
)
def test_a_function_gives_text_and_hands_on_what_it_cannot_read(call: str, due: str | None) -> None:
    with duckdb.connect() as connection:
        define_functions(connection, CellStyle("UTC", nulls=("NULL",)), "America/New_York")
        assert connection.execute(f"select {call}").fetchone() == (due,)


def test_a_difference_is_written_with_the_marks_of_its_file() -> None:
    with duckdb.connect() as connection:
        define_functions(connection, CellStyle("UTC", decimal=",", thousands="."), "UTC")
        row = connection.execute("select minus('1.234,50', '0,5'), minus('1.5', '1')").fetchone()
    assert row == ("1234,000000000000", "1.5 - 1")

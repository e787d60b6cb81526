"""Headers of exports may be written with spaces and capitals; what is unclear is refused."""

from pathlib import Path

import pytest

from orchestration.ingest.headers import normalised
from orchestration.ingest.land import land_export
from orchestration.platform.errors import InputError
from tests.ingest.homes import VALID, build, make_home, quarantine

USAGE = VALID["exports/usage_events.csv"]
HEADER = "event_id,account_id,occurred_at,meter,quantity"


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Account ID", "account_id"),
        (" account-id ", "account_id"),
        ("ACCOUNT.ID", "account_id"),
        ("Date (UTC)", "date_utc"),
        ("Größe", "grösse"),
        ("%", ""),
    ],
)
def test_a_header_is_compared_without_case_spaces_and_punctuation(header: str, column: str) -> None:
    assert normalised(header) == column


def test_an_export_may_have_headers_with_spaces_and_capitals(tmp_path: Path) -> None:
    usage = USAGE.replace(HEADER, "Event ID,Account-ID,Occurred at,METER,Quantity")
    built = build(make_home(tmp_path, exports__usage_events_csv=usage))
    assert built.rows("select count(*) from raw.usage_events") == [(2,)]


def test_two_headers_for_one_column_are_refused(tmp_path: Path) -> None:
    usage = USAGE.replace(HEADER, "event_id,account_id,occurred_at,meter,quantity,Account ID")
    settings = make_home(tmp_path, exports__usage_events_csv=usage.replace("5\n", "5,a9\n"))
    with pytest.raises(InputError) as refused:
        land_export(settings, "usage_events")
    assert (
        "usage_events.csv has two columns for account_id, `account_id` and `Account ID`; "
        "rename or remove one."
    ) in str(refused.value)


@pytest.mark.parametrize(("mark", "shown"), [(";", ";"), ("\t", r"\t"), ("|", "|")])
def test_another_delimiter_is_named_with_the_setting(mark: str, shown: str, tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=USAGE.replace(",", mark))
    with pytest.raises(InputError) as refused:
        land_export(settings, "usage_events")
    assert f'set `delimiter: "{shown}"` in a mapping of this file' in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "column", "advice"),
    [
        ("31.12.2025", "occurred_at", "`date_order: dmy`"),
        ("12/31/2025 10:00", "occurred_at", "`date_order: mdy`"),
        ("03/04/2025", "occurred_at", "`date_order: dmy` or `date_order: mdy`"),
        ("yesterday", "occurred_at", "correct it and load the file again."),
        ('"2676,43"', "quantity", '`decimal: ","`'),
        ('"1.234,56"', "quantity", '`decimal: ","` and `thousands: "."`'),
        ('"1,234.56"', "quantity", '`thousands: ","`'),
        ("twelve", "quantity", "correct it and load the file again."),
    ],
)
def test_a_cell_in_another_format_is_named_with_the_setting(
    cell: str, column: str, advice: str, tmp_path: Path
) -> None:
    row = {"occurred_at": "2025-01-03", "quantity": "1"} | {column: cell}
    usage = f"{USAGE}u3,a1,{row['occurred_at']},calls,{row['quantity']}\n"
    built = build(make_home(tmp_path, exports__usage_events_csv=usage))
    assert len(quarantine(built)) == 1
    ((sentence,),) = built.rows("select sentence from raw.quarantine")
    assert advice in sentence

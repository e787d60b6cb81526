"""The command: what it asks, writes, leaves alone and takes back."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
import yaml

from orchestration.homes.new_home import make_home
from orchestration.ingest.land import land_export
from orchestration.platform.settings import load_settings
from tests.cli_runs import Done, run
from tests.ingest.homes import write

USAGE = "Event ID,Account ID,Occurred at,Meter,Quantity\n"
SURE = USAGE + "e1,a1,2025-01-31,calls,1.5\n"
UNCLEAR = USAGE + "e1,a1,03.04.2025,calls,1.5\n"
NOTHING = "Nothing to do: every file in exports/ is read.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "ours")


def contents(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def typed(monkeypatch: pytest.MonkeyPatch, home: Path, *lines: str) -> Done:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return run("connect", "--home", home)


def written(home: Path, name: str) -> dict[str, object]:
    raw: dict[str, object] = yaml.safe_load((home / "mappings" / name).read_text("utf-8"))
    return raw


def test_a_yes_writes_a_mapping_that_lands_the_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "exports/dump.csv", SURE)
    done = typed(monkeypatch, home, "y")
    assert "taken for the export usage_events" in done.stdout
    assert "Wrote mappings/connect_dump.yml." in done.stdout
    report = land_export(load_settings(home), "usage_events")
    assert [record.landed for record in report.files] == [1]
    assert typed(monkeypatch, home).stdout == NOTHING


@pytest.mark.parametrize("answer", ["n", "", "no"])
def test_a_no_writes_nothing(answer: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "exports/dump.csv", SURE)
    before = contents(home)
    assert typed(monkeypatch, home, answer).returncode == 0
    assert contents(home) == before


def test_the_end_of_the_input_writes_nothing_and_says_how_scripts_answer(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "exports/dump.csv", SURE)
    before = contents(home)
    done = typed(monkeypatch, home)
    assert done.returncode == 2
    assert "use --yes and --answer in scripts" in done.stderr
    assert contents(home) == before


def test_a_question_is_asked_again_until_the_answer_is_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "exports/dump.csv", UNCLEAR)
    done = typed(monkeypatch, home, "american", "mdy", "y")
    assert "date_order cannot be 'american'; use one of dmy, mdy." in done.stdout
    sources = written(home, "connect_dump.yml")["sources"]
    assert sources == {"rows": {"pattern": "dump.csv", "date_order": "mdy"}}


def test_what_is_open_in_a_script_is_listed_with_its_option(home: Path) -> None:
    write(home / "exports/my dump.csv", UNCLEAR)
    done = run("connect", "--home", home, "--yes")
    assert done.returncode == 4
    assert "--answer 'my dump.csv:date_order=dmy'" in done.stdout
    assert not list((home / "mappings").glob("connect_*"))
    done = run("connect", "--home", home, "--yes", "--answer", "my dump.csv:date_order=dmy")
    assert done.returncode == 0
    assert (home / "mappings/connect_my_dump.yml").exists()


def test_a_mapping_that_is_there_is_never_overwritten(home: Path) -> None:
    own = home / "mappings/connect_dump.yml"
    write(own, "# mine\n")
    write(home / "exports/dump.csv", SURE)
    assert "Wrote mappings/connect_dump_2.yml." in run("connect", "--home", home, "--yes").stdout
    assert own.read_text() == "# mine\n"
    assert run("connect", "--home", home, "--undo", "--yes").stdout == (
        "Removed mappings/connect_dump_2.yml.\n"
    )
    assert own.exists()
    assert "Nothing to undo" in run("connect", "--home", home, "--undo", "--yes").stdout


def test_the_next_months_file_is_read_by_the_same_mapping(home: Path) -> None:
    write(home / "exports/usage-2025-01.csv", SURE)
    write(home / "exports/usage-2025-02.csv", SURE.replace("e1", "e2"))
    assert run("connect", "--home", home, "--yes").stdout.count("Wrote") == 1
    write(home / "exports/usage-2025-03.csv", SURE.replace("e1", "e3"))
    assert run("connect", "--home", home, "--yes").stdout == NOTHING


def test_files_alike_in_name_but_not_in_style_get_a_mapping_each(home: Path) -> None:
    write(home / "exports/usage-1.csv", SURE)
    write(home / "exports/usage-2.csv", SURE.replace(",", ";").replace("1.5", "1,5"))
    assert run("connect", "--home", home, "--yes").stdout.count("Wrote") == 2
    report = land_export(load_settings(home), "usage_events")
    assert [record.landed for record in report.files] == [1, 1]


def test_a_file_named_after_an_export_is_connected_only_if_it_cannot_be_read(home: Path) -> None:
    write(home / "exports/usage_events.csv", SURE)
    assert run("connect", "--home", home, "--yes").stdout == NOTHING
    write(home / "exports/usage_events.csv", SURE.replace(",", ";"))
    assert (
        "Wrote mappings/connect_usage_events.yml." in run("connect", "--home", home, "--yes").stdout
    )
    report = land_export(load_settings(home), "usage_events")
    assert [record.landed for record in report.files] == [1]


def test_only_the_named_files_are_looked_at(home: Path, tmp_path: Path) -> None:
    write(home / "exports/one.csv", SURE)
    write(home / "exports/two.csv", SURE)
    done = run("connect", "--home", home, "--yes", "two.csv")
    assert done.stdout.count("Wrote") == 1
    assert "one.csv" not in done.stdout
    write(tmp_path / "away.csv", SURE)
    done = run("connect", "--home", home, "--yes", tmp_path / "away.csv")
    assert (done.returncode, "is not in" in done.stderr) == (2, True)
    done = run("connect", "--home", home, "--yes", "none.csv")
    assert (done.returncode, "none.csv does not exist" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("dump.csv", "is not of the form FILE:KEY=VALUE"),
        ("dump.csv:colour=red", "answers no question of these files"),
        ("dump.csv:date_order=ydm", "date_order cannot be 'ydm'; use one of ymd, dmy, mdy."),
        ("dump.csv:time_zone=Mars/North", "is not an IANA time zone"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_in_one_sentence(
    answer: str, sentence: str, home: Path
) -> None:
    write(home / "exports/dump.csv", SURE)
    done = run("connect", "--home", home, "--yes", "--answer", answer)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_a_file_that_is_skipped_or_fits_nothing_is_named(home: Path) -> None:
    write(home / "exports/notes.csv", "colour,shape\nred,round\n")
    write(home / "exports/broken.csv", "a,a\n1,2\n")
    write(home / "exports/picture.png", b"\x89PNG")
    write(home / "exports/usage_events.csv", "colour,shape\nred,round\n")
    write(home / "exports/dump.csv", SURE)
    done = run("connect", "--home", home, "--yes", "--answer", "dump.csv:as=skip")
    assert "Left out dump.csv: the answer is to skip it." in done.stdout
    assert "Left out usage_events.csv: its headers are those of no export" in done.stdout
    assert "Left out notes.csv: its headers are those of no export and no mapping." in done.stdout
    assert "Left out broken.csv: its header contains the column `a` twice." in done.stdout
    assert "picture.png has an unsupported format" in done.stdout
    assert done.returncode == 0


def test_a_file_that_needs_another_says_which(home: Path) -> None:
    write(home / "exports/tags.csv", "tag,ticket_id,_fivetran_synced\nbilling,1,2025-01-01\n")
    done = run("connect", "--home", home, "--yes")
    due = (
        "Left out tags.csv: it is one of the files of zendesk_tables, which also needs tickets: "
        "a file with the columns _fivetran_synced, organization_id, requester_id, subject, "
        "via_channel."
    )
    assert due in done.stdout


def test_the_sheet_of_a_workbook_is_asked_if_there_are_several(home: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Usage")
    book["Sheet"].append(["hello"])
    for row in (
        ["Event ID", "Account ID", "Occurred at", "Meter", "Quantity"],
        ["e1", "a1", "2025-01-31", "calls", 1.5],
    ):
        book["Usage"].append(row)
    book.save(home / "exports/book.xlsx")
    done = run("connect", "--home", home, "--yes")
    assert (done.returncode, "--answer book.xlsx:sheet=Usage" in done.stdout) == (4, True)
    assert (
        run("connect", "--home", home, "--yes", "--answer", "book.xlsx:sheet=Usage").returncode == 0
    )
    report = land_export(load_settings(home), "usage_events")
    assert [record.landed for record in report.files] == [1]


def test_a_report_for_scripts_has_everything_that_is_shown(home: Path) -> None:
    write(home / "exports/dump.csv", UNCLEAR)
    done = run("connect", "--home", home, "--yes", "--json")
    report = json.loads(done.stdout)
    assert report["open"][0]["options"] == [
        "--answer dump.csv:date_order=dmy",
        "--answer dump.csv:date_order=mdy",
    ]
    assert report["proposals"][0]["name"] == "usage_events"
    assert run("connect", "--home", home, "--json").returncode == 2


def test_rows_that_would_not_load_are_counted_and_the_first_is_explained(home: Path) -> None:
    write(home / "exports/dump.csv", SURE + "e2,a1,soon,calls,1.5\n")
    done = run("connect", "--home", home, "--yes")
    assert "usage_events: 1 would load, 1 quarantined" in done.stdout
    assert "dump.csv row 2: occurred_at is «soon»" in done.stdout


def test_ids_are_written_below_those_that_are_there(home: Path) -> None:
    accounts = "Account ID,Account name,Segment,Org\na1,One,smb,o-1\na2,Two,smb,o-2\n"
    write(home / "exports/customers.csv", accounts)
    usage = USAGE + "e1,o-1,2025-01-31,calls,1.5\ne2,o-2,2025-01-31,calls,1.5\n"
    write(home / "exports/dump.csv", usage)
    ids = home / "reference/ids.csv"
    write(ids, ids.read_text() + "a1,crm,other")
    done = run("connect", "--home", home, "--yes")
    assert "column `Org` of customers.csv holds all 2." in done.stdout
    rows = [line for line in ids.read_text().splitlines() if not line.startswith("#")]
    assert rows == ["account_id,system,external_id", "a1,crm,other", "a1,dump,o-1", "a2,dump,o-2"]
    assert run("connect", "--home", home, "--yes").stdout == NOTHING


def test_ids_that_are_not_all_matched_are_asked(home: Path) -> None:
    accounts = "Account ID,Account name,Segment,Org\na1,One,smb,o-1\na2,Two,smb,\n"
    write(home / "exports/customers.csv", accounts)
    usage = USAGE + "e1,o-1,2025-01-31,calls,1.5\ne2,o-2,2025-01-31,calls,1.5\n"
    write(home / "exports/dump.csv", usage)
    done = run("connect", "--home", home, "--yes")
    assert (done.returncode, "--answer dump:ids=yes" in done.stdout) == (4, True)
    done = run("connect", "--home", home, "--yes", "--answer", "dump:ids=yes")
    assert "Wrote reference/ids.csv: 1 row for the system dump." in done.stdout

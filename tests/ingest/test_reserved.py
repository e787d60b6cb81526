"""A segment named `all` is refused wherever one is named: file, row and what to do."""

from pathlib import Path

import pytest

from orchestration.ingest import landing, ledger
from orchestration.ingest.check import check_home
from orchestration.ingest.land import land_export
from orchestration.ingest.reference import load_reference
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings
from tests.cli_runs import run
from tests.ingest.homes import VALID, load, make_home, write

ACCOUNTS = VALID["exports/accounts.csv"]
NAMED_ALL = ACCOUNTS.replace("a2,smb", "a2,all")
SENTENCE = (
    "accounts.csv row 2: segment is «all», which stands for all segments together; give the "
    "segment another name and load the file again."
)


def test_a_check_refuses_the_segment_with_file_row_and_what_to_do(tmp_path: Path) -> None:
    report = check_home(make_home(tmp_path, exports__accounts_csv=NAMED_ALL))
    assert report.problems == [SENTENCE]


@pytest.mark.parametrize("command", ["check", "refresh"])
def test_commands_end_with_exit_code_4(command: str, tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv=NAMED_ALL)
    done = run(command, "--home", str(settings.home), width=200)
    assert done.returncode == 4
    assert SENTENCE in done.stdout + done.stderr


def test_further_rows_are_counted(tmp_path: Path) -> None:
    both = ACCOUNTS.replace("smb", "all")
    settings = make_home(tmp_path, exports__accounts_csv=both)
    with pytest.raises(InputError, match=r"row 1: .* again \(1 more row has it\)\.$"):
        land_export(settings, "accounts")


def test_the_corrected_file_loads_as_if_there_had_been_no_other(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv=NAMED_ALL)
    with pytest.raises(InputError):
        land_export(settings, "accounts")
    assert ledger.read_records(settings, "accounts") == []
    write(settings.exports / "accounts.csv", ACCOUNTS)
    found = [entry for entry in load(settings).files if entry.export == "accounts"]
    assert [(entry.loaded, entry.revisions) for entry in found] == [(2, 0)]


def test_other_names_that_contain_it_are_segments(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv=ACCOUNTS.replace("smb", "allied"))
    assert check_home(settings).problems == []


def test_a_quarantined_row_may_name_it(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv=ACCOUNTS + ",all,2025-01-01\n")
    assert check_home(settings).problems == []


def loaded_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose file an earlier version of seatshift landed."""
    settings = make_home(folder, exports__accounts_csv=NAMED_ALL)
    with monkeypatch.context() as patched:
        patched.setattr(landing, "refuse_reserved_segment", lambda *_: None)
        land_export(settings, "accounts")
    assert len(ledger.read_records(settings, "accounts")) == 1
    return settings


def test_a_file_landed_by_an_earlier_version_is_refused_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = loaded_before(tmp_path, monkeypatch)
    with pytest.raises(InputError) as raised:
        land_export(settings, "accounts")
    assert str(raised.value) == SENTENCE


def test_rows_of_an_earlier_version_that_left_the_exports_say_what_to_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = loaded_before(tmp_path, monkeypatch)
    write(settings.exports / "accounts.csv", ACCOUNTS)
    with pytest.raises(InputError, match=r"^accounts\.csv is no longer .* delete .*landing and"):
        land_export(settings, "accounts")


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        (
            "thresholds",
            "name,segment,fires_at,direction,unit\nutilization,all,0.5,below,ratio\n",
            "reference/thresholds.csv, row 2, column segment: segment is 'all', which is reserved; "
            "leave it empty for all segments.",
        ),
        (
            "scenarios",
            "scenario_id,scenario_name,segment,plan_id\nhybrid,Hybrid,all,team\n",
            "reference/scenarios.csv, row 2, column segment: segment is 'all', which is reserved; "
            "leave it empty for all segments.",
        ),
        (
            "discounts",
            "discount_id,scope,scope_id,ratio\nd1,segment,all,0.1\n",
            "reference/discounts.csv, row 2, column scope_id: scope_id is 'all', which stands for "
            "all segments together; name a segment, and give each its own row.",
        ),
    ],
)
def test_a_reference_file_may_not_name_it_either(
    name: str, content: str, place: str, tmp_path: Path
) -> None:
    settings = make_home(tmp_path, **{f"reference__{name}_csv": content})
    assert check_home(settings).problems == [place]
    with pytest.raises(InputError) as raised:
        load_reference(settings)
    assert str(raised.value) == place


def test_an_account_or_plan_of_that_name_is_no_segment(tmp_path: Path) -> None:
    discounts = "discount_id,scope,scope_id,ratio\nd1,account,all,0.1\n"
    assert check_home(make_home(tmp_path, reference__discounts_csv=discounts)).problems == []

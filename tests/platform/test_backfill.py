"""Past verdicts: reconstructed month by month, never changed, whatever changes later."""

import fcntl
import json
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.pipeline import backfill as module
from orchestration.pipeline.backfill import Backfill, backfill, undo
from orchestration.platform.errors import RefreshBusy, RequestError, SeatshiftError
from orchestration.platform.moments import end_of_month, last_day
from orchestration.platform.reported import backfilled, reported_months, verdict_history
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests.conftest import PublishedHome
from tests.ingest.homes import load
from tests.platform.small_home import make_small_home, write_csv

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))
Find = Callable[[Settings, datetime, Path], str]


def lines(settings: Settings) -> list[dict[str, Any]]:
    text = (settings.home / "verdicts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.endswith("}")]


def killed_after(builds: int) -> Find:
    """`find_verdicts` of a process that is stopped in the build after so many."""
    done: list[datetime] = []
    whole = module.find_verdicts

    def find(settings: Settings, as_of: datetime, target: Path) -> str:
        if len(done) == builds:
            target.write_bytes(b"half a build")
            raise KeyboardInterrupt
        done.append(as_of)
        return whole(settings, as_of, target)

    return find


@pytest.fixture(scope="module")
def runs(
    small: PublishedHome, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Backfill]:
    """A backfill of two months that was killed in the second, and the run that went on."""
    home = tmp_path_factory.mktemp("backfill") / "home"
    shutil.copytree(small.home, home)
    settings = load_settings(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "find_verdicts", killed_after(1))
        with pytest.raises(KeyboardInterrupt):
            backfill(settings, 2)
    assert reported_months(settings) == {MAY, JUNE}
    with (settings.home / "verdicts.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"month": "2026-04-01", "verd')
    return settings, backfill(settings, 2)


def test_a_killed_run_keeps_what_it_found_and_the_next_goes_on(
    runs: tuple[Settings, Backfill],
) -> None:
    settings, second = runs
    assert second == Backfill(found=[APRIL], kept=[MAY])
    assert reported_months(settings) == {APRIL, MAY, JUNE}
    assert not list(settings.builds.glob("backfill*"))


def test_a_backfilled_line_says_so_and_knows_nothing_later(
    runs: tuple[Settings, Backfill],
) -> None:
    stated = {entry["as_of"]: entry for entry in lines(runs[0])}
    april = stated["2026-05-01T00:00:00"]
    assert "generation" not in april and april["backfilled_at"]
    assert {row["month"] for row in april["verdicts"]} == {"2026-04-01"}
    assert {row["segment"] for row in april["verdicts"]} == {"all", "smb"}
    assert all(row["thresholds_version"] for row in april["verdicts"])


def test_a_second_run_builds_nothing(
    runs: tuple[Settings, Backfill], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lines(runs[0])
    monkeypatch.setattr(module, "find_verdicts", killed_after(0))
    assert backfill(runs[0], 2) == Backfill(found=[], kept=[MAY, APRIL])
    assert lines(runs[0]) == before


def test_what_was_found_can_be_taken_back_and_found_again(
    runs: tuple[Settings, Backfill], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(runs[0].home, home)
    settings = load_settings(home)
    before = (settings.home / "verdicts.jsonl").read_text(encoding="utf-8")
    assert undo(settings, 1) == [MAY]
    assert (reported_months(settings), len(backfilled(settings))) == ({APRIL, JUNE}, 1)
    assert undo(settings, 2) == [APRIL]
    # what a generation published stands, whatever is taken back
    assert (reported_months(settings), backfilled(settings)) == ({JUNE}, [])
    assert undo(settings, 2) == []
    after = (settings.home / "verdicts.jsonl").read_text(encoding="utf-8")
    assert after.startswith(before) and len(after.splitlines()) == len(before.splitlines()) + 2
    monkeypatch.setattr(module, "find_verdicts", killed_after(1))
    with pytest.raises(KeyboardInterrupt):
        backfill(settings, 2)
    assert reported_months(settings) == {MAY, JUNE}


@pytest.mark.soak  # a refresh more; unit tests of fct_verdict_history hold the same in every run
def test_changed_thresholds_do_not_change_published_verdicts(
    runs: tuple[Settings, Backfill], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(runs[0].home, home)
    settings = load_settings(home)
    before = {str(row["month"]): row for entry in lines(settings) for row in entry["verdicts"]}
    write_csv(
        settings.reference / "thresholds.csv",
        ["name", "fires_at", "direction", "unit"],
        [("small_cell_accounts", 1, "below", "accounts")],
    )
    assert refresh(settings).is_new
    months = {row["month"]: row for row in verdict_history(settings, "smb")}
    assert [months[month]["source"] for month in (APRIL, MAY, JUNE)] == [
        "backfilled",
        "backfilled",
        "published",
    ]
    for month in (APRIL, MAY, JUNE):
        assert months[month]["verdict"] == before[str(month)]["verdict"] == "hold_data"
        assert months[month]["sentence"] == before[str(month)]["sentence"]
        assert months[month]["recomputed_verdict"] == "not_yet"
        assert months[month]["difference_reasons"] == "thresholds"
    assert (months[JUNE]["telling_count"], months[JUNE]["last_verdict"]) == (2, "not_yet")
    assert months[date(2026, 3, 1)]["source"] == "not_told"
    # what was found is published once and then reported forever
    assert not refresh(settings).is_new


def test_a_backfill_waits_for_no_refresh(runs: tuple[Settings, Backfill]) -> None:
    with (runs[0].var / "refresh.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(RefreshBusy):
            backfill(runs[0], 3)
        with pytest.raises(RefreshBusy):
            undo(runs[0], 3)


@pytest.mark.parametrize(
    ("months", "sentence"),
    [(0, "--months is 0"), (-3, "--months is -3"), (6, "give at most 5")],
)
def test_months_that_cannot_be_are_one_sentence(
    small: PublishedHome, months: int, sentence: str
) -> None:
    for order in (backfill, undo):
        with pytest.raises(RequestError, match=sentence) as caught:
            order(small.settings, months)
        assert "\n" not in str(caught.value)


def test_nothing_can_be_found_before_something_is_loaded_and_published(tmp_path: Path) -> None:
    settings = load_settings(make_small_home(tmp_path / "home"))
    with pytest.raises(SeatshiftError, match="Nothing is loaded"):
        backfill(settings, 1)
    load(settings)
    with pytest.raises(SeatshiftError, match="No verdict is published"):
        backfill(settings, 1)


def test_a_month_ends_in_the_company_s_time_zone() -> None:
    end = end_of_month(date(2026, 12, 1), "Europe/Berlin")
    assert end == datetime.fromisoformat("2026-12-31T23:00:00")
    assert last_day(end, "Europe/Berlin") == date(2026, 12, 31)
    assert last_day(end, "UTC") == date(2026, 12, 31)
    assert last_day(datetime.fromisoformat("2026-12-31T23:00:01"), "Europe/Berlin") == date(
        2027, 1, 1
    )

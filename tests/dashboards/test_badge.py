"""The state word in every header: what each of the four stands for, the gravest first."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.data.badge import (
    CAUTION,
    CRITERIA,
    DEGRADED,
    HEALTHY,
    UNKNOWN,
    Badge,
    badge,
)
from dashboards.data.freshness import Freshness
from dashboards.data.warehouse import current
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage

LIMIT = timedelta(hours=30)
COSTS = "3 rows quarantined; coverage of MRR is graded medium"
WHOLE = (COSTS, "1 file refused", "1 closed month without a row")

SOUND = "update marts.fct_export_health set quarantined = 0, refused_file_count = 0, gap_months = 0"
COSTLY = "update marts.fct_export_health set refused_file_count = 0, gap_months = 0"
HIGH = "update marts.fct_verdicts set grade_coverage = 'high' where segment = 'all'"
HELD = "update marts.fct_verdicts set verdict = 'hold_data' where segment = 'smb'"


@pytest.fixture(scope="module")
def published(homes: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample; the same with nothing quarantined or missing; and that with a verdict on hold."""
    made = {"whole": homes["whole"]}
    for name, changes in (
        ("sound", (SOUND,)),
        ("held", (SOUND, HELD)),
        ("costly", (COSTLY,)),
        ("cheap", (COSTLY, HIGH)),
    ):
        made[name] = shutil.copytree(homes["whole"], tmp_path_factory.mktemp(name) / "home")
        file = made[name] / "var" / "snapshots" / "v000001.duckdb"
        with duckdb.connect(str(file)) as connection:
            for change in changes:
                connection.execute(change)
    return made


@pytest.fixture
def judged(published: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Badge]:
    """The badge of a sample, of data of an age, with another audit in its pointer."""

    def shown(name: str, hours: int = 30, **audit: Any) -> Badge:
        home = published[name]
        monkeypatch.setenv("SEATSHIFT_HOME", str(home))
        if name != "whole":
            sample.point_at(home, home / "var" / "snapshots" / "v000001.duckdb", **audit)
        return badge(current(), Freshness(timedelta(hours=hours), LIMIT))

    return shown


def test_a_passed_audit_of_fresh_data_that_was_all_taken_is_healthy(
    judged: Callable[..., Badge],
) -> None:
    assert judged("sound") == Badge(HEALTHY)


def test_old_data_warnings_and_what_was_not_taken_ask_for_caution(
    judged: Callable[..., Badge],
) -> None:
    assert judged("sound", 31) == Badge(
        CAUTION, ("stale: 31 h old, more than 30 h; run `seatshift refresh`",)
    )
    warned = {"verdict": "PASS", "checks": 12, "warnings": 1}
    assert judged("sound", audit=warned) == Badge(CAUTION, ("1 check worth a look",))
    assert judged("whole") == Badge(CAUTION, WHOLE)


def test_quarantined_rows_ask_for_caution_only_if_they_cost_accuracy_or_coverage(
    judged: Callable[..., Badge],
) -> None:
    assert judged("costly") == Badge(CAUTION, (COSTS,))
    assert judged("cheap") == Badge(HEALTHY)


def test_a_verdict_on_hold_or_an_audit_that_did_not_pass_is_degraded(
    judged: Callable[..., Badge],
) -> None:
    assert judged("held", 31).word == DEGRADED
    assert judged("held").reasons == ("HOLD – DATA for smb",)
    failed = {"verdict": "FAIL", "checks": 12}
    assert judged("sound", audit=failed) == Badge(
        DEGRADED, ("the audit of this generation did not pass",)
    )


@pytest.mark.parametrize("audit", [None, "passed", {}, {"checks": 12}])
def test_an_audit_that_cannot_be_read_leaves_the_state_unknown(
    audit: Any, judged: Callable[..., Badge]
) -> None:
    assert judged("held", audit=audit).word == UNKNOWN


def test_a_later_refresh_that_was_refused_or_stopped_is_reported(
    judged: Callable[..., Badge], published: dict[str, Path]
) -> None:
    builds = published["sound"] / "var" / "builds"
    builds.mkdir()
    (builds / "candidate.json").write_text('{"build_id": "fedcba98"}', encoding="utf-8")
    at = (sample.AS_OF + timedelta(hours=1)).replace(tzinfo=None).isoformat()
    for verdict, word, stated in (
        ("FAIL", DEGRADED, "the audit refused the refresh of 10 Nov 2026 07:00 UTC"),
        ("OPEN", CAUTION, "the refresh of 10 Nov 2026 07:00 UTC ended before it was published"),
        ("PASS", HEALTHY, None),
    ):
        entry = {"build_id": "fedcba98", "verdict": verdict, "judged_at": at, "evidence": []}
        (builds / "fedcba98.audit.json").write_text(json.dumps(entry), encoding="utf-8")
        assert judged("sound") == Badge(word, (stated,) if stated else ())


def test_every_page_shows_the_word_its_reasons_and_the_way_to_the_evidence(
    open_page: OpenPage,
) -> None:
    page = open_page("cohorts")
    word = next(entry for entry in page.markdown if f" {CAUTION}]" in entry.value)
    assert CAUTION in word.value
    assert "1 file refused" in str(word.help)
    assert all(f"**{name}**" in str(word.help) for name in CRITERIA)
    [stated] = [entry for entry in page.caption if "Data as of 10 Nov 2026 06:00" in entry.value]
    assert "07:00 Europe/Berlin" in stated.help.replace("\\", "")
    assert "checked 10 Nov 2026 06:00 UTC" in stated.help


def test_the_criteria_stand_on_the_definitions_page(open_page: OpenPage) -> None:
    stated = open_page("definitions").markdown
    [listed] = [entry.value for entry in stated if f"**{HEALTHY}**" in entry.value]
    assert all(f"**{name}**" in listed for name in CRITERIA)


def test_a_snapshot_that_cannot_be_read_is_unknown(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "current.json").write_text("no json", encoding="utf-8")
    monkeypatch.setitem(homes, "broken", tmp_path)
    page = open_page("decision", "broken")
    assert UNKNOWN in page.markdown[0].value
    assert page.error


@pytest.mark.parametrize(("segment", "word"), [("smb_ai", "PILOT"), ("smb", "NOT YET")])
def test_every_page_shows_the_verdict_of_its_segment(
    segment: str, word: str, open_page: OpenPage
) -> None:
    page = open_page("cohorts", segment=segment)
    chip = next(entry for entry in page.markdown if f" {word}]" in entry.value)
    assert "Hybrid seat \\+ outcome" in str(chip.help)
    assert not [entry for entry in open_page("cohorts", "empty").markdown if word in entry.value]


@pytest.mark.parametrize(("account_id", "word"), [("a01", "PILOT"), ("a07", "NOT YET")])
def test_an_account_shows_the_verdict_of_its_segment(
    account_id: str, word: str, open_page: OpenPage
) -> None:
    page = open_page("account", account=account_id)
    assert [entry for entry in page.markdown if f" {word}]" in entry.value]

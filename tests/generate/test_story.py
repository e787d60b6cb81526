"""What each story does to the segments."""

import pytest

from orchestration.generate.story import TURN, course_of
from orchestration.platform.errors import RequestError

MONTHS = 26


def test_automation_takes_over_in_one_segment_only() -> None:
    shifted = course_of("smb_ai", MONTHS, "shift")
    assert shifted.automation[TURN - 1] == 0.05
    assert shifted.automation[-1] > 0.6
    for segment in ("smb", "midmarket", "enterprise"):
        assert course_of(segment, MONTHS, "shift").automation[-1] < 0.25


def test_seats_fall_while_work_grows_on_after_the_turn() -> None:
    course = course_of("smb_ai", MONTHS, "shift")
    assert course.seats[-1] < course.seats[TURN]
    assert course.work[-1] > course.work[TURN]
    assert course.active[TURN - 1] == 0.90
    assert course.active[-1] < 0.70


def test_the_mild_drift_stays_below_five_points_in_six_months() -> None:
    share = course_of("midmarket", MONTHS, "shift").automation
    assert all(0 < share[at] - share[at - 6] < 0.05 for at in range(6, MONTHS))


def test_nothing_turns_in_the_steady_story() -> None:
    course = course_of("smb_ai", MONTHS, "steady")
    assert set(course.automation) == {0.05}
    assert list(course.seats) == sorted(course.seats)


def test_an_unknown_story_is_refused() -> None:
    with pytest.raises(RequestError, match="use one of shift, steady"):
        course_of("smb", MONTHS, "boom")

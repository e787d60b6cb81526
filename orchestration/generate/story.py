"""What happens to the company's four segments, month by month."""

from dataclasses import dataclass

from orchestration.platform.errors import RequestError

STORIES = ("shift", "steady")

# month of the window, from 0, in which automation takes over in smb_ai
TURN = 13


@dataclass(frozen=True)
class Segment:
    """One kind of customer: their share, their size, and how they start."""

    name: str
    share: float
    least_seats: float
    most_seats: float
    present_at_start: float
    churning: float
    yearly: float
    discounted: float


SEGMENTS = (
    Segment("smb_ai", 50 / 180, 9.0, 17.0, 0.80, 0.10, 0.16, 0.06),
    Segment("smb", 60 / 180, 4.0, 9.0, 0.55, 0.12, 0.20, 0.05),
    Segment("midmarket", 45 / 180, 9.0, 18.0, 0.60, 0.07, 0.45, 0.10),
    Segment("enterprise", 25 / 180, 20.0, 38.0, 0.64, 0.04, 0.70, 0.30),
)


@dataclass(frozen=True)
class Course:
    """The development of a segment; every list has one entry per month.

    seats and work are indexes that start at 1; active is the share of seats in use;
    automation its share of the work; expands whether seats still follow growth.
    """

    seats: tuple[float, ...]
    work: tuple[float, ...]
    active: tuple[float, ...]
    automation: tuple[float, ...]
    work_follows_seats: bool
    is_shrinking: tuple[bool, ...]


# automation's share of the work in smb_ai, from that month on
_TAKEOVER = (0.16, 0.30, 0.43, 0.53, 0.59, 0.62, 0.635, 0.645, 0.65, 0.655, 0.66, 0.665, 0.67)


def course_of(segment: str, months: int, story: str) -> Course:
    """The development of a segment in a story."""
    if story not in STORIES:
        raise RequestError(f"story {story!r} is not known; use one of {', '.join(STORIES)}.")
    if segment == "smb_ai" and story == "shift":
        return _taken_over(months)
    growth = {"smb_ai": 0.017, "smb": 0.016, "midmarket": 0.015, "enterprise": 0.016}[segment]
    active = {"smb_ai": 0.90, "smb": 0.92, "midmarket": 0.90, "enterprise": 0.88}[segment]
    first = {"smb_ai": 0.05, "smb": 0.05, "midmarket": 0.06, "enterprise": 0.08}[segment]
    # a drift of 0.5 points a month stays below the signal's five points in six months
    drift = {"smb_ai": 0.0, "smb": 0.0, "midmarket": 0.005, "enterprise": 0.001}[segment]
    if story == "steady":
        drift = 0.0
    seats = _compounded([growth] * months)
    return Course(
        seats=seats,
        work=seats,
        active=tuple(max(active - 0.3 * drift * month, 0.5) for month in range(months)),
        automation=tuple(min(first + drift * month, 0.9) for month in range(months)),
        work_follows_seats=True,
        is_shrinking=(False,) * months,
    )


def _taken_over(months: int) -> Course:
    """Automation takes over: work keeps growing, seats stop growing, fall idle, then decline."""
    growth: list[float] = []
    active: list[float] = []
    automation: list[float] = []
    for month in range(months):
        since = month - TURN
        growth.append(0.018 if since < 0 else (0.008, 0.0, -0.008)[since] if since < 3 else -0.017)
        active.append(0.90 if since < 1 else max(0.90 - 0.035 * since, 0.60))
        automation.append(0.05 if since < 0 else _TAKEOVER[min(since, len(_TAKEOVER) - 1)])
    return Course(
        seats=_compounded(growth),
        work=_compounded([0.018 if month < TURN else 0.016 for month in range(months)]),
        active=tuple(active),
        automation=tuple(automation),
        work_follows_seats=False,
        is_shrinking=tuple(month >= TURN + 1 for month in range(months)),
    )


def _compounded(growth: list[float]) -> tuple[float, ...]:
    index = [1.0]
    for rate in growth[1:]:
        index.append(index[-1] * (1.0 + rate))
    return tuple(index)

"""Seat events of one account: who got, lost, paused or swapped a seat, and when."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from orchestration.generate.accounts import Account, Subscription
from orchestration.generate.calendar import Window, local_day, utc
from orchestration.generate.draws import Draws
from orchestration.generate.story import Course

VIEWER_SHARE = 0.15


@dataclass(frozen=True)
class SeatEvent:
    """One row of seat_events; is_billed is False if the vendor's billing missed it."""

    event_id: str
    account_id: str
    subscription_id: str
    event_type: str
    quantity: int
    effective_at: datetime
    recorded_at: datetime
    user_id: str
    role: str
    previous_role: str
    source: str
    corrects_event_id: str
    is_billed: bool = True

    @property
    def member_change(self) -> int:
        """Change in billable seats: members that are assigned and not suspended."""
        if self.event_type == "role_change":
            return (self.role == "member") - (self.previous_role == "member")
        if self.role != "member":
            return 0
        return {"suspend": -self.quantity, "reactivate": self.quantity}.get(
            self.event_type, self.quantity
        )


@dataclass(frozen=True)
class Tenure:
    """Days on which a user has a valid member seat; end is exclusive."""

    user: int
    start: date
    end: date


@dataclass
class SeatHistory:
    """Everything that the seat system knows about an account."""

    events: list[SeatEvent]
    tenures: list[Tenure]


@dataclass
class _State:
    """Who has which seat at the current month."""

    members: dict[int, date]
    viewers: list[int]
    suspended: dict[int, date]
    next_user: int = 1


class SeatMaker:
    """Goes through the months of one account and records its events."""

    def __init__(self, account: Account, course: Course, window: Window, seed: int) -> None:
        self._account = account
        self._course = course
        self._window = window
        self._draws = Draws(seed, "seats", account.number)
        self._events: list[SeatEvent] = []
        self._tenures: list[Tenure] = []
        self._state = _State({}, [], {})

    def make(self) -> SeatHistory:
        for subscription in self._account.subscriptions:
            self._open(subscription)
            last = subscription.end or self._window.end
            month = self._window.month_of(subscription.start)
            while month < self._window.months and self._window.month(month) < last:
                self._live(subscription, month, last)
                month += 1
            self._close(subscription, last)
        return SeatHistory(self._events, self._tenures)

    def _target(self, subscription: Subscription, month: int) -> int:
        joined = self._window.month_of(self._account.subscriptions[0].start)
        index = self._course.seats[month] / self._course.seats[joined]
        return max(round(self._account.base_seats * index), 2)

    def _open(self, subscription: Subscription) -> None:
        """The opening balance: members and free viewers from the contract's first moment."""
        at = utc(subscription.start)
        seats = self._target(subscription, self._window.month_of(subscription.start))
        viewers = round(seats * VIEWER_SHARE)
        self._state = _State({}, [], {}, self._state.next_user)
        for rank in range(seats + viewers):
            user = self._new_user()
            role = "member" if rank < seats else "viewer"
            self._write(subscription, "add", 1, at, user, role, source="contract")
            self._hold(user, role, subscription.start)

    def _close(self, subscription: Subscription, last: date) -> None:
        """When the contract ends, everyone loses their seat at that moment."""
        state = self._state
        for user in sorted(state.members):
            self._tenures.append(Tenure(user, state.members[user], last))
        if subscription.end is None:
            return
        at = utc(last)
        for user in sorted([*state.members, *state.suspended]):
            self._write(subscription, "remove", -1, at, user, "member", source="contract")
        for user in state.viewers:
            self._write(subscription, "remove", -1, at, user, "viewer", source="contract")

    def _live(self, subscription: Subscription, month: int, last: date) -> None:
        """One calendar month of changes, day by day."""
        first = max(self._window.month(month), subscription.start + timedelta(days=1))
        end = min(self._window.month(month + 1), last)
        if (end - first).days < 3:
            return
        for day, action in sorted(self._plan(subscription, month, first, end, last)):
            getattr(self, f"_{action}")(subscription, day, last)

    def _plan(
        self, subscription: Subscription, month: int, first: date, end: date, last: date
    ) -> list[tuple[date, str]]:
        draws = self._draws
        state = self._state
        seats = len(state.members) + len(state.suspended)
        shrinks = self._course.is_shrinking[month]

        def some_day() -> date:
            return first + timedelta(days=draws.whole(0, (end - first).days - 1))

        plan = []
        for back in sorted(state.suspended.values()):
            if back < end:
                plan.append((max(back, first), "reactivate"))
        wanted = self._target(subscription, month) - seats
        # if seats are shrinking, nobody reactivates one
        steps = min(wanted, 0) if shrinks else wanted
        plan += [(some_day(), "add" if steps > 0 else "remove") for _ in range(abs(steps))]
        if not shrinks:
            if draws.chance(0.012 * seats):
                day = some_day()
                plan += [(day, "remove"), (day, "swap_in")]
            if draws.chance(0.004 * seats) and (last - end).days > 70:
                plan.append((some_day(), "suspend"))
            if draws.chance(0.02):
                plan.append((some_day(), "mistake"))
            if draws.chance(0.03) and state.viewers:
                plan.append((some_day(), "promote"))
                plan.append((some_day(), "demote"))
        elif draws.chance(0.01):
            plan.append((some_day(), "add"))
        if draws.chance(0.06):
            plan.append((some_day(), "viewer"))
        return plan

    def _add(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._new_user()
        _, period_end = subscription.period_of(day)
        ahead = (period_end - day).days
        # some seats are ordered ahead, for the first moment of the next period
        if 2 <= ahead <= 6 and period_end < min(last, self._window.end) and self._is_monthly():
            self._write(
                subscription, "add", 1, utc(period_end), user, "member", recorded_at=self._at(day)
            )
            self._hold(user, "member", period_end)
            return
        self._write(subscription, "add", 1, self._at(day), user, "member", late=True)
        self._hold(user, "member", day)

    def _swap_in(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._new_user()
        self._write(subscription, "add", 1, self._at(day), user, "member")
        self._hold(user, "member", day)

    def _remove(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._someone(day)
        if user is None:
            return
        self._write(subscription, "remove", -1, self._at(day), user, "member", late=True)
        self._release(user, day)

    def _suspend(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._someone(day)
        if user is None:
            return
        self._write(subscription, "suspend", 1, self._at(day), user, "member")
        self._release(user, day)
        self._state.suspended[user] = day + timedelta(days=self._draws.whole(12, 50))

    def _reactivate(self, subscription: Subscription, day: date, last: date) -> None:
        user = min(self._state.suspended, key=lambda held: (self._state.suspended[held], held))
        del self._state.suspended[user]
        self._write(subscription, "reactivate", 1, self._at(day), user, "member")
        self._hold(user, "member", day)

    def _mistake(self, subscription: Subscription, day: date, last: date) -> None:
        """Add a seat by mistake and correct it within the same billing period."""
        _, period_end = subscription.period_of(day)
        if (min(period_end, last) - day).days < 7:
            return
        user = self._new_user()
        self._write(subscription, "add", 1, self._at(day), user, "member", source="import")
        corrected = day + timedelta(days=self._draws.whole(1, 5))
        self._write(
            subscription,
            "correction",
            -1,
            self._at(corrected),
            user,
            "member",
            source="support",
            corrects=self._events[-1].event_id,
        )

    def _promote(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._state.viewers.pop(0)
        self._write(
            subscription, "role_change", 1, self._at(day), user, "member", previous="viewer"
        )
        self._hold(user, "member", day)

    def _demote(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._someone(day)
        if user is None:
            return
        self._write(
            subscription, "role_change", 1, self._at(day), user, "viewer", previous="member"
        )
        self._release(user, day)
        self._state.viewers.append(user)

    def _viewer(self, subscription: Subscription, day: date, last: date) -> None:
        user = self._new_user()
        self._write(subscription, "add", 1, self._at(day), user, "viewer")
        self._state.viewers.append(user)

    def _is_monthly(self) -> bool:
        return self._account.interval == "month" and self._draws.chance(0.5)

    def _someone(self, day: date) -> int | None:
        """A member for at least a day; never one of the last two."""
        held = [user for user, since in sorted(self._state.members.items()) if since < day]
        return self._draws.pick(held) if len(held) > 2 else None

    def _new_user(self) -> int:
        user = self._state.next_user
        self._state.next_user += 1
        return user

    def _hold(self, user: int, role: str, day: date) -> None:
        if role == "member":
            self._state.members[user] = day
        else:
            self._state.viewers.append(user)

    def _release(self, user: int, day: date) -> None:
        self._tenures.append(Tenure(user, self._state.members.pop(user), day))

    def _at(self, day: date) -> datetime:
        draws = self._draws
        return utc(day, draws.whole(8, 17), draws.whole(0, 59), draws.whole(0, 59))

    def _write(
        self,
        subscription: Subscription,
        event_type: str,
        quantity: int,
        at: datetime,
        user: int,
        role: str,
        *,
        previous: str = "",
        source: str = "admin_console",
        corrects: str = "",
        recorded_at: datetime | None = None,
        late: bool = False,
    ) -> None:
        number = self._account.number
        event = SeatEvent(
            event_id=f"se-{number:04d}-{len(self._events) + 1:04d}",
            account_id=self._account.account_id,
            subscription_id=subscription.subscription_id,
            event_type=event_type,
            quantity=quantity,
            effective_at=at,
            recorded_at=recorded_at or at,
            user_id=f"u-{number:04d}-{user:04d}",
            role=role,
            previous_role=previous,
            source=source,
            corrects_event_id=corrects,
        )
        if late and self._draws.chance(0.05):
            event = self._recorded_late(subscription, event)
        self._events.append(event)

    def _recorded_late(self, subscription: Subscription, event: SeatEvent) -> SeatEvent:
        """Recorded some days later, but before the period's books close."""
        day = local_day(event.effective_at)
        _, period_end = subscription.period_of(day)
        known = day + timedelta(days=self._draws.whole(1, 6))
        closes = min(period_end, subscription.end or self._window.end, self._window.end)
        if known >= closes - timedelta(days=1):
            return event
        return replace(event, recorded_at=self._at(known), source="import")

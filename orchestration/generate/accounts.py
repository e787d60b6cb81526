"""The customers of the generated company: who they are, when they join and when they leave."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from orchestration.generate.calendar import Window, add_months, utc
from orchestration.generate.catalogue import SeatPlan, rounded, seat_plan
from orchestration.generate.draws import Draws
from orchestration.generate.story import SEGMENTS, TURN, Segment

CURRENCIES = (("USD", 0.54), ("EUR", 0.34), ("JPY", 0.12))
PLACES = {
    "USD": (("amer", "US"), ("amer", "CA"), ("apac", "SG"), ("amer", "US")),
    "EUR": (("emea", "DE"), ("emea", "FR"), ("emea", "NL"), ("emea", "ES")),
    "JPY": (("apac", "JP"),),
}
INDUSTRIES = ("retail", "software", "travel", "finance", "health", "logistics", "media")
FIRST_WORDS = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Iris")
MIDDLE_WORDS = ("Juniper", "Kestrel", "Linden", "Maple", "North", "Onyx", "Pine", "Quartz", "River")
LAST_WORDS = ("Books", "Cargo", "Foods", "Games", "Homes", "Labs", "Rentals", "Studios", "Ventures")
# assigned in turn, without a draw, so that all other draws are unaffected
OWNERS = ("Ada Lindholm", "Bruno Okafor", "Chiara Mertens", "Dev Raman", "Elif Sandoval")
# the last three become the last day of a shorter month
ANCHOR_DAYS = (1, 1, 3, 5, 8, 10, 12, 15, 15, 18, 20, 22, 25, 27, 28, 29, 30, 31)


@dataclass(frozen=True)
class Subscription:
    """One contract; end is the day after its last day, None if it is open."""

    subscription_id: str
    start: date
    end: date | None
    plan: SeatPlan

    def period_start(self, number: int) -> date:
        """First day of a billing period; day 31 is used again after a shorter month."""
        return add_months(self.start, number * self.plan.months)

    def period_of(self, day: date) -> tuple[date, date]:
        """The billing period that contains a day of the contract."""
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        number = months // self.plan.months
        if self.period_start(number) > day:
            number -= 1
        return self.period_start(number), self.period_start(number + 1)

    def next_month_start(self, day: date) -> date:
        """The first anchor day on or after a day."""
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        at = add_months(self.start, months)
        return at if at >= day else add_months(self.start, months + 1)


@dataclass
class Account:
    """One customer and its attributes; number counts from 1."""

    number: int
    segment: Segment
    name: str
    region: str
    country: str
    industry: str
    currency: str
    interval: str
    base_seats: float
    productivity: float
    thirst: float
    unit_price: Decimal
    is_negotiated: bool
    discount: Decimal | None
    trial_days: int | None
    subscriptions: list[Subscription] = field(default_factory=list)

    @property
    def account_id(self) -> str:
        return f"acc-{self.number:04d}"

    @property
    def owner(self) -> str:
        """The person responsible for the customer."""
        return OWNERS[self.number % len(OWNERS)]

    @property
    def is_plain(self) -> bool:
        """Whether it pays monthly, in dollars, at list price, and never left."""
        return (
            self.interval == "month"
            and self.currency == "USD"
            and not self.is_negotiated
            and self.discount is None
            and len(self.subscriptions) == 1
            and self.subscriptions[0].end is None
        )

    @property
    def plan(self) -> SeatPlan:
        return seat_plan(self.interval, self.currency)

    @property
    def created_at(self) -> datetime:
        start = self.subscriptions[0].start
        if self.trial_days is None:
            return utc(start)
        return utc(start - timedelta(days=self.trial_days), 9)


def make_accounts(count: int, window: Window, seed: int) -> list[Account]:
    """The accounts, numbered across segments in turn, so that any number of them covers all."""
    accounts = []
    sizes = _sizes(count)
    number = 0
    for segment in SEGMENTS:
        for rank in range(sizes[segment.name]):
            number += 1
            accounts.append(_account(number, rank, sizes[segment.name], segment, window, seed))
    return accounts


def _sizes(count: int) -> dict[str, int]:
    """Accounts per segment by largest remainder."""
    exact = [(segment.name, segment.share * count) for segment in SEGMENTS]
    sizes = {name: int(share) for name, share in exact}
    by_rest = sorted(exact, key=lambda item: (-(item[1] - int(item[1])), item[0]))
    for name, _ in by_rest[: count - sum(sizes.values())]:
        sizes[name] += 1
    return sizes


def _account(
    number: int,
    rank: int,
    peers: int,
    segment: Segment,
    window: Window,
    seed: int,
) -> Account:
    draws = Draws(seed, "account", number)
    currency = draws.weighted(CURRENCIES)
    region, country = draws.pick(PLACES[currency])
    interval = "year" if draws.chance(segment.yearly) else "month"
    plan = seat_plan(interval, currency)
    is_negotiated = draws.chance(0.05 if segment.name != "enterprise" else 0.20)
    price = plan.list_price
    if is_negotiated:
        price = rounded(price * draws.pick((Decimal("0.95"), Decimal("0.92"))), currency)
    has_discount = draws.chance(segment.discounted) and not is_negotiated
    account = Account(
        number=number,
        segment=segment,
        name=" ".join(draws.pick(words) for words in (FIRST_WORDS, MIDDLE_WORDS, LAST_WORDS)),
        region=region,
        country=country,
        industry=draws.pick(INDUSTRIES),
        currency=currency,
        interval=interval,
        base_seats=draws.between(segment.least_seats, segment.most_seats),
        productivity=draws.between(0.90, 1.10),
        thirst=draws.between(0.93, 1.07),
        unit_price=price,
        is_negotiated=is_negotiated,
        discount=draws.pick((Decimal("0.05"), Decimal("0.10"))) if has_discount else None,
        trial_days=14 if draws.chance(0.4) else None,
    )
    if segment.name == "smb_ai" and rank == 3:
        # one customer automates far more than its peers: migration would shock it
        account.thirst = 1.75
    start = _start(draws, rank, peers, segment, window)
    _subscribe(account, start, draws, window)
    return account


def _start(draws: Draws, rank: int, peers: int, segment: Segment, window: Window) -> date:
    """The first ones exist from the first month; the others join evenly after it."""
    present = max(round(segment.present_at_start * peers), 1)
    if rank < present:
        month = 0
    else:
        # soon after automation takes over, no new customers join
        calm = window.months - 4 if segment.name != "smb_ai" else TURN + 3
        span = max(min(calm, window.months - 4), 1)
        month = 1 + (rank - present) * span // max(peers - present, 1)
    first = window.month(min(month, window.months - 1))
    return min(
        first + timedelta(days=draws.pick(ANCHOR_DAYS) - 1),
        add_months(first, 1) - timedelta(days=1),
    )


def _subscribe(account: Account, start: date, draws: Draws, window: Window) -> None:
    """One open contract, or one that ends with a period, sometimes followed by another."""
    first = Subscription(f"sub-{account.number:04d}-1", start, None, account.plan)
    account.subscriptions = [first]
    churning = account.segment.churning * window.months / 26
    if not draws.chance(churning):
        return
    periods = (window.months - 2) // account.plan.months
    if periods < 1:
        return
    end = first.period_start(max(draws.whole(periods // 3, periods), 1))
    # nobody leaves in the last months, so that no segment seems to shrink by chance
    if end > window.month(window.months - 5):
        return
    account.subscriptions = [Subscription(first.subscription_id, start, end, account.plan)]
    away = draws.whole(2, 5)
    back = add_months(start, away + (end.year - start.year) * 12 + end.month - start.month)
    # an account keeps its anchor day when it returns, so the day must exist in every month
    returns = draws.chance(0.4) and account.interval == "month" and start.day <= 28
    if returns and back < window.month(window.months - 2):
        account.subscriptions.append(
            Subscription(f"sub-{account.number:04d}-2", back, None, account.plan)
        )

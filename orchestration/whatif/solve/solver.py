"""The price solver: prices of a proposal that keep the limits, or the limits that none keeps.

Nothing is priced here: every candidate is a what-if, rated and measured by the compiled models.
Candidates are on a grid over the ranges of one to three free prices; each round narrows the grid
around the best one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

from orchestration.ingest.price_book_rules import Tables
from orchestration.platform.errors import RequestError
from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.change import Change, cell_at
from orchestration.whatif.changed_book import read_book
from orchestration.whatif.currencies import with_currency_variants
from orchestration.whatif.measures import Measures, SegmentLimits, measured
from orchestration.whatif.session import Session

MOST_PRICES = 3
MOST_CANDIDATES = 50
# grid points per price, by the number of free prices: at most MOST_CANDIDATES together
POINTS = {1: 11, 2: 7, 3: 3}
MOST_ROUNDS = 5
# the scale for an excess over a limit of zero
LEAST_SIZE = Decimal("0.01")


@dataclass(frozen=True)
class FreePrice:
    """A cell of the price book, `table.key.column`, that may have any value in a range."""

    target: str
    low: Decimal
    high: Decimal

    @property
    def step(self) -> Decimal:
        """The precision with which the range is written, at most a hundredth."""
        places = max(-int(value.as_tuple().exponent) for value in (self.low, self.high))
        return Decimal(1).scaleb(-max(places, 2))


@dataclass(frozen=True)
class Limit:
    """A bound that a figure must not exceed, or with `is_least` must not fall below."""

    figure: str
    bound: Decimal
    is_least: bool

    def excess(self, measures: Measures) -> Decimal | None:
        """How far beyond the bound, as a share of it; None if there is no figure."""
        value: Decimal | None = getattr(measures, self.figure)
        if value is None:
            return None
        beyond = self.bound - value if self.is_least else value - self.bound
        return max(beyond, Decimal(0)) / max(abs(self.bound), LEAST_SIZE)


@dataclass(frozen=True)
class Candidate:
    """Prices that were tried, their effect, and the limits they break."""

    prices: tuple[Decimal, ...]
    changes: tuple[Change, ...]
    measures: Measures
    broken: tuple[str, ...]
    excess: Decimal


@dataclass(frozen=True)
class Question:
    """The question: a proposal, a segment, the free prices, and limits on top of thresholds.csv.

    `gently` prefers few shocked accounts to much revenue among the prices that keep all limits.
    """

    scenario: str
    prices: tuple[FreePrice, ...]
    segment: str = "all"
    least_revenue: Decimal | None = None
    most_shock: Decimal | None = None
    least_margin: Decimal | None = None
    above: Decimal = Decimal("0.25")
    most_above: Decimal | None = None
    gently: bool = False
    with_currency_variants: bool = True


@dataclass(frozen=True)
class Answer:
    """All candidates in the order of their prices, the best one, and the limits that none keeps."""

    question: Question
    limits: tuple[Limit, ...]
    candidates: tuple[Candidate, ...]
    best: Candidate
    hopeless: tuple[str, ...] = field(default=())

    @property
    def keeping(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if not candidate.broken)


def solve(settings: Settings, question: Question) -> Answer:
    """Try candidates and narrow the grid.

    Raises RequestError, with one sentence, if the question is invalid.
    """
    _refuse(question)
    found: dict[tuple[Decimal, ...], Candidate] = {}
    limits: tuple[Limit, ...] = ()
    ranges = [(price.low, price.high) for price in question.prices]
    with Session(settings) as session:
        with session.opened() as place:
            book = read_book(place.connection, PUBLISHED)
        for number in range(1, MOST_ROUNDS + 1):
            fresh = [prices for prices in _grid(question, ranges) if prices not in found]
            if not fresh:
                break
            say(f"Round {number}: {len(fresh)} candidates")
            for prices in fresh:
                changes = _changes(book, question, prices)
                measures, of_segment = measured(
                    session, changes, question.scenario, question.segment, question.above
                )
                limits = _limits(question, of_segment)
                found[prices] = _candidate(prices, changes, measures, limits)
            best = min(found.values(), key=lambda candidate: _rank(candidate, question))
            ranges = list(_closer(question, ranges, best.prices))
    ordered = tuple(found[prices] for prices in sorted(found))
    hopeless = tuple(
        limit.figure
        for limit in limits
        if all(limit.figure in candidate.broken for candidate in ordered)
    )
    return Answer(question, limits, ordered, best, hopeless)


def _refuse(question: Question) -> None:
    if not 1 <= len(question.prices) <= MOST_PRICES:
        raise RequestError(f"{len(question.prices)} prices are free; give one to {MOST_PRICES}.")
    for price in question.prices:
        if price.low > price.high:
            raise RequestError(f"{price.target}: {price.low} is above {price.high}; swap them.")
    if question.above < 0:
        raise RequestError(f"An account above {question.above} pays less; give zero or more.")
    if len({price.target for price in question.prices}) < len(question.prices):
        raise RequestError("A price is free twice; name each once.")


def _limits(question: Question, of_segment: SegmentLimits) -> tuple[Limit, ...]:
    """The question's limits, else those in thresholds.csv; the churn limit always applies."""

    def chosen(own: Decimal | None, shipped: Decimal | None) -> Decimal | None:
        return shipped if own is None else own

    bounds = (
        ("revenue_change", chosen(question.least_revenue, of_segment.revenue_change), True),
        ("shock_share", chosen(question.most_shock, of_segment.shock_share), False),
        ("extra_churn", of_segment.extra_churn, False),
        ("margin_change", chosen(question.least_margin, of_segment.margin_change), True),
        ("above_share", question.most_above, False),
    )
    return tuple(
        Limit(figure, bound, is_least) for figure, bound, is_least in bounds if bound is not None
    )


def _candidate(
    prices: tuple[Decimal, ...],
    changes: Sequence[Change],
    measures: Measures,
    limits: Sequence[Limit],
) -> Candidate:
    """An unknown figure breaks its limit, except the margin, whose export is optional."""
    excesses = {limit.figure: limit.excess(measures) for limit in limits}
    broken = tuple(
        figure
        for figure, excess in excesses.items()
        if (excess is None and figure != "margin_change") or (excess or 0) > 0
    )
    total = sum((excess for excess in excesses.values() if excess is not None), Decimal(0))
    return Candidate(prices, tuple(changes), measures, broken, total)


def _rank(candidate: Candidate, question: Question) -> tuple[Decimal | int, ...]:
    """A sort key, smaller is better: limits kept, then the aim, then lower prices."""
    measures = candidate.measures
    nothing = Decimal(-999)
    revenue = nothing if measures.revenue_change is None else measures.revenue_change
    shocked = Decimal(1) if measures.shock_share is None else measures.shock_share
    above = Decimal(1) if measures.above_share is None else measures.above_share
    aim = (shocked, above, -revenue) if question.gently else (-revenue, shocked, above)
    if candidate.broken:
        aim = (candidate.excess, *aim[:2])
    return (len(candidate.broken), *aim, *candidate.prices)


def _grid(
    question: Question, ranges: Sequence[tuple[Decimal, Decimal]]
) -> Iterator[tuple[Decimal, ...]]:
    points = POINTS[len(question.prices)]
    axes = []
    for price, (low, high) in zip(question.prices, ranges, strict=True):
        spread = (high - low) / (points - 1)
        axes.append(
            sorted({(low + spread * n).quantize(price.step, ROUND_HALF_UP) for n in range(points)})
        )
    yield from product(*axes)


def _closer(
    question: Question,
    ranges: Sequence[tuple[Decimal, Decimal]],
    best: tuple[Decimal, ...],
) -> Iterator[tuple[Decimal, Decimal]]:
    """One grid step to either side of the best, within the original range."""
    points = POINTS[len(question.prices)]
    for price, (low, high), value in zip(question.prices, ranges, best, strict=True):
        reach = max((high - low) / (points - 1), price.step)
        yield max(price.low, value - reach), min(price.high, value + reach)


def _changes(book: Tables, question: Question, prices: Sequence[Decimal]) -> list[Change]:
    changes: list[Change] = [
        cell_at(price.target, f"{value:f}")
        for price, value in zip(question.prices, prices, strict=True)
    ]
    return with_currency_variants(book, changes) if question.with_currency_variants else changes

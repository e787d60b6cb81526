"""An answer of the price solver for people and for scripts."""

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.whatif.solve.solver import Answer, Candidate, Limit

NAMES = {
    "revenue_change": "revenue change",
    "shock_share": "accounts shocked",
    "extra_churn": "extra churn",
    "margin_change": "margin change",
    "above_share": "accounts above",
}
SHOWN = 12


def answer_dict(answer: Answer) -> dict[str, Any]:
    """The answer for scripts; each candidate with its prices by target."""
    targets = [price.target for price in answer.question.prices]

    def candidate_dict(candidate: Candidate) -> dict[str, Any]:
        shown = asdict(candidate)
        shown["prices"] = dict(zip(targets, candidate.prices, strict=True))
        return shown

    return {
        "question": asdict(answer.question),
        "limits": [asdict(limit) for limit in answer.limits],
        "is_solved": not answer.best.broken,
        "best": candidate_dict(answer.best),
        "hopeless": list(answer.hopeless),
        "candidates": [candidate_dict(candidate) for candidate in answer.candidates],
    }


def print_answer(console: Console, answer: Answer) -> None:
    """The verdict in a sentence, the best candidates as a table, and the best as a what-if."""
    console.print(Text(verdict(answer), style="bold"))
    for sentence in (held_against(answer), *untried(answer)):
        console.print(Text(sentence))
    console.print(_table(answer))
    wishes = " ".join(f"--set {wish}" for wish in answer.best.wishes)
    console.print(
        Text(f"To see it: seatshift whatif --scenario {answer.question.scenario} {wishes}")
    )


def verdict(answer: Answer) -> str:
    """What was found, in one sentence."""
    best = answer.best
    prices = _prices(answer, best)
    if not best.broken:
        count = len(answer.keeping)
        return (
            f"{prices} keeps every limit: revenue {_percent(best.measures.revenue_change, True)}, "
            f"{_percent(best.measures.shock_share)} of {best.measures.accounts} accounts shocked; "
            f"{count} of {len(answer.candidates)} candidates keep them."
        )
    reasons = [_bound(limit) for limit in answer.limits if limit.figure in answer.hopeless]
    if reasons:
        why = f"none keeps {' or '.join(reasons)}"
    else:
        why = "each limit is kept somewhere, but never all of them at once"
    values = ", ".join(
        f"{NAMES[figure]} {_percent(getattr(best.measures, figure), figure.endswith('change'))}"
        for figure in best.broken
    )
    return f"No candidate keeps every limit: {why}. The nearest is {prices}, with {values}."


def held_against(answer: Answer) -> str:
    """The limits of the answer, for whom they hold."""
    limits = ", ".join(_bound(limit) for limit in answer.limits)
    return f"Limits for {answer.question.segment}: {limits}."


def untried(answer: Answer) -> Iterator[str]:
    """Where the best price lies at an end of its range, what lies beyond may be better."""
    for price, value in zip(answer.question.prices, answer.best.prices, strict=True):
        if value in (price.low, price.high) and price.low < price.high:
            side = "above" if value == price.high else "below"
            yield f"{price.target}: {value:f} is an end of the range; nothing {side} it was tried."


def _bound(limit: Limit) -> str:
    least = "at least" if limit.is_least else "at most"
    return f"{NAMES[limit.figure]} {least} {_percent(limit.bound, limit.is_least)}"


def _table(answer: Answer) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for price in answer.question.prices:
        table.add_column(price.target, justify="right", overflow="fold")
    over = _percent(answer.question.above)
    for name in ("Revenue", "Shocked", f"Above +{over}", "Churn", "Margin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Breaks")
    for candidate in _nearest(answer):
        figures = candidate.measures
        table.add_row(
            *(f"{price:f}" for price in candidate.prices),
            _percent(figures.revenue_change, True),
            _percent(figures.shock_share),
            _percent(figures.above_share),
            _percent(figures.extra_churn),
            _percent(figures.margin_change, True),
            ", ".join(NAMES[figure] for figure in candidate.broken),
            style="bold" if candidate is answer.best else None,
        )
    return table


def _nearest(answer: Answer) -> tuple[Candidate, ...]:
    """The candidates around the best in the order of prices, no more than fit a screen."""
    place = answer.candidates.index(answer.best)
    first = max(0, min(place - SHOWN // 2, len(answer.candidates) - SHOWN))
    return answer.candidates[first : first + SHOWN]


def _prices(answer: Answer, candidate: Candidate) -> str:
    return ", ".join(
        f"{price.target} = {value:f}"
        for price, value in zip(answer.question.prices, candidate.prices, strict=True)
    )


def _percent(ratio: Decimal | None, signed: bool = False) -> str:
    if ratio is None:
        return "n/a"
    return f"{100 * ratio:{'+' if signed else ''}.1f} %"

"""Prints the solver's answer, and turns it into a dict for JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.cli.shared import counted
from orchestration.whatif.solve.solver import Answer, Candidate, Limit

WINDOW_NOTE = (
    "Judged by the last three closed months; a refresh also judges the first bill and the 12 "
    "months from the move."
)
NAMES = {
    "revenue_change": "revenue change",
    "shock_share": "accounts shocked",
    "extra_churn": "extra churn",
    "margin_change": "margin change",
    "above_share": "accounts above",
}
SHOWN = 12


def answer_dict(answer: Answer) -> dict[str, Any]:
    """The answer as a dict for JSON; each candidate with its prices by target."""
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
    """Print the result in a sentence, the best candidates and the command that tries the best."""
    console.print(Text(verdict(answer), style="bold"))
    for sentence in (limits_sentence(answer), WINDOW_NOTE, *boundary_notes(answer)):
        console.print(Text(sentence))
    console.print(_table(answer))
    options = " ".join(f"--set {change}" for change in answer.best.changes)
    console.print(
        Text(f"To try it: seatshift whatif --scenario {answer.question.scenario} {options}")
    )


def verdict(answer: Answer) -> str:
    """The result in one sentence."""
    best = answer.best
    prices = _prices(answer, best)
    if not best.broken:
        count = len(answer.keeping)
        figures = best.measures
        return (
            f"{prices} meets every limit: revenue {_percent(figures.revenue_change, True)}, "
            f"{_percent(figures.shock_share)} of {counted(figures.accounts, 'account')} shocked; "
            f"{count} of {counted(len(answer.candidates), 'candidate')} "
            f"{'meets' if count == 1 else 'meet'} every limit."
        )
    reasons = [_bound(limit) for limit in answer.limits if limit.figure in answer.hopeless]
    if reasons:
        why = f"none meets {' or '.join(reasons)}"
    else:
        why = "each limit is met by some candidate, but no candidate meets them all"
    values = ", ".join(
        f"{NAMES[figure]} {_percent(getattr(best.measures, figure), figure.endswith('change'))}"
        for figure in best.broken
    )
    return f"No candidate meets every limit: {why}. The closest is {prices}, with {values}."


def limits_sentence(answer: Answer) -> str:
    """The limits and the segment they apply to."""
    limits = ", ".join(_bound(limit) for limit in answer.limits)
    return f"Limits for {answer.question.segment}: {limits}."


def boundary_notes(answer: Answer) -> Iterator[str]:
    """A note for each best price at an end of its range: a price beyond it may be better."""
    for price, value in zip(answer.question.prices, answer.best.prices, strict=True):
        if value in (price.low, price.high) and price.low < price.high:
            side = "above" if value == price.high else "below"
            yield f"{price.target}: {value:f} is an end of the range; no price {side} it was tried."


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
    """The candidates next to the best by price, as many as fit on a screen."""
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

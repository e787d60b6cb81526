"""The verdict of one segment on one page, for those who do not open the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboards import labels
from dashboards.data.tables import Row
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import (
    NOTHING,
    day,
    headline,
    in_file,
    measure,
    moment,
    month,
    percent,
    plural,
    span,
)
from dashboards.takeaways import gains, weakest, weakest_link

# as many as leave room for the rest on one page
MOST_SEGMENTS, MOST_SIGNALS = 8, 9


@dataclass(frozen=True)
class Layout:
    """How closely the page is set, and what it leaves to the dashboard."""

    title: float = 13
    table: float = 8
    # signals that are listed in words: all of them, those that fire, or none
    words: Literal["all", "firing", "none"] = "all"
    flips: int = 4
    # of the last decision
    letters: int = 240


# tried in turn until all stands on one page
LAYOUTS = (
    Layout(),
    Layout(title=11.5, table=7),
    Layout(title=11.5, table=7, words="firing", flips=3, letters=160),
    Layout(title=10.5, table=7, words="none", flips=2, letters=80),
)


@dataclass(frozen=True)
class DecisionPaper:
    """Everything that the page says, as the screen has it."""

    company: str
    currency: str
    as_of: datetime
    generation: int
    is_stale: bool
    chosen: Row
    verdicts: Sequence[Row]
    signals: Sequence[Row]
    # by month, MRR that is free to move to the proposal, or that renews where there is none
    renewals: Sequence[tuple[str, float]]
    # of the ranges, in per cent, and of what lies ahead, in months
    level: int = 80
    horizon: int = 12
    # the months in which most of it is free
    best_window: str | None = None
    # whose figures stand beside the verdict, where a proposal was chosen
    beside: str | None = None
    last_decision: Row | None = None
    # what a projection says of the proposal, as on the screen
    outlook: str | None = None


@in_file()
def decision_pdf(shown: DecisionPaper) -> bytes:
    """The page; what is longer is set closer, then cut with a word on what is left out."""
    for layout in LAYOUTS:
        paper = _laid_out(shown, layout)
        if paper.page_no() == 1:
            break
    return paper.file()


def _laid_out(shown: DecisionPaper, layout: Layout) -> Paper:
    row = shown.chosen
    proposal = row["shown_scenario_name"] or "no proposal"
    paper = Paper(
        f"{shown.company}: the pricing decision for {labels.segment(row['segment'])}",
        (
            str(proposal),
            f"data as of {moment(shown.as_of)} UTC{' (stale)' if shown.is_stale else ''}",
            f"generation {shown.generation}",
        ),
        "Made by seatshift from the company's own exports.",
        shown.as_of,
        table_size=layout.table,
    )
    verdict, sentence = labels.verdict(row["verdict"]), str(row["sentence"])
    named = sentence.upper().startswith(verdict)
    paper.say(sentence if named else f"{verdict}: {sentence}", layout.title, bold=True)
    if shown.beside:
        paper.say(shown.beside, 8)
    paper.figures(
        (
            (
                "MRR",
                headline(row["mrr_reporting"], shown.currency),
                plural(row["accounts"], "account"),
            ),
            (
                "Revenue change",
                percent(row["revenue_change"], sign=True),
                _range(row, shown.level) or "no range",
            ),
            ("Migration shock", percent(row["shock_share"]), "of accounts"),
            ("NRR", percent(row["nrr"]), f"GRR {percent(row['grr'])}, 12 months"),
            ("Confidence", str(row["confidence"]).upper(), weakest(row["weakest_link"])),
        )
    )
    how_many = gains(row)
    if shown.outlook or how_many:
        outlook = shown.outlook or ""
        paper.say(f"{outlook} {how_many}{'.' if how_many else ''}".strip(), 8)
    _signals(paper, shown, layout)
    _segments(paper, shown)
    if any(value > 0 for _, value in shown.renewals):
        does = "renews" if row["shown_scenario_id"] is None else "can move"
        best = f"; best {shown.best_window}" if shown.best_window else ""
        ahead = plural(shown.horizon, "month")
        paper.heading(f"When? MRR that {does} by month, {shown.currency}, next {ahead}{best}")
        paper.bars([(month(name), value, headline(value)) for name, value in shown.renewals])
    _certainty(paper, shown, layout)
    return paper


def _range(row: Row, level: int) -> str:
    ends = span(row["revenue_change_low"], row["revenue_change_high"])
    return f"{level} %: {ends}" if ends else ""


def _signals(paper: Paper, shown: DecisionPaper, layout: Layout) -> None:
    paper.heading("Should we? Signals against their lines")
    if not shown.signals:
        paper.say("No signal could be judged yet.")
        return
    paper.grid(
        (
            Column("Signal", 22),
            Column("State", 13),
            Column("Now", 10, "RIGHT"),
            Column("Alert at", 12, "RIGHT"),
            Column("In words", 43),
        ),
        [
            (
                labels.signal(row["signal"]),
                _state(row),
                measure(row["value"], row["unit"], shown.currency),
                f"{'≥' if row['direction'] == 'above' else '<'} "
                f"{measure(row['threshold'], row['unit'], shown.currency)}",
                (row["reason"] or row["sentence"]) if _in_words(row, layout) else "",
            )
            for row in shown.signals[:MOST_SIGNALS]
        ],
    )


def _in_words(row: Row, layout: Layout) -> bool:
    return layout.words == "all" or (layout.words == "firing" and bool(row["is_firing"]))


def _state(row: Row) -> str:
    if not row["is_available"]:
        return "not available"
    if row["is_firing"]:
        return f"{row['months_firing']} months"
    return "over the line" if row["is_over"] else "off"


def _segments(paper: Paper, shown: DecisionPaper) -> None:
    paper.heading("Which segment?")
    paper.grid(
        (
            Column("Segment", 16),
            Column("Verdict", 14),
            Column("Accounts", 11, "RIGHT"),
            Column(f"MRR, {shown.currency}", 12, "RIGHT"),
            Column("Revenue", 11, "RIGHT"),
            Column(f"{shown.level} % range", 17, "RIGHT"),
            Column("Shock", 10, "RIGHT"),
            Column("Confidence", 14),
        ),
        [
            (
                labels.segment(row["segment"]),
                labels.verdict(row["verdict"]),
                str(row["accounts"]),
                headline(row["mrr_reporting"]),
                percent(row["revenue_change"], sign=True),
                span(row["revenue_change_low"], row["revenue_change_high"]) or NOTHING,
                percent(row["shock_share"]),
                str(row["confidence"]),
            )
            for row in shown.verdicts[:MOST_SEGMENTS]
        ],
    )
    left_out = len(shown.verdicts) - MOST_SEGMENTS
    if left_out > 0:
        paper.say(f"and {plural(left_out, 'segment')} more in the dashboard", 7.5, muted=True)


def _certainty(paper: Paper, shown: DecisionPaper, layout: Layout) -> None:
    row = shown.chosen
    paper.heading("Confidence, and what would reverse this?")
    grades = ", ".join(f"{name} {row[column]}" for column, name in labels.GRADES.items())
    paper.say(f"{grades}. {weakest_link(row['weakest_link'])}", 8)
    if row["evidence"]:
        paper.say(row["evidence"], 8)
    flips = [flip.strip() for flip in str(row["flips"] or "").split("|") if flip.strip()]
    for flip in flips[: layout.flips]:
        paper.say(f"– {flip[:1].upper()}{flip[1:]}", 8)
    if len(flips) > layout.flips:
        paper.say(f"and {len(flips) - layout.flips} more in the dashboard", 7.5, muted=True)
    if not flips:
        paper.say("Nothing near the assumed values flips this verdict.", 8)
    last = shown.last_decision
    if last is not None:
        most = layout.letters
        text = last["text"] if len(last["text"]) <= most else f"{last['text'][:most]}…"
        paper.say(
            f"Last decision, {day(last['written_at'])} by {last['author']}: {text}", 8, muted=True
        )

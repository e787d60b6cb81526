"""The definitions on paper: terms in dbt's words, thresholds in force, versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards import labels
from dashboards.data.tables import Row
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import NOTHING, day, in_file, measure, moment, number, plural, words

# more than a reader turns pages for: all of them stand in the file of terms
MOST_TERMS = 400


@dataclass(frozen=True)
class Glossary:
    """The terms as the page has found them, and the thresholds of its segment."""

    company: str
    currency: str
    as_of: datetime
    generation: int
    segment: str
    kind: str
    text: str
    terms: Sequence[Row]
    thresholds: Sequence[Row]
    made_with: Mapping[str, str]


@in_file()
def glossary_pdf(told: Glossary) -> bytes:
    """The document; a search or a kind of term narrows it as it narrows the page."""
    paper = Paper(
        f"{told.company}: what the words mean",
        (f"data as of {moment(told.as_of)} UTC", f"generation {told.generation}"),
        "In the words of the models that made the figures.",
        told.as_of,
    )
    asked = f" that hold “{told.text}”" if told.text else ""
    named = "terms" if told.kind == "All" else told.kind.lower()
    paper.say(f"{number(len(told.terms))} {named}{asked}", 15, bold=True)
    for row in told.terms[:MOST_TERMS]:
        paper.keep(42)  # a term stands with its definition
        paper.say(str(row["term"]), 9, bold=True)
        paper.say(str(row["definition"] or "No description is published."), 8.5)
        facts = (
            ("", row["unit"]),
            ("empty or zero: ", row["empty_when"]),
            ("one row per ", row["grain"]),
            ("", row["where"]),
            ("", _version(row)),
            ("", row["change"]),
        )
        paper.say(" · ".join(f"{name}{text}" for name, text in facts if text), 7, muted=True)
    left_out = len(told.terms) - MOST_TERMS
    if left_out > 0:
        paper.say(f"and {plural(left_out, 'term')} more in the file of terms", 8, muted=True)
    _thresholds(paper, told)
    paper.heading("Made with")
    paper.grid(
        (Column("", 25), Column("", 75)),
        [(name, text or NOTHING) for name, text in told.made_with.items()],
    )
    return paper.file()


def _version(row: Row) -> str | None:
    """Since when the definition holds and who answers for it; None where it is not published."""
    if row["version"] is None:
        return None
    return f"v{row['version']} since {day(row['changed_on'])}, {row['owner']}"


def _thresholds(paper: Paper, told: Glossary) -> None:
    paper.heading(f"Thresholds in force for {labels.segment(told.segment)}")
    if not told.thresholds:
        paper.say("No threshold is in force for this segment.", 8)
        return
    paper.grid(
        (
            Column("Threshold", 40),
            Column("Side", 10),
            Column("Fires or limit at", 18, "RIGHT"),
            Column("Stops at", 14, "RIGHT"),
            Column("In force since", 18),
        ),
        [
            (
                labels.SIGNALS.get(row["name"], words(row["name"])),
                row["direction"] or NOTHING,
                measure(row["fires_at"], row["unit"] or "", told.currency),
                measure(row["clears_at"], row["unit"] or "", told.currency),
                day(row["valid_from"]),
            )
            for row in told.thresholds
        ],
    )

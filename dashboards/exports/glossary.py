"""The definitions as a document: terms as described in dbt, thresholds in force, versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards import labels
from dashboards.data.tables import Row
from dashboards.exports.pdf import Column, Paper
from dashboards.formatting import NOTHING, day, in_file, measure, moment, number, plural, words

# the most terms worth printing: the file of terms has all of them
MOST_TERMS = 400


@dataclass(frozen=True)
class Glossary:
    """The terms that the page found, and the thresholds of its segment."""

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
def glossary_pdf(glossary: Glossary) -> bytes:
    """The document; a search or a kind of term filters it as it filters the page."""
    paper = Paper(
        f"{glossary.company}: what the words mean",
        (f"data as of {moment(glossary.as_of)} UTC", f"generation {glossary.generation}"),
        "From the descriptions of the models that calculate the figures.",
        glossary.as_of,
    )
    asked = f" that contain “{glossary.text}”" if glossary.text else ""
    named = "terms" if glossary.kind == "All" else glossary.kind.lower()
    paper.say(f"{number(len(glossary.terms))} {named}{asked}", 15, bold=True)
    for row in glossary.terms[:MOST_TERMS]:
        paper.keep(42)  # keep a term and its definition on one page
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
    left_out = len(glossary.terms) - MOST_TERMS
    if left_out > 0:
        paper.say(f"and {plural(left_out, 'term')} more in the file of terms", 8, muted=True)
    _thresholds(paper, glossary)
    paper.heading("Made with")
    paper.grid(
        (Column("", 25), Column("", 75)),
        [(name, text or NOTHING) for name, text in glossary.made_with.items()],
    )
    return paper.file()


def _version(row: Row) -> str | None:
    """The definition's version, date and owner; None if not published."""
    if row["version"] is None:
        return None
    return f"v{row['version']} since {day(row['changed_on'])}, {row['owner']}"


def _thresholds(paper: Paper, glossary: Glossary) -> None:
    paper.heading(f"Thresholds in force for {labels.segment(glossary.segment)}")
    if not glossary.thresholds:
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
                measure(row["fires_at"], row["unit"] or "", glossary.currency),
                measure(row["clears_at"], row["unit"] or "", glossary.currency),
                day(row["valid_from"]),
            )
            for row in glossary.thresholds
        ],
    )

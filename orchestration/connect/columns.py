"""How a file writes numbers, dates and times, found by DuckDB in every cell of its columns."""

import re
from dataclasses import dataclass, field

import duckdb

from orchestration.connect.questions import Question
from orchestration.ingest.read import Relation, identifier
from orchestration.platform.warehouse import quoted

NULLS = ("", "-", "NULL", "NONE", "NAN", "N/A")
_SHORT = r"(\d{1,2})[./-](\d{1,2})[./-]\d{4}([ T].*)?"
_ISO = r"\d{4}-\d{2}-\d{2}([ T].*)?"
_NUMBER = r"[+-]?(\d+([.,]\d+)?|\d{1,3}([., '']\d{3})+([.,]\d+)?)"
# a number that is 1234 or 1.234, depending on the sign
_UNCLEAR = r"[+-]?[1-9]\d{0,2}\%s\d{3}"
_DECIMAL = r"[+-]?(\d+|\d{1,3}([^\d%s]\d{3})+)\%s\d+"


def _full(pattern: str) -> str:
    return f"regexp_full_match(cell, {quoted(pattern)})"


def _part(group: int) -> str:
    return f"try_cast(regexp_extract(cell, {quoted(_SHORT)}, {group}) as integer)"


def _decimal(sign: str) -> str:
    return f"{_full(_DECIMAL % (sign, sign))} and not {_full(_UNCLEAR % sign)}"


def _thousands(sign: str, decimal: str) -> str:
    mark = rf"\{sign}"
    return _full(
        rf"[+-]?\d{{1,3}}({mark}\d{{3}})+\{decimal}\d+|[+-]?\d{{1,3}}({mark}\d{{3}}){{2,}}"
    )


# what is counted for each column: name -> condition on a cell
COUNTS = {
    "filled": "true",
    "short": _full(_SHORT),
    "day_first": f"{_full(_SHORT)} and {_part(1)} > 12",
    "month_first": f"{_full(_SHORT)} and {_part(2)} > 12",
    "iso": _full(_ISO),
    "timed": f"({_full(_ISO)} or {_full(_SHORT)}) and contains(cell, ':')",
    "offset": f"{_full(_ISO)} and regexp_matches(cell, '.{{10}}.*(Z|[+-]\\d{{2}}(:?\\d{{2}})?)$')",
    "number": _full(_NUMBER),
    "decimal_point": _decimal("."),
    "decimal_comma": _decimal(","),
    "unclear_point": _full(_UNCLEAR % "."),
    "unclear_comma": _full(_UNCLEAR % ","),
    "thousands_point": _thousands(".", ","),
    "thousands_comma": _thousands(",", "."),
    "thousands_space": _full(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?"),
    "thousands_quote": _full(r"[+-]?\d{1,3}('\d{3})+([.,]\d+)?"),
}
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Style:
    """What was found: entries for the mapping's source, the same in words, and what is open."""

    entries: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def profile(
    connection: duckdb.DuckDBPyConnection, relation: Relation, columns: list[str]
) -> tuple[int, Counts]:
    """The number of rows, and what the cells of each column look like."""
    names = ", ".join(quoted(name) for name in columns)
    cells = ", ".join(f"trim(cast({identifier(name)} as varchar))" for name in columns)
    nulls = ", ".join(quoted(null) for null in NULLS)
    counted = ", ".join(
        f"count(*) filter ({condition}) as {name}" for name, condition in COUNTS.items()
    )
    rows = connection.execute(
        f"""
        with cells as (
            select unnest([{names}]) as name, unnest([{cells}]) as cell from ({relation.sql})
        )
        select name, {counted} from cells
        where upper(cell) not in ({nulls})
        group by name
        """
    ).fetchall()
    found = {row[0]: dict(zip(COUNTS, row[1:], strict=True)) for row in rows}
    row = connection.execute(f"select count(*) from ({relation.sql})").fetchone()
    empty = dict.fromkeys(COUNTS, 0)
    return int(row[0]) if row else 0, {name: found.get(name, empty) for name in columns}


def style_of(file: str, counts: Counts, numbers: list[str], times: list[str], zone: str) -> Style:
    """The style of the file's number and time columns; `zone` applies to times without offset."""
    parts = (
        _number_style(file, _sum(counts, numbers, "number")),
        _date_style(file, _sum(counts, times, "short", "iso")),
        _zone_style(times, _sum(counts, times, "short", "iso"), zone),
    )
    entries: dict[str, str] = {}
    for part in parts:
        entries |= part.entries
    return Style(
        entries,
        tuple(word for part in parts for word in part.words),
        tuple(question for part in parts for question in part.questions),
    )


def with_answer(style: Style, question: Question, value: str) -> Style:
    """The style with one of its questions answered."""
    entries = style.entries | {question.key: value}
    if question.key == "decimal" and "thousands" not in entries:
        entries["thousands"] = "." if value == "," else ","
    left = tuple(one for one in style.questions if one != question)
    return Style(entries, (*style.words, f"{question.key} {value}"), left)


def _sum(counts: Counts, columns: list[str], *kinds: str) -> dict[str, int]:
    """The counts over those of the columns whose cells are all of these kinds."""
    whole = [
        counts[name]
        for name in columns
        if counts[name]["filled"]
        and sum(counts[name][kind] for kind in kinds) == counts[name]["filled"]
    ]
    return {kind: sum(found[kind] for found in whole) for kind in COUNTS}


def _number_style(file: str, found: dict[str, int]) -> Style:
    point = found["decimal_point"] + found["thousands_comma"]
    comma = found["decimal_comma"] + found["thousands_point"]
    if point and comma:
        text = (
            f"{point} numbers have a decimal point and {comma} a decimal comma; which is right? "
            "The others will be quarantined."
        )
        return Style(questions=(Question(file, "decimal", text, (".", ",")),))
    spaced = " " if found["thousands_space"] else "'" if found["thousands_quote"] else ""
    if not point and not comma:
        unclear = found["unclear_point"] + found["unclear_comma"]
        if unclear:
            shown = "1.234" if found["unclear_point"] else "1,234"
            text = (
                f"{unclear} numbers such as {shown} may be above a thousand or just above one; "
                "which sign is the decimal sign?"
            )
            return Style(questions=(Question(file, "decimal", text, (".", ",")),))
        entries = {"thousands": spaced} if spaced else {}
        return Style(entries, (f"thousands {spaced!r}",) if spaced else ())
    decimal, other = (",", "point") if comma else (".", "comma")
    has_other = found[f"thousands_{other}"] + found[f"unclear_{other}"]
    thousands = spaced or (("." if comma else ",") if has_other else "")
    entries = {"decimal": decimal} if comma else {}
    words = [f"decimal {'comma' if comma else 'point'}"]
    if thousands:
        entries["thousands"] = thousands
        words.append(f"thousands {thousands!r}")
    return Style(entries, tuple(words))


def _date_style(file: str, found: dict[str, int]) -> Style:
    if not found["short"]:
        return Style(words=("dates with the year first",) if found["iso"] else ())
    if found["day_first"] and not found["month_first"]:
        return Style({"date_order": "dmy"}, ("dates with the day first",))
    if found["month_first"] and not found["day_first"]:
        return Style({"date_order": "mdy"}, ("dates with the month first",))
    text = (
        f"{found['day_first']} dates have the day first and {found['month_first']} the month; "
        "which is right? The others will be quarantined."
        if found["day_first"]
        else f"all {found['short']} dates are valid with the day or the month first; which is it?"
    )
    return Style(questions=(Question(file, "date_order", text, ("dmy", "mdy")),))


def _zone_style(times: list[str], found: dict[str, int], zone: str) -> Style:
    if not found["timed"]:
        return Style()
    if found["offset"] == found["timed"]:
        return Style(words=("times with their offset",))
    named = {zone_of_header(name) for name in times} - {None}
    stated = named.pop() if len(named) == 1 else None
    if stated is not None:
        return Style({"time_zone": stated}, (f"times in {stated}, as the header says",))
    return Style(words=(f"times without an offset, read in {zone}",))


def zone_of_header(header: str) -> str | None:
    """The time zone in brackets at the end of a header."""
    found = re.search(r"\((UTC|[A-Z][A-Za-z_]+/[A-Za-z_/+-]+)\)\s*$", header)
    return found[1] if found else None


def without_zone(header: str) -> str:
    """The header without a time zone in brackets."""
    return header if zone_of_header(header) is None else header[: header.rindex("(")].strip()

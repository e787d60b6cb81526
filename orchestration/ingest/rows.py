"""SQL that gives every row of a file its canonical columns, or a reason to quarantine it.

Each row is judged on its own here; `resolve` compares it with other rows.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orchestration.ingest.advice import advice_on_cell, advice_on_header
from orchestration.ingest.ahead import ahead_rules
from orchestration.ingest.cast import EARLIEST, LATEST, SCALES, converted, text_of
from orchestration.ingest.currencies import minor_units
from orchestration.ingest.files import Refused
from orchestration.ingest.headers import by_column
from orchestration.ingest.read import Relation, TextFormat, identifier, nearest
from orchestration.ingest.specs import SQL_TYPES, Column, ExportSpec
from orchestration.ingest.style import CellStyle
from orchestration.platform.warehouse import quoted

# partitions of the landing write that are not a month
HELD = 0
SKIPPED = 1
NO_TIME = "2000-01-01"
SHOWN = 60
# columns that a source may write in minor units
MONEY = {"invoice_lines": ("amount", "unit_price", "list_unit_price", "tax_amount")}

KNOWLEDGE = (Column("recorded_at", "time"), Column("exported_at", "time"))


@dataclass(frozen=True)
class Reading:
    """The file being read and what its content does not say.

    `exported_at` is the time of its landing; rows may not be dated far beyond it. A select names
    its columns exactly; in a file, `Account ID` also stands for account_id.
    """

    file_id: str
    file_name: str
    exported_at: datetime
    style: CellStyle
    is_selected: bool = False


def typed_rows(spec: ExportSpec, relation: Relation, reading: Reading, rejects: str | None) -> str:
    """One row per row of the relation: canonical columns, lineage, `_problem`, `_raw`, `_part`.

    `_part` is year * 100 + month of the event (UTC), or HELD or SKIPPED. `_problem` is the reason
    code and the column, `_raw` the complete row as JSON text; both are null for good rows.
    """
    sources = matched(spec, relation, reading)
    canonical = ",\n".join(
        f"{_value(column, sources, reading.style)} as {column.name}"
        for column in (*spec.columns, *KNOWLEDGE)
    )
    selects = ", ".join(f"source.{identifier(name)} as {_kept(name)}" for name in relation.columns)
    raw = ", ".join(f"{identifier(name)} := {_kept(name)}" for name in relation.columns)
    event = f"cast({spec.event_time or 'valid_from'} as timestamp)"
    skipped = "status = 'draft'" if spec.name == "invoice_lines" else "false"
    sql = f"""
        with
        source as ({relation.sql}),
        cast_rows as (
            select source._row, {selects}, {canonical} from source
        ),
        judged as (
            select
                *,
                case {_problems(spec, sources, reading)} end as _problem,
                {event} as _event_at
            from cast_rows
        ),
        kept as (
            select
                {_defaulted(spec, reading.style)},
                coalesce(recorded_at, _event_at, timestamp '{NO_TIME}') as recorded_at,
                coalesce(exported_at, timestamp '{reading.exported_at.isoformat(sep=" ")}')
                    as exported_at,
                {quoted(reading.file_id)} as _file,
                _row,
                _problem,
                case when _problem is not null then cast(to_json(struct_pack({raw})) as varchar) end
                    as _raw,
                case when _problem is not null then {_sentence(spec, sources, reading)} end
                    as _sentence,
                case
                    when {skipped} then {SKIPPED}
                    when _problem is not null then {HELD}
                    else {_month("coalesce(_event_at, recorded_at, timestamp '" + NO_TIME + "')")}
                end as _part
            from judged
        )
        select * from kept
    """
    if rejects is None:
        return sql
    nulls = ", ".join(
        f"cast(null as {SQL_TYPES[column.kind]}) as {column.name}"
        for column in (*spec.columns, *KNOWLEDGE)
    )
    return f"""
        {sql}
        union all by name
        select
            {nulls},
            {quoted(reading.file_id)} as _file,
            row_number as _row,
            'unparsable:' as _problem,
            cast(to_json(struct_pack(line := line)) as varchar) as _raw,
            'The line cannot be read as a row (' || lower(error_type) || ': '
                || rtrim(message, '.') || '); correct it and load the file again.' as _sentence,
            {HELD} as _part
        from {rejects}
    """


def matched(spec: ExportSpec, relation: Relation, reading: Reading) -> dict[str, tuple[str, str]]:
    """Canonical column -> (column of the file, its type), matched by name.

    Raises Refused if a required column is missing, or if two columns stand for the same one.
    """
    known = tuple(column.name for column in (*spec.columns, *KNOWLEDGE))
    headers = list(relation.columns)
    if reading.is_selected:
        found = {name.casefold(): name for name in headers if name.casefold() in known}
    else:
        found = by_column(headers, known, reading.file_name)
    for column in spec.columns:
        if column.required and column.name not in found:
            advice = advice_on_header(headers, TextFormat().delimiter)
            raise Refused(
                f"{reading.file_name} lacks the column `{column.name}` that {spec.name} needs; "
                + (advice or f"{nearest(column.name, headers)}. Rename it, or map it.")
            )
    return {name: (found[name], relation.columns[found[name]]) for name in known if name in found}


def _kept(name: str) -> str:
    return identifier(f"_source_{name}")


def _value(column: Column, sources: dict[str, tuple[str, str]], style: CellStyle) -> str:
    if column.name not in sources:
        return f"cast(null as {SQL_TYPES[column.kind]})"
    name, source_type = sources[column.name]
    return converted(f"source.{identifier(name)}", source_type, column.kind, style)


def _defaulted(spec: ExportSpec, style: CellStyle) -> str:
    """The canonical columns with their defaults, money in major units."""
    values: list[str] = []
    for column in spec.columns:
        value = column.name
        if style.money == "minor" and column.name in MONEY.get(spec.name, ()):
            value = _in_major(column)
        if column.default is not None:
            value = f"coalesce({value}, {quoted(column.default)})"
        values.append(value if value == column.name else f"{value} as {column.name}")
    return ", ".join(values)


def _in_major(column: Column) -> str:
    cases = " ".join(
        f"when {digits} then {column.name} * {Decimal(1).scaleb(-digits)}"
        for digits in sorted(set(minor_units().values()))
    )
    return (
        f"cast(case (select minor_units from currencies where currencies.currency "
        f"= judged.currency) {cases} end as {SQL_TYPES[column.kind]})"
    )


def _month(moment: str) -> str:
    return f"year({moment}) * 100 + month({moment})"


def _problems(spec: ExportSpec, sources: dict[str, tuple[str, str]], reading: Reading) -> str:
    return (
        " ".join(
            f"when {condition} then {quoted(f'{code}:{column}')}"
            for code, column, condition, _ in _rules(spec, sources, reading)
        )
        or "when false then null"
    )


def _sentence(spec: ExportSpec, sources: dict[str, tuple[str, str]], reading: Reading) -> str:
    cases = " ".join(
        f"when {quoted(f'{code}:{column}')} then {sentence}"
        for code, column, _, sentence in _rules(spec, sources, reading)
    )
    return f"case _problem {cases} end"


def _rules(
    spec: ExportSpec, sources: dict[str, tuple[str, str]], reading: Reading
) -> list[tuple[str, str, str, str]]:
    """(reason code, column, condition, sentence as SQL), in the order in which they are checked."""
    rules: list[tuple[str, str, str, str]] = []
    for column in (*spec.columns, *KNOWLEDGE):
        if column.name in sources:
            rules += _column_rules(spec, column, *sources[column.name], reading.style)
    times = [
        column.name
        for column in (*spec.columns, *KNOWLEDGE)
        if column.name in sources and column.kind in ("time", "date")
    ]
    rules += ahead_rules(spec, times, reading.exported_at)
    if spec.name == "usage_events":
        rules.append(
            (
                "negative_usage",
                "quantity",
                "quantity < 0",
                "'quantity is ' || quantity || ', but usage cannot be negative; correct the export "
                "that counted it.'",
            )
        )
    for start, end, less in _periods(spec):
        rules.append(
            (
                "period_reversed",
                end,
                less,
                f"'{end} (' || {end} || ') is before {start} (' || {start} || '); "
                "swap or correct them.'",
            )
        )
    return rules


def _periods(spec: ExportSpec) -> list[tuple[str, str, str]]:
    if spec.name == "invoice_lines":
        return [("period_start", "period_end", "period_end < period_start")]
    if spec.name == "subscriptions":
        return [("started_at", "ended_at", "ended_at < started_at")]
    return []


def _column_rules(
    spec: ExportSpec, column: Column, source: str, source_type: str, style: CellStyle
) -> list[tuple[str, str, str, str]]:
    name = column.name
    text = text_of(_kept(source), source_type, style)
    code = {"time": "bad_time", "date": "bad_time", "text": "missing_key"}.get(
        column.kind, "bad_number"
    )
    rules: list[tuple[str, str, str, str]] = []
    if column.required:
        empty = "missing_key" if name in spec.key else code
        rules.append(
            (
                empty,
                f"{name}:empty",
                f"{name} is null and {text} is null",
                f"'{name} is empty, and every row needs one; fill it in and load the file again.'",
            )
        )
    if column.kind != "text":
        rules.append(
            (
                code,
                name,
                f"{name} is null and {text} is not null",
                f"'{name} is ' || {_shown(text)} || ', which is not a valid {_wanted(column)}; '"
                f" || {advice_on_cell(text, column, style)}",
            )
        )
    if column.allowed:
        known = ", ".join(column.allowed)
        rules.append(
            (
                "unknown_value",
                name,
                f"{name} not in ({', '.join(quoted(value) for value in column.allowed)})",
                f"'{name} is ' || {_shown(text)} || '; use one of {known}.'",
            )
        )
    if name == "currency":
        rules.append(
            (
                "unknown_currency",
                name,
                f"{name} not in (select currency from currencies)",
                f"'{name} is ' || {_shown(text)} || ', which is not an ISO 4217 code such as EUR.'",
            )
        )
    return rules


def _shown(text: str) -> str:
    """SQL: the start of the cell; invisible characters, which may control a terminal, are dots."""
    return rf"'«' || regexp_replace(left({text}, {SHOWN}), '\p{{C}}', '·', 'g') || '»'"


def _wanted(column: Column) -> str:
    if column.kind == "time":
        return f"ISO 8601 time from {EARLIEST[:4]} to {int(LATEST[:4]) - 1}"
    if column.kind == "date":
        return f"date YYYY-MM-DD from {EARLIEST[:4]} to {int(LATEST[:4]) - 1}"
    scale, digits = SCALES[column.kind]
    if scale == 0:
        return f"whole number of at most {digits} digits"
    return f"decimal number with at most {digits} digits before and {scale} after the decimal point"

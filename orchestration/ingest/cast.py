"""SQL that converts a source column into a canonical one, exactly or not at all.

Every function returns an expression that is null if the value does not fit; whether the cell was
empty is checked separately. DuckDB alone would round excess decimals, accept `1_000` and `1e3`,
and drop the offset of a time that is cast to TIMESTAMP.
"""

from orchestration.ingest.specs import SQL_TYPES, Kind
from orchestration.ingest.style import CellStyle
from orchestration.platform.warehouse import quoted

# digits after and before the point, per kind
SCALES: dict[Kind, tuple[int, int]] = {
    "quantity": (6, 13),
    "price": (9, 9),
    "amount": (4, 14),
    "ratio": (9, 9),
    "integer": (0, 9),
}
EARLIEST = "2000-01-01"
LATEST = "2100-01-01"

_TIME = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?"
_OFFSET = r"T?.{10,}\s?(Z|[+-]\d{2}(:?\d{2})?)$"


def text_of(column: str, source_type: str, style: CellStyle | None = None) -> str:
    """The cell as trimmed text; null if it is empty or one of the style's null texts."""
    if source_type != "VARCHAR":
        return f"cast({column} as varchar)"
    # checking first is twice as fast as trimming every cell
    text = (
        f"case when {column} = '' or starts_with({column}, ' ') or ends_with({column}, ' ') "
        f"then nullif(trim({column}), '') else {column} end"
    )
    if style is None or not style.nulls:
        return text
    nulls = ", ".join(quoted(null) for null in style.nulls)
    return f"case when trim({column}) not in ({nulls}) then {text} end"


def converted(column: str, source_type: str, kind: Kind, style: CellStyle) -> str:
    """The cell as its canonical type; null if it is empty or does not fit."""
    text = text_of(column, source_type, style)
    if kind == "text":
        return text
    if kind == "time":
        return _time(column, source_type, text, style)
    if kind == "date":
        return _date(column, source_type, text, style)
    return _number(column, source_type, text, kind, style)


def _number(column: str, source_type: str, text: str, kind: Kind, style: CellStyle) -> str:
    target = SQL_TYPES[kind]
    if source_type in ("DOUBLE", "FLOAT"):
        # a float fits if it is the closest float to a decimal of this scale
        exact = f"try_cast({column} as {target})"
        return f"case when cast({exact} as {source_type}) = {column} then {exact} end"
    if source_type.startswith("DECIMAL"):
        exact = f"try_cast({column} as {target})"
        return f"case when {exact} = {column} then {exact} end"
    if source_type.endswith(("INT", "INTEGER")):
        return f"try_cast({column} as {target})"
    return _number_of_text(with_point(text, style), kind)


def with_point(text: str, style: CellStyle) -> str:
    """The number with a decimal point and without thousands separators.

    Text that violates the declared format does not become a number.
    """
    if style.decimal == "." and not style.thousands:
        return text
    mark = rf"\{style.decimal}"
    whole = r"\d+"
    if style.thousands:
        whole = rf"(\d{{1,3}}(\{style.thousands}\d{{3}})+|\d+)"
    plain = rf"[+-]?{whole}({mark}\d*)?"
    bare = f"replace({text}, {quoted(style.thousands)}, '')" if style.thousands else text
    return (
        f"case when regexp_full_match({text}, {quoted(plain)}) "
        f"then replace({bare}, {quoted(style.decimal)}, '.') else '?' end"
    )


def _number_of_text(text: str, kind: Kind) -> str:
    target = SQL_TYPES[kind]
    scale, _ = SCALES[kind]
    plain = rf"[+-]?(\d+(\.\d{{0,{scale}}}0*)?|\.\d{{1,{max(scale, 1)}}}0*)"
    cast = f"try_cast({text} as {target})"
    if kind == "quantity":
        # DuckDB reads text into decimals of more than 18 digits hundreds of times slower
        cast = f"coalesce(cast(try_cast({text} as decimal(18, 6)) as {target}), {cast})"
    return f"case when regexp_full_match({text}, {quoted(plain)}) then {cast} end"


def _time(column: str, source_type: str, text: str, style: CellStyle) -> str:
    if source_type == "TIMESTAMP WITH TIME ZONE":
        moment = f"make_timestamp(epoch_us({column}))"
    elif source_type.startswith("TIMESTAMP") or source_type == "DATE":
        moment = _from_zone(f"cast({column} as timestamp)", style.time_zone)
    else:
        moment = time_of_text(year_first(text, style), style.time_zone)
    return _in_range(moment)


def year_first(text: str, style: CellStyle) -> str:
    """A date that starts with the day or month, as ISO 8601; ISO dates are unchanged."""
    if style.date_order == "ymd":
        return text
    pattern = r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(.*)"
    first, second, year, rest = (
        f"regexp_extract({text}, {quoted(pattern)}, {group})" for group in range(1, 5)
    )
    day, month = (first, second) if style.date_order == "dmy" else (second, first)
    return (
        f"case when regexp_full_match({text}, {quoted(pattern)}) then concat({year}, '-', "
        f"lpad({month}, 2, '0'), '-', lpad({day}, 2, '0'), {rest}) else {text} end"
    )


def time_of_text(text: str, zone: str) -> str:
    """An ISO 8601 time in UTC; null if the text is not one."""
    seconds = rf"regexp_replace({text}, '^(.{{16}})([^:]|$)', '\1:00\2')"
    naive = f"coalesce(try_cast({text} as timestamp), try_cast({seconds} as timestamp))"
    local = _from_zone(naive, zone)
    return f"""case
        when not regexp_full_match({text}, {quoted(_TIME)}) then null
        when length({text}) > 10 and regexp_matches({text}, {quoted(_OFFSET)})
            then make_timestamp(epoch_us(coalesce(
                try_cast({text} as timestamptz), try_cast({seconds} as timestamptz)
            )))
        else {local}
    end"""


def _from_zone(local: str, zone: str) -> str:
    if zone == "UTC":
        return local
    return f"make_timestamp(epoch_us(timezone({quoted(zone)}, {local})))"


def _date(column: str, source_type: str, text: str, style: CellStyle) -> str:
    if source_type == "DATE":
        return _in_range(column)
    moment = _time(column, source_type, text, style)
    zone = style.time_zone
    local = moment if zone == "UTC" else f"timezone({quoted(zone)}, timezone('UTC', {moment}))"
    # a date written as a time must be a local midnight; anything else would be a guess
    written = year_first(text, style)
    return _in_range(
        rf"""case
            when regexp_full_match({written}, '\d{{4}}-\d{{2}}-\d{{2}}')
                then try_cast({written} as date)
            when cast(cast({local} as date) as timestamp) = {local} then cast({local} as date)
        end"""
    )


def _in_range(moment: str) -> str:
    bounds = f"{moment} >= date '{EARLIEST}' and {moment} < date '{LATEST}'"
    return f"case when {bounds} then {moment} end"

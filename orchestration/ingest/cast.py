"""SQL that turns a source column into a canonical one, exactly or not at all.

Every function gives an expression that is null where the value does not fit; whether the
cell was empty is asked apart. DuckDB alone would round excess decimals in, read `1_000` and
`1e3`, and drop the offset of a time that is cast to TIMESTAMP.
"""

from orchestration.ingest.specs import SQL_TYPES, Kind
from orchestration.warehouse import quoted

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


def text_of(column: str, source_type: str) -> str:
    """The cell as trimmed text, null where it is empty."""
    shown = column if source_type == "VARCHAR" else f"cast({column} as varchar)"
    return f"nullif(trim({shown}), '')"


def converted(column: str, source_type: str, kind: Kind, zone: str) -> str:
    """The cell as its canonical type; null where it is empty or does not fit."""
    if kind == "text":
        return text_of(column, source_type)
    if kind == "time":
        return _time(column, source_type, zone)
    if kind == "date":
        return _date(column, source_type, zone)
    return _number(column, source_type, kind)


def _number(column: str, source_type: str, kind: Kind) -> str:
    target = SQL_TYPES[kind]
    if source_type in ("DOUBLE", "FLOAT"):
        # a float fits where it is the nearest float to a decimal of this scale
        exact = f"try_cast({column} as {target})"
        return f"case when cast({exact} as {source_type}) = {column} then {exact} end"
    if source_type.startswith("DECIMAL"):
        exact = f"try_cast({column} as {target})"
        return f"case when {exact} = {column} then {exact} end"
    if source_type.endswith(("INT", "INTEGER")):
        return f"try_cast({column} as {target})"
    return _number_of_text(text_of(column, source_type), kind)


def _number_of_text(text: str, kind: Kind) -> str:
    target = SQL_TYPES[kind]
    scale, _ = SCALES[kind]
    plain = rf"[+-]?(\d+(\.\d{{0,{scale}}}0*)?|\.\d{{1,{max(scale, 1)}}}0*)"
    cast = f"try_cast({text} as {target})"
    if kind == "quantity":
        # DuckDB reads text into decimals of more than 18 digits hundreds of times slower
        cast = f"coalesce(cast(try_cast({text} as decimal(18, 6)) as {target}), {cast})"
    return f"case when regexp_full_match({text}, {quoted(plain)}) then {cast} end"


def _time(column: str, source_type: str, zone: str) -> str:
    if source_type == "TIMESTAMP WITH TIME ZONE":
        moment = f"make_timestamp(epoch_us({column}))"
    elif source_type.startswith("TIMESTAMP") or source_type == "DATE":
        moment = _from_zone(f"cast({column} as timestamp)", zone)
    else:
        moment = _time_of_text(text_of(column, source_type), zone)
    return _in_range(moment)


def _time_of_text(text: str, zone: str) -> str:
    seconds = rf"regexp_replace({text}, '^(.{{16}})([^:]|$)', '\1:00\2')"
    return f"""case
        when not regexp_full_match({text}, {quoted(_TIME)}) then null
        when length({text}) > 10 and regexp_matches({text}, {quoted(_OFFSET)})
            then make_timestamp(epoch_us(coalesce(
                try_cast({text} as timestamptz), try_cast({seconds} as timestamptz)
            )))
        else {_from_zone(f"try_cast({text} as timestamp)", zone)}
    end"""


def _from_zone(local: str, zone: str) -> str:
    if zone == "UTC":
        return local
    return f"make_timestamp(epoch_us(timezone({quoted(zone)}, {local})))"


def _date(column: str, source_type: str, zone: str) -> str:
    if source_type == "DATE":
        day = column
    else:
        text = text_of(column, source_type)
        moment = _time(column, source_type, zone)
        local = moment if zone == "UTC" else f"timezone({quoted(zone)}, timezone('UTC', {moment}))"
        # a date that was written as a time must be a local midnight: anything else is a guess
        day = rf"""case
            when regexp_full_match({text}, '\d{{4}}-\d{{2}}-\d{{2}}') then try_cast({text} as date)
            when cast(cast({local} as date) as timestamp) = {local} then cast({local} as date)
        end"""
    return _in_range(day)


def _in_range(moment: str) -> str:
    return (
        f"case when {moment} >= date '{EARLIEST}' and {moment} < date '{LATEST}' then {moment} end"
    )

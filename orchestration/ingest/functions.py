"""SQL functions that a mapping's select may call; each takes and returns text.

Text that a function cannot interpret is returned unchanged, so that the row is quarantined with
its original value and never loaded with a null instead.
"""

import duckdb

from orchestration.ingest.cast import text_of, time_of_text, with_point, year_first
from orchestration.ingest.style import CellStyle
from orchestration.platform.warehouse import quoted

# decimal places of differences, and of numbers such as 2.5e-05
DIFFERENCE_SCALE = 12
EXPONENT_SCALE = 18
SIGNS = "$€£¥"
FUNCTIONS = ("negative", "minus", "plain", "from_epoch", "local_day")


def define_functions(
    connection: duckdb.DuckDBPyConnection, style: CellStyle, company_zone: str
) -> None:
    """Create the functions for files in this style.

    negative(x)    the number with the opposite sign
    minus(x, y)    the exact difference; an empty y counts as zero
    plain(x)       the number without a leading currency sign and without an exponent
    from_epoch(x)  seconds since 1970 as a time in UTC
    local_day(x)   the day that a time falls on in the company's time zone
    """
    for name, body in {
        "negative(x)": _negative(text_of("x", "VARCHAR", style)),
        "minus(x, y)": _minus(style),
        "plain(x)": _plain(text_of("x", "VARCHAR", style)),
        "from_epoch(x)": _from_epoch(text_of("x", "VARCHAR", style)),
        "local_day(x)": _local_day(style, company_zone),
    }.items():
        connection.execute(f"create or replace temp macro {name} as ({body})")


def utc_text(text: str, style: CellStyle) -> str:
    """A time in this style as text in UTC; other text is unchanged."""
    moment = time_of_text(year_first(text, style), style.time_zone)
    return f"coalesce(strftime({moment}, '%Y-%m-%dT%H:%M:%S.%fZ'), {text})"


def _negative(text: str) -> str:
    return (
        f"case when starts_with({text}, '-') then substr({text}, 2) "
        f"else '-' || ltrim({text}, '+') end"
    )


def _minus(style: CellStyle) -> str:
    left, right = (text_of(name, "VARCHAR", style) for name in ("x", "y"))
    exact_left, exact_right = (_exact(with_point(text, style)) for text in (left, right))
    difference = f"cast({exact_left} - {exact_right} as varchar)"
    return f"""case
        when {left} is null or {right} is null then {left}
        else coalesce(
            replace({difference}, '.', {quoted(style.decimal)}), {left} || ' - ' || {right}
        )
    end"""


def _exact(text: str) -> str:
    number = quoted(rf"[+-]?(\d+(\.\d{{0,{DIFFERENCE_SCALE}}})?|\.\d{{1,{DIFFERENCE_SCALE}}})")
    return (
        f"case when regexp_full_match({text}, {number}) "
        f"then try_cast({text} as decimal(38, {DIFFERENCE_SCALE})) end"
    )


def _plain(text: str) -> str:
    bare = rf"regexp_replace({text}, '^([+-]?)[{SIGNS}]\s?', '\1')"
    power = r"^[+-]?\d+\.?(\d*)[eE]([+-]?\d{1,2})$"
    decimals = (
        f"length(regexp_extract({bare}, {quoted(power)}, 1)) "
        f"- cast(regexp_extract({bare}, {quoted(power)}, 2) as integer)"
    )
    return f"""case
        when not regexp_matches({bare}, {quoted(power)}) then {bare}
        when {decimals} > {EXPONENT_SCALE} then {bare}
        else coalesce(
            cast(try_cast({bare} as decimal(38, {EXPONENT_SCALE})) as varchar), {bare}
        )
    end"""


def _from_epoch(text: str) -> str:
    return (
        rf"case when regexp_full_match({text}, '\d{{1,11}}(\.0*)?') then strftime("
        rf"make_timestamp(cast(regexp_extract({text}, '^\d+') as bigint) * 1000000), "
        f"'%Y-%m-%dT%H:%M:%SZ') else {text} end"
    )


def _local_day(style: CellStyle, company_zone: str) -> str:
    text = text_of("x", "VARCHAR", style)
    written = year_first(text, style)
    moment = time_of_text(written, style.time_zone)
    local = f"timezone({quoted(company_zone)}, timezone('UTC', {moment}))"
    return rf"""case
        when regexp_full_match({written}, '\d{{4}}-\d{{2}}-\d{{2}}') then {text}
        else coalesce(strftime({local}, '%Y-%m-%d'), {text})
    end"""

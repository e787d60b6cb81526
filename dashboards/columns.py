"""Table columns on the screen: the same kind of figure looks the same on every page.

A table that is sent whole writes its figures as sentences do (`spoken`): −1,234.50, 4.2 %, +12.00,
0.00, with the separators of the reader's browser. A long table is sent as it is scrolled, and only
the grid's own formats are available (`scrolled`): they write a hyphen for minus and no plus sign.

`step` is the precision that is shown. A grid truncates the rest, so `rounded` is applied first. A
column without its own help text shows the description from its model.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboards import formatting
from dashboards.formatting import NOTHING, first_day, signs

DAY, MONTH, MOMENT = "D MMM YYYY", "MMM YYYY", "D MMM YYYY HH:mm"
# ratios times a hundred, because the grid has no percent format with a space
POINTS = "%+,.1f pts"
# a change in per cent with its sign, which the grid cannot format
RISE = "%+,.1f %%"
Width: TypeAlias = Literal["small", "medium", "large"] | int | None
Columns: TypeAlias = dict[str, Any]


def money(
    label: str, currency: str | None = None, *, sign: bool = False, digits: int = 2, **more: Any
) -> Any:
    """An amount to the cent; the currency is in the heading, not in every cell.

    sign: write a plus before an increase.
    """
    shown = f"{label} ({currency})" if currency else label
    form = f"%+,.{digits}f" if sign else "localized"
    return st.column_config.NumberColumn(shown, format=form, step=10.0**-digits, **more)


def price(label: str, **more: Any) -> Any:
    """The price of a unit, to four decimals."""
    return st.column_config.NumberColumn(label, format="localized", step=0.0001, **more)


def unit_cost(label: str, **more: Any) -> Any:
    """The price of a unit, which may be a millionth."""
    return st.column_config.NumberColumn(label, format="localized", step=0.00000001, **more)


def percent(label: str, **more: Any) -> Any:
    """A ratio in per cent, to one decimal."""
    return st.column_config.NumberColumn(label, format="percent", step=0.001, **more)


def change_ratio(label: str, **more: Any) -> Any:
    """A relative change in per cent, with a plus before an increase."""
    return st.column_config.NumberColumn(label, format=RISE, step=0.001, **more)


def points(label: str, **more: Any) -> Any:
    """A difference between two ratios, in percentage points."""
    return st.column_config.NumberColumn(label, format=POINTS, step=0.001, **more)


def share(label: str, **more: Any) -> Any:
    """A share between 0 and 1, in per cent next to a bar."""
    return st.column_config.ProgressColumn(
        label, format="percent", step=0.001, min_value=0, max_value=1, **more
    )


def count(label: str, **more: Any) -> Any:
    """A whole number."""
    return st.column_config.NumberColumn(label, format="localized", step=1, **more)


def change(label: str, **more: Any) -> Any:
    """A whole number that was added or removed."""
    return st.column_config.NumberColumn(label, format="%+,.0f", step=1, **more)


def exact(label: str, **more: Any) -> Any:
    """A figure with all the decimals of its source."""
    return st.column_config.NumberColumn(label, format="localized", **more)


def figure(label: str, places: int = 1, **more: Any) -> Any:
    """A number that is neither an amount nor a share."""
    return st.column_config.NumberColumn(label, format="localized", step=10.0**-places, **more)


def text(label: str, width: Width = None, **more: Any) -> Any:
    """Words."""
    return st.column_config.TextColumn(label, width=width, **more)


def name(label: str, **more: Any) -> Any:
    """What the row is about: the column stays in view."""
    return st.column_config.TextColumn(label, pinned=True, **more)


def day(label: str, **more: Any) -> Any:
    """A date, written as in sentences."""
    return st.column_config.DateColumn(label, format=DAY, **more)


def month(label: str, **more: Any) -> Any:
    """A month, 2026-10 in the marts: written as in sentences, sorted by time."""
    return st.column_config.DateColumn(label, format=MONTH, **more)


def moment(label: str, **more: Any) -> Any:
    """A date and time in UTC."""
    return st.column_config.DatetimeColumn(label, format=MOMENT, **more)


def yes(label: str, **more: Any) -> Any:
    """Yes or no."""
    return st.column_config.CheckboxColumn(label, **more)


def account() -> Columns:
    """The account that the row belongs to."""
    return {
        "account_id": text("Id", "small"),
        "account_name": name("Account"),
        "segment": text("Segment"),
    }


def owner(listed: Any) -> Columns:
    """The account owners of a table; no column if the exports name none of them."""
    named = listed.num_rows - listed.column("account_owner").null_count
    return {"account_owner": text("Owner") if named else None}


def explained(columns: Mapping[str, Any], meanings: Mapping[str, str]) -> Columns:
    """The columns, with the definition of each as its help unless it has one."""
    return {
        key: {**column, "help": meanings[key]}
        if isinstance(column, dict) and not column.get("help") and key in meanings
        else column
        for key, column in columns.items()
    }


def dated(data: Any, columns: Mapping[str, Any]) -> Any:
    """A table, frame or list of rows whose months are dates, the first day of each."""
    names = {
        name
        for name, column in columns.items()
        if isinstance(column, dict) and (column.get("type_config") or {}).get("format") == MONTH
    }
    if isinstance(data, pa.Table):
        for name in names & set(data.column_names):
            days = pa.array([first_day(one) for one in data.column(name).to_pylist()], pa.date32())
            data = data.set_column(data.column_names.index(name), name, days)
        return data
    if isinstance(data, pd.DataFrame):
        days = {name: data[name].map(_day_of) for name in names & set(data.columns)}
        return data.assign(**days)
    if isinstance(data, list):
        return [row | {name: first_day(row[name]) for name in names & row.keys()} for row in data]
    return data


def _day_of(name: Any) -> date | None:
    """The first day of a month; a frame has NaN for a missing month."""
    return first_day(name) if isinstance(name, str) else None


def said(column: Any) -> Callable[[Any], str] | None:
    """How a column writes its values as text; None if it shows no text, as a sparkline."""
    kind = (column.get("type_config") or {}) if isinstance(column, dict) else {}
    form, places = str(kind.get("format") or ""), _places(column)
    name = str(kind.get("type"))
    if name in ("number", "progress"):
        return _number(form, places)
    if name == "checkbox":
        return _yes_or_no
    return None if name.endswith("_chart") else _DATES.get(form, _text)


def _number(form: str, places: int | None) -> Callable[[Any], str]:
    """A figure in its column's format, written as in sentences."""
    if form == "percent":
        return lambda value: formatting.percent(_value(value), max((places or 0) - 2, 0))
    if form == RISE:
        return lambda value: formatting.percent(_value(value), sign=True)
    if form == POINTS:
        return lambda value: formatting.points(_value(value))
    if places is None:
        return lambda value: NOTHING if _is_null(value) else _exact(value)
    has_sign = form.startswith("%+")
    return lambda value: formatting.number(_value(value), places, sign=has_sign)


def _exact(value: Any) -> str:
    """A figure with all its decimals."""
    exact = Decimal(str(value))
    return formatting.number(exact, max(-int(exact.normalize().as_tuple().exponent), 0))


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(map(str, value)) or NOTHING
    return NOTHING if _is_null(value) or value == "" else str(value)


def _yes_or_no(value: Any) -> str:
    return NOTHING if _is_null(value) else "yes" if value else "no"


def _is_null(value: Any) -> bool:
    return value is None or value is pd.NaT or value != value


def _value(value: Any) -> Any:
    return None if _is_null(value) else value


_DATES: dict[str, Callable[[Any], str]] = {
    DAY: formatting.day,
    MONTH: formatting.month,
    MOMENT: formatting.moment,
}


def spoken(frame: pd.DataFrame, columns: Columns) -> tuple[Any, Columns]:
    """A frame whose figures are written as in sentences, and its columns without their formats.

    The values do not change, so a grid still sorts them.
    """
    formats, shown = {}, dict(columns)
    for name, column in columns.items():
        kind = _kind_of_number(column)
        if kind is None or name not in frame.columns:
            continue
        if kind["type"] == "number":
            formats[name] = _number(str(kind["format"]), _places(column))
            shown[name] = column | {"type_config": kind | {"format": None}}
        elif kind["format"] == "percent" and signs() is None:
            frame = frame.assign(**{name: frame[name].astype(float) * 100})
            shown[name] = _in_hundredths(column)
    if not formats:
        return frame, shown
    # a grid that gets text for some cells needs text for all of them
    others = {str(name): _text for name in frame.columns if name not in formats}
    return frame.style.format({**others, **formats}), shown


def scrolled(table: Any, columns: Columns) -> tuple[Any, Columns]:
    """A table adjusted to the grid's own formats, which would write 4.2% and +0.00.

    Readers with other separators get their browser's format for ratios.
    """
    shown = dict(columns)
    for name, column in columns.items():
        kind = _kind_of_number(column)
        if kind is None or name not in table.column_names:
            continue
        form = str(kind["format"])
        if form == RISE:
            form, kind = "percent", kind | {"format": "percent"}
            shown[name] = column = column | {"type_config": kind}
        if form == POINTS or (form == "percent" and signs() is None):
            place = table.column_names.index(name)
            ratios = table.column(name).to_numpy()
            table = table.set_column(place, name, pa.array(ratios * 100.0, from_pandas=True))
            shown[name] = _in_hundredths(column)
        elif form.startswith("%+"):
            shown[name] = column | {"type_config": kind | {"format": "localized"}}
    return table, shown


def _in_hundredths(column: Any) -> Any:
    """A ratio's column for values multiplied by a hundred."""
    kind = column["type_config"]
    places = max((_places(column) or 0) - 2, 0)
    form = POINTS if kind["format"] == POINTS else f"%,.{places}f %%"
    bounds = {"max_value": kind["max_value"] * 100} if kind["type"] == "progress" else {}
    return column | {"type_config": kind | {"format": form, "step": 10.0**-places, **bounds}}


def _kind_of_number(column: Any) -> dict[str, Any] | None:
    """The configuration of a number column that has a format."""
    kind = (column.get("type_config") or {}) if isinstance(column, dict) else {}
    return kind if kind.get("type") in ("number", "progress") and kind.get("format") else None


def rounded(data: Any, columns: Mapping[str, Any]) -> Any:
    """A table, frame or list of rows, rounded to the precision of its columns.

    Half rounds away from zero, as in sentences; the grid would truncate -0.0066 to -0.6 %.
    """
    places = {name: _places(column) for name, column in columns.items()}
    formats = {name: digits for name, digits in places.items() if digits is not None}
    if isinstance(data, pa.Table):
        for name in formats.keys() & set(data.column_names):
            if pa.types.is_floating(data.schema.field(name).type):
                fine = data.column(name).to_numpy()
                rough = pa.array(_half_up(fine, formats[name]), from_pandas=True)
                data = data.set_column(data.column_names.index(name), name, rough)
        return data
    if isinstance(data, pd.DataFrame):
        floats = formats.keys() & set(data.select_dtypes("float").columns)
        return data.assign(
            **{name: _half_up(data[name].to_numpy(), formats[name]) for name in floats}
        )
    if isinstance(data, list):
        return [
            row | {name: _rounded(row[name], formats[name]) for name in formats.keys() & row.keys()}
            for row in data
        ]
    return data


def _places(column: Any) -> int | None:
    """How many decimals a column shows; None if it shows all or is not a number column."""
    kind = (column.get("type_config") or {}) if isinstance(column, dict) else {}
    step = kind.get("step")
    is_number = kind.get("type") in ("number", "progress")
    return None if not is_number or not step else -Decimal(str(step)).adjusted()


def _half_up(fine: Any, places: int) -> Any:
    scaled = np.abs(fine) * 10.0**places
    # as a double, half of the last decimal may be slightly less than half
    rough = np.floor(scaled * (1 + 2**-50) + 0.5) / 10.0**places
    return np.where(rough == 0, 0.0, np.copysign(rough, fine))


def _rounded(value: Any, places: int) -> Any:
    if not isinstance(value, Decimal | float) or value != value:
        return value
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)) or 0.0

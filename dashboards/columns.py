"""Columns of tables on the screen: a kind of figure looks the same on every page.

Thousands and decimals are parted as the reader's browser does it; `step` is how fine it is shown.
What is finer a grid would cut off, so that `rounded` goes before it.

A column without a help of its own is explained in the words of the model that has it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboards.formatting import first_day, signs

DAY, MONTH = "D MMM YYYY", "MMM YYYY"
Width: TypeAlias = Literal["small", "medium", "large"] | int | None
Columns: TypeAlias = dict[str, Any]


def money(
    label: str, currency: str | None = None, *, sign: bool = False, digits: int = 2, **more: Any
) -> Any:
    """An amount to the cent; the currency stands in the heading, not in every cell.

    sign: with a plus before a rise, where the reader's browser parts numbers as files do; what
    parts them otherwise knows no plus.
    """
    shown = f"{label} ({currency})" if currency else label
    if sign and signs() is None:
        return st.column_config.NumberColumn(shown, format=f"%+,.{digits}f", **more)
    return st.column_config.NumberColumn(shown, format="localized", step=10.0**-digits, **more)


def price(label: str, **more: Any) -> Any:
    """What a unit costs, to four places."""
    return st.column_config.NumberColumn(label, format="localized", step=0.0001, **more)


def unit_cost(label: str, **more: Any) -> Any:
    """What a unit costs, which may be millionths."""
    return st.column_config.NumberColumn(label, format="localized", step=0.00000001, **more)


def percent(label: str, **more: Any) -> Any:
    """A ratio as per cent, to one decimal."""
    return st.column_config.NumberColumn(label, format="percent", step=0.001, **more)


def count(label: str, **more: Any) -> Any:
    """A whole number."""
    return st.column_config.NumberColumn(label, format="localized", step=1, **more)


def figure(label: str, places: int = 1, **more: Any) -> Any:
    """A number that is neither money nor a share."""
    return st.column_config.NumberColumn(label, format="localized", step=10.0**-places, **more)


def text(label: str, width: Width = None, **more: Any) -> Any:
    """Words."""
    return st.column_config.TextColumn(label, width=width, **more)


def name(label: str, **more: Any) -> Any:
    """What the row is about: it stays in sight."""
    return st.column_config.TextColumn(label, pinned=True, **more)


def day(label: str, **more: Any) -> Any:
    """A date, said as in sentences."""
    return st.column_config.DateColumn(label, format=DAY, **more)


def month(label: str, **more: Any) -> Any:
    """A month that marts write as 2026-10: said as in sentences, sorted by time."""
    return st.column_config.DateColumn(label, format=MONTH, **more)


def yes(label: str, **more: Any) -> Any:
    """Yes or no."""
    return st.column_config.CheckboxColumn(label, **more)


def account() -> Columns:
    """Whose row it is."""
    return {
        "account_id": text("Id", "small"),
        "account_name": name("Account"),
        "segment": text("Segment"),
    }


def explained(columns: Mapping[str, Any], meanings: Mapping[str, str]) -> Columns:
    """The columns with what each means as its help, where it has none yet."""
    return {
        key: {**column, "help": meanings[key]}
        if isinstance(column, dict) and not column.get("help") and key in meanings
        else column
        for key, column in columns.items()
    }


def dated(data: Any, columns: Mapping[str, Any]) -> Any:
    """A table, a frame or a list of rows with its months as their first days, where it has any."""
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
    """The first day of a month in a frame, which has NaN where there is none."""
    return first_day(name) if isinstance(name, str) else None


def rounded(data: Any, columns: Mapping[str, Any]) -> Any:
    """A table, a frame or a list of rows with its numbers as fine as their columns are shown.

    Half goes away from zero, as in sentences; a grid of its own cuts -0.0066 to -0.6 per cent.
    """
    places = {name: _places(column) for name, column in columns.items()}
    told = {name: digits for name, digits in places.items() if digits is not None}
    if isinstance(data, pa.Table):
        for name in told.keys() & set(data.column_names):
            if pa.types.is_floating(data.schema.field(name).type):
                fine = data.column(name).to_numpy()
                rough = pa.array(_half_up(fine, told[name]), from_pandas=True)
                data = data.set_column(data.column_names.index(name), name, rough)
        return data
    if isinstance(data, pd.DataFrame):
        floats = told.keys() & set(data.select_dtypes("float").columns)
        return data.assign(**{name: _half_up(data[name].to_numpy(), told[name]) for name in floats})
    if isinstance(data, list):
        return [
            row | {name: _rounded(row[name], told[name]) for name in told.keys() & row.keys()}
            for row in data
        ]
    return data


def _places(column: Any) -> int | None:
    """How many decimals a column shows; None where it is no column of numbers, or shows all."""
    kind = (column.get("type_config") or {}) if isinstance(column, dict) else {}
    step = kind.get("step")
    is_number = kind.get("type") in ("number", "progress")
    return None if not is_number or not step else -Decimal(str(step)).adjusted()


def _half_up(fine: Any, places: int) -> Any:
    scaled = np.abs(fine) * 10.0**places
    # half of the last place may have become a little less as a double
    rough = np.floor(scaled * (1 + 2**-50) + 0.5) / 10.0**places
    return np.where(rough == 0, 0.0, np.copysign(rough, fine))


def _rounded(value: Any, places: int) -> Any:
    if not isinstance(value, Decimal | float) or value != value:
        return value
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)) or 0.0

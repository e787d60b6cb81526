"""A cache of charts for all sessions, keyed by the figures that they show.

Altair validates and copies its input at every step, which takes a tenth of a second per chart;
readers of the same figures share one chart.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec

import altair as alt
import pandas as pd
import pyarrow as pa

from dashboards.charts.theme import LIGHT, TITLE, Palette, number_signs, period_label

P = ParamSpec("P")

# tests validate the charts: here each part would be validated while it is built
alt.utils.schemapi.disable_debug_mode()
MOST = 2000
_cached: OrderedDict[Any, Any] = OrderedDict()
_lock = Lock()
# Altair's theme and transformers are global to all threads
_altair = Lock()
_SPEC = "_spec_on_screen"
# how a chart was made, to make it again in other colours
_MADE = "_made_by"
# columns of months, and the words that may stand there instead of one
PERIODS: dict[str, tuple[str, ...]] = {"month": (), "cohort": ("average",)}


def cached(make: Callable[P, Any]) -> Callable[P, Any]:
    """The cached chart of `make` for the same figures; copy it before changing it.

    The key has all figures of the chart, so no generation gets another one's chart.
    """

    @wraps(make)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            key = (make, *(_part(arg) for arg in (*args, *sorted(kwargs.items()))))
            with _lock:
                chart = _cached.get(key)
                if chart is not None:
                    _cached.move_to_end(key)
                    return chart
        except TypeError:  # a value that cannot be part of a key: the chart is drawn each time
            key = None
        chart = make(*args, **kwargs)
        # a copy of the chart would lose it
        object.__setattr__(chart, _MADE, (drawn, args, kwargs))
        if key is None:
            return chart
        with _lock:
            _cached[key] = chart
            while len(_cached) > MOST:
                _cached.popitem(last=False)
        return chart

    return drawn


def in_light(chart: Any) -> Any:
    """The chart as printed, whatever colours the screen has."""
    made = vars(chart).get(_MADE)
    if made is None:
        return chart
    make, args, kwargs = made
    return make(*map(_light, args), **{name: _light(value) for name, value in kwargs.items()})


def _light(value: Any) -> Any:
    return LIGHT if isinstance(value, Palette) else value


def _part(value: Any) -> Any:
    """An argument's part of the key; raises TypeError if it has none."""
    if isinstance(value, pd.DataFrame):
        marks: Any = pd.util.hash_pandas_object(value, index=False)
        kinds = tuple(str(kind) for kind in value.dtypes)
        return tuple(value.columns), kinds, hashlib.sha256(marks.to_numpy().tobytes()).digest()
    if isinstance(value, list | tuple):
        return tuple(_part(one) for one in value)
    hash(value)
    return value


def on_screen(chart: Any, signs: tuple[str, str] | None = None) -> dict[str, Any]:
    """The chart as Vega-Lite with its figures as Arrow, without the title, which the page writes.

    Tests validate each chart against the schema, so it is not validated here.
    signs: the reader's separators, if not those of 1,234.5, which charts use by default.
    """
    known = _spec_of(chart)
    if signs is None:
        return known
    locale = {"number": number_signs(*signs)}
    return known | {"config": known.get("config", {}) | {"locale": locale}}


def on_paper(chart: Any, *, is_checked: bool = True) -> dict[str, Any]:
    """The chart as Vega-Lite with its figures inline and its title."""
    with _altair:
        drawn: dict[str, Any] = chart.to_dict(validate=is_checked)
    return drawn


def _spec_of(chart: Any) -> dict[str, Any]:
    known: dict[str, Any] | None = vars(chart).get(_SPEC)
    if known is None:
        datasets: dict[str, bytes] = {}
        with _altair:
            # locked: of two transformers enabled at once, the later would get the figures of both
            alt.data_transformers.register("as_arrow", _as_arrow)
            as_arrow = alt.data_transformers.enable("as_arrow", datasets=datasets)
            with alt.theme.enable("none"), as_arrow:
                known = chart.to_dict(validate=False)
        assert known is not None
        _say_periods(known)
        known.pop("title", None)
        if isinstance(known.get("height"), int):  # a stack of charts has no figures of its own
            known["height"] -= TITLE
        known["datasets"] = datasets
        object.__setattr__(chart, _SPEC, known)  # a copy of the chart would lose it
    return known


def _say_periods(part: dict[str, Any]) -> None:
    """Write months in the tooltips of a chart and its parts as in sentences.

    The data has them as 2026-10, which sorts and has no time zone.
    """
    shown = part.get("encoding", {}).get("tooltip")
    for entry in shown if isinstance(shown, list) else []:
        field = entry.get("field")
        if field in PERIODS and entry["type"] != "temporal":
            said = f"{field} said"
            label = period_label(f"datum['{field}']", PERIODS[field])
            part.setdefault("transform", []).append({"calculate": label, "as": said})
            entry["field"], entry["type"] = said, "nominal"
    for name in ("layer", "hconcat", "vconcat", "concat"):
        for inner in part.get(name, []):
            _say_periods(inner)
    if isinstance(part.get("spec"), dict):
        _say_periods(part["spec"])


def _as_arrow(data: Any, datasets: dict[str, bytes]) -> Any:
    """A frame as a named dataset of the page."""
    if not isinstance(data, pd.DataFrame):
        return data
    table = pa.Table.from_pandas(data, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    figures: bytes = sink.getvalue().to_pybytes()
    name = hashlib.sha256(figures).hexdigest()[:16]
    datasets[name] = figures
    return {"name": name}

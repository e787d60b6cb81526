"""One look for every chart, in light and in dark.

Current model: solid. Proposal: hatched (an outlined bar over a light fill). Good and bad never
differ only by colour. Colours: after Okabe-Ito, cividis, and blue to orange around a named middle.
Categories are distinct under deuteranopia and protanopia, the first three in grey, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

FONT = '"Source Sans", sans-serif'


@dataclass(frozen=True)
class Palette:
    """Colours of one mode.

    Every mark has a contrast of 3:1 and every text 4.5:1 with the background.
    """

    ground: str
    ink: str
    muted: str
    grid: str
    current: str
    proposed: str
    proposed_fill: str
    good: str
    bad: str
    caution: str
    neutral: str
    above: str
    below: str
    middle: str
    categories: tuple[str, ...]


LIGHT = Palette(
    ground="#FFFFFF",
    ink="#0B1620",
    muted="#5B6773",
    grid="#E3E8ED",
    current="#3A4754",
    proposed="#0072B2",
    proposed_fill="#CFE5F3",
    good="#0072B2",
    bad="#B83A00",
    caution="#B45309",
    neutral="#8795A1",
    above="#08579C",
    below="#B35806",
    middle="#F3F5F7",
    categories=("#0061A2", "#5A1800", "#00A67D", "#934472", "#8A6D00", "#5B5BD6"),
)
DARK = Palette(
    ground="#11181F",
    ink="#E6EBF0",
    muted="#9AA8B5",
    grid="#2A3641",
    current="#B8C4CF",
    proposed="#56B4E9",
    proposed_fill="#1F4A66",
    good="#56B4E9",
    bad="#F07C3E",
    caution="#E69F00",
    neutral="#7C8B99",
    above="#4A9AD1",
    below="#D98A3A",
    middle="#1B252F",
    categories=("#56B4E9", "#BC5801", "#C8F0DC", "#C86EA3", "#F0E442", "#7A74DA"),
)


def palette(mode: str | None) -> Palette:
    """The palette of the reader's mode; light if it is not known."""
    return DARK if mode == "dark" else LIGHT


# Streamlit fits the whole image into the height, including title, subtitle and axis
TITLE = 44
TITLE_AND_AXIS = TITLE + 42
LEGEND = 26


def titled(
    chart: Any, message: str, measure: str, colors: Palette, height: int | None = None
) -> Any:
    """The message as title, measure with unit and period below it, and the house look.

    height: pixels of the whole image; None leaves it to the chart.
    """
    properties: dict[str, Any] = {
        "title": alt.TitleParams(text=message, subtitle=measure, anchor="start"),
    }
    if height is not None:
        properties["height"] = height
    return chart.properties(**properties).configure(**look(colors))


def look(colors: Palette) -> dict[str, Any]:
    """Vega-Lite config: light grid, no frame, direct titles, figures as in sentences."""
    return {
        "locale": alt.Locale(number=alt.NumberLocale(**number_signs(",", "."))),
        "background": "transparent",
        "font": FONT,
        "view": alt.ViewConfig(stroke=None),
        "title": alt.TitleConfig(
            color=colors.ink,
            subtitleColor=colors.muted,
            fontSize=14,
            fontWeight=600,
            subtitleFontSize=12,
            offset=10,
        ),
        "axis": alt.AxisConfig(
            labelColor=colors.muted,
            titleColor=colors.muted,
            gridColor=colors.grid,
            domainColor=colors.grid,
            tickColor=colors.grid,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        ),
        "legend": alt.LegendConfig(
            labelColor=colors.ink,
            titleColor=colors.muted,
            orient="top",
            labelFontSize=12,
            titleFontWeight="normal",
        ),
        "text": alt.MarkConfig(color=colors.ink, fontSize=12),
    }


def number_signs(thousands: str, decimal: str) -> dict[str, Any]:
    """The number format of all charts: −1,234.5 and 4.2 %."""
    return {
        "thousands": thousands,
        "decimal": decimal,
        "grouping": [3],
        "currency": ["", ""],
        "percent": " %",
    }


def percent_axis(sign: bool = False, digits: int = 0, word: str = "%", **options: Any) -> alt.Axis:
    """An axis of ratios, written as in sentences: "+4 %", or in points: "+4 pts"."""
    form = f"{'+' if sign else ''}.{digits}%"
    zero = f"{0:.{digits}f} "
    label = f"replace(replace(format(datum.value, '{form}'), '%', '{word}'), '+{zero}', '{zero}')"
    return alt.Axis(labelExpr=label, **options)


def period_label(value: str, words: Sequence[str] = ()) -> str:
    """The expression that formats a month or a quarter as in sentences: 2026-10 as "Oct 2026".

    words: values that are not periods and stay unchanged.
    """
    words_of_period = (
        f"test(/Q/, {value}) ? slice({value}, 5) + ' ' + slice({value}, 0, 4)"
        f" : utcFormat(toDate({value} + '-01'), '%b %Y')"
    )
    for word in words:
        words_of_period = f"{value} === '{word}' ? '{word.capitalize()}' : {words_of_period}"
    return words_of_period


def month_axis(**options: Any) -> alt.Axis:
    """An axis over months written as 2026-10, so that a browser's time zone cannot shift them."""
    return alt.Axis(
        title=None,
        labelExpr=period_label("datum.value"),
        labelAngle=0,
        labelOverlap="greedy",
        labelSeparation=8,
        **options,
    )


def every_month(months: Iterable[str], least: int = 1) -> list[str]:
    """All months from the first to the last, written as 2026-10, without gaps.

    least: the least number of months, because one bar over the whole width shows no time.
    """
    counts = sorted(int(month[:4]) * 12 + int(month[5:]) - 1 for month in set(months))
    if not counts:
        return []
    last = max(counts[-1], counts[0] + least - 1)
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(counts[0], last + 1)]

"""Any page of the dashboard as a document: the same content in the same order.

Figures are those of the screen in the format of files. Only the first rows of a long table are
printed, with the number of rows and the file that has them all; columns that do not fit side by
side follow below, next to the name of their row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pandas as pd
import pyarrow as pa

from dashboards.charts.cached import in_light
from dashboards.columns import dated, rounded, said
from dashboards.data.tables import framed
from dashboards.exports.pdf import Column, Paper
from dashboards.exports.pdf_drawings import POINTS, size_of
from dashboards.exports.png import pdf_bytes
from dashboards.formatting import in_file, moment, number
from dashboards.view import Drawing, Figure, Listed, Part, Said

# rows printed of a table that has a file, and of one that has none
MOST_ROWS, MOST_WITHOUT_FILE = 40, 400
FIGURES_A_ROW = 6
# in millimetres: the widest text column, the longest word that is not broken, and the space around
# a cell and between charts
WIDEST, LONGEST_WORD, AROUND, GAP = 70.0, 24.0, 5.0, 6.0


@dataclass(frozen=True)
class Across:
    """How many charts of a size fit side by side, and the width at which they are drawn."""

    charts: int
    pixels: int


@dataclass(frozen=True)
class Texts:
    """A column as text, with its usual and least width in millimetres."""

    title: str
    texts: Sequence[str]
    is_of_figures: bool
    usual: float
    least: float


SMALL, USUAL, LARGE = Across(3, 380), Across(2, 560), Across(1, 1100)
# the height of the message above a chart in millimetres; how far a chart may shrink to fit a page
MESSAGE, SHRUNK = 16.0, 0.8


@dataclass(frozen=True)
class PagePaper:
    """A page as the reader sees it."""

    company: str
    page: str
    question: str
    takeaway: str
    filters: Mapping[str, str]
    as_of: datetime
    generation: int
    small_print: str
    parts: Sequence[Part]
    definitions: Sequence[tuple[str, str]]


@in_file()
def page_pdf(page: PagePaper) -> bytes:
    """The document."""
    paper = Paper(
        f"{page.company}: {page.page}. {page.question}",
        (
            *(f"{label}: {value}" for label, value in page.filters.items() if value),
            f"data as of {moment(page.as_of)} UTC",
            f"generation {page.generation}",
        ),
        page.small_print,
        page.as_of,
        table_size=7,
        orientation="landscape",
    )
    if page.takeaway:
        paper.say(page.takeaway, 13, bold=True)
    for kind, group in groupby(page.parts, type):
        parts = list(group)
        if kind is Figure:
            _figures(paper, [part for part in parts if isinstance(part, Figure)])
        elif kind is Drawing:
            _charts(paper, [part.chart for part in parts if isinstance(part, Drawing)])
        else:
            for part in parts:
                if isinstance(part, Said):
                    paper.say(part.text, 8, muted=True)
                elif isinstance(part, Listed):
                    _table(paper, part)
    if page.definitions:
        paper.heading("Definitions")
        for name, text in page.definitions:
            paper.say(f"{name} — {text}", 7, muted=True)
    return paper.file()


def _figures(paper: Paper, figures: Sequence[Figure]) -> None:
    for first in range(0, len(figures), FIGURES_A_ROW):
        paper.keep(40)
        beside = figures[first : first + FIGURES_A_ROW]
        paper.figures([(one.label, one.value, one.remark) for one in beside])


def _charts(paper: Paper, charts: Sequence[Any]) -> None:
    """Charts side by side, each below its message and measure."""
    for across, group in groupby(charts, _across):
        charts = list(group)
        if len(charts) < across.charts:
            across = LARGE if across is SMALL and len(charts) == 1 else USUAL
        for first in range(0, len(charts), across.charts):
            _row_of_charts(paper, charts[first : first + across.charts], across)


def _across(chart: Any) -> Across:
    """Small multiples are low; tall charts have many rows and need the full width."""
    height = chart.height if isinstance(getattr(chart, "height", None), int) else 320
    return SMALL if height < 240 else LARGE if height > 420 else USUAL


def _row_of_charts(paper: Paper, charts: Sequence[Any], across: Across) -> None:
    width = (paper.epw - GAP * (across.charts - 1)) / across.charts
    drawn = [pdf_bytes(in_light(chart), across.pixels) for chart in charts]
    sizes = [size_of(drawing) for drawing in drawn]
    # no chart is larger than on the screen
    widths = [min(width, wide / POINTS) for wide, _ in sizes]
    highest = max(mm * high / wide for mm, (wide, high) in zip(widths, sizes, strict=True))
    if paper.room() - MESSAGE < highest * SHRUNK:
        paper.add_page()
    shrunk = min(1.0, (paper.room() - MESSAGE) / highest)
    top, below = paper.get_y(), 0.0
    places = [paper.l_margin + place * (width + GAP) for place in range(len(charts))]
    for chart, left in zip(charts, places, strict=True):
        message, measure = str(chart.title.text), str(chart.title.subtitle)
        below = max(below, paper.message(message, measure, left, top, width))
    for drawing, left, mm in zip(drawn, places, widths, strict=True):
        paper.place(drawing, left, below + 1, mm * shrunk)
    paper.set_y(below + highest * shrunk + 5)


def _table(paper: Paper, listed: Listed) -> None:
    most = MOST_ROWS if listed.file else MOST_WITHOUT_FILE
    data = listed.data
    data = data.slice(0, most) if isinstance(data, pa.Table) else data[:most]
    columns = _columns(paper, data, listed)
    if not columns or not columns[0].texts:
        return
    paper.heading(listed.title)
    for part, beside in enumerate(_that_fit(columns, paper.epw)):
        if part:
            paper.say("Further columns of the same rows", 7, muted=True)
        widths = _widths(beside, paper.epw)
        paper.grid(
            [
                Column(one.title, int(width * 10), "RIGHT" if one.is_of_figures else "LEFT")
                for one, width in zip(beside, widths, strict=True)
            ],
            list(zip(*(one.texts for one in beside), strict=True)),
            width=min(sum(widths), paper.epw),
        )
    shown = len(columns[0].texts)
    if shown < listed.rows:
        where = (
            f"Export offers all of them as {listed.file}"
            if listed.file
            else "the page shows all of them"
        )
        paper.say(
            f"The first {number(shown)} of {number(listed.rows)} rows; {where}.", 7, muted=True
        )


def _columns(paper: Paper, data: Any, listed: Listed) -> list[Texts]:
    """The columns that the screen shows, in its formats."""
    config = listed.columns
    frame: pd.DataFrame = framed(rounded(dated(data, config), config))
    names = [
        name
        for name in listed.order or frame.columns
        if name in frame.columns and not (name in config and config[name] is None)
    ]
    # columns pinned on the screen come first
    names.sort(key=lambda name: not _of(config.get(name), "pinned"))
    columns = []
    for name in names:
        column = config.get(name, name)
        say = said(column)
        if say is None:
            continue
        title = column if isinstance(column, str) else str(_of(column, "label") or name)
        kind = (_of(column, "type_config") or {}).get("type")
        is_of_figures = kind in ("number", "progress") or _of(column, "alignment") == "right"
        texts = [say(value) for value in frame[name]]
        lengths = [paper.width_of(text) for text in set(texts)]
        words = [paper.width_of(word, bold=True) for word in title.split()]
        if not is_of_figures:
            words += [
                min(paper.width_of(word), LONGEST_WORD)
                for text in set(texts)
                for word in text.split()
            ]
        widest = max([paper.width_of(title, bold=True), *lengths])
        columns.append(
            Texts(
                title,
                texts,
                is_of_figures,
                min(widest, WIDEST) + AROUND,
                max([*words, *(lengths if is_of_figures else [])], default=0) + AROUND,
            )
        )
    return columns


def _of(column: Any, name: str) -> Any:
    return column.get(name) if isinstance(column, dict) else None


def _that_fit(columns: Sequence[Texts], room: float) -> Iterator[list[Texts]]:
    """Groups of columns that fit side by side; later groups repeat the row's name."""
    beside = [columns[0]]
    for column in columns[1:]:
        if sum(one.least for one in beside) + column.least > room and len(beside) > 1:
            yield beside
            beside = [columns[0]]
        beside.append(column)
    yield beside


def _widths(columns: Sequence[Texts], room: float) -> list[float]:
    """As wide as the texts if that fits; else words wrap, mostly in the widest columns."""
    usual, least = sum(one.usual for one in columns), sum(one.least for one in columns)
    if usual <= room:
        return [one.usual for one in columns]
    if usual <= least:
        return [room / len(columns)] * len(columns)
    left = max(room - least, 0) / (usual - least)
    return [min(one.least + (one.usual - one.least) * left, room) for one in columns]

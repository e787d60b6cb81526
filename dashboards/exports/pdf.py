"""PDF documents: A4, always light, with selectable text and names in any script.

Charts are embedded as Vega-Lite's PDF drawings, so their letters are text, too.

The fonts come with seatshift, so no system font is needed. A character that they lack is shown as
an empty box, never as an error.
"""

import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace, TTFFont

from dashboards.charts.theme import LIGHT
from dashboards.exports.pdf_drawings import POINTS, Placed, size_of, with_drawings

MIME = "application/pdf"
FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
BOX = "▯"
# placeholder for the number of pages until it is known; a character that no text contains
PAGES = "\ue000\ue001"
MARGIN = 15
Align = Literal["LEFT", "RIGHT"]

# it warns about every character that it cannot draw; those are replaced beforehand
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Column:
    """A column of a printed table: its share of the width and its alignment."""

    title: str
    share: int
    align: Align = "LEFT"


class Paper(FPDF):
    """A document whose pages all show its title, its data and the page number."""

    def __init__(
        self,
        title: str,
        source: Sequence[str],
        small_print: str,
        made_at: datetime,
        *,
        table_size: float = 8,
        orientation: Literal["portrait", "landscape"] = "portrait",
    ):
        super().__init__(orientation=orientation, format="A4")
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_font(FONT, size=9)
        # scripts that join letters or run right to left; ligatures would break searching
        self.set_text_shaping(True, features={"liga": False})
        self.alias_nb_pages(PAGES)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 5)
        self.set_creation_date(made_at)  # the same data gives the same file
        self._table_size = table_size
        self._drawings: list[Placed] = []
        self._letter_widths: dict[tuple[str, str], float] = {}
        self._letters = _letters(self)
        self._title = self.drawable(title)
        self._source = self.drawable(" · ".join(source))
        self._small_print = self.drawable(small_print)
        self.set_title(self._title)
        self.set_creator("seatshift")
        self.set_lang("en")
        self.add_page()

    def drawable(self, text: str) -> str:
        """The text in characters of the font, without direction control characters."""
        cleaned = "".join(
            " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
            for letter in unicodedata.normalize("NFC", text)
            if unicodedata.category(letter) not in ("Cf", "Cs") and not _varies(letter)
        )
        drawn = "".join(
            letter if letter == " " or ord(letter) in self._letters else BOX for letter in cleaned
        )
        return re.sub(" +", " ", drawn).strip()

    def header(self) -> None:
        self._ink(LIGHT.muted)
        self.set_font(FONT, "B", 8)
        self.multi_cell(0, 4, self._title, new_x="LMARGIN", new_y="NEXT", max_line_height=4)
        self.set_font(FONT, "", 7)
        self.multi_cell(0, 4, self._source, new_x="LMARGIN", new_y="NEXT", align="L")
        self.set_draw_color(LIGHT.grid)
        self.line(self.l_margin, self.get_y() + 1, self.w - self.r_margin, self.get_y() + 1)
        self.set_y(self.get_y() + 5)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FONT, "", 7)
        self._ink(LIGHT.muted)
        self.cell(self.epw - 25, 4, self._small_print)
        self.cell(25, 4, f"page {self.page_no()}/{PAGES}", align="R")

    def say(self, text: str, size: float = 9, *, bold: bool = False, muted: bool = False) -> None:
        """A paragraph."""
        self._ink(LIGHT.muted if muted else LIGHT.ink)
        self.set_font(FONT, "B" if bold else "", size)
        self.multi_cell(
            0, size * 0.53, self.drawable(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )
        self.set_y(self.get_y() + size * 0.16)

    def room(self) -> float:
        """The height left above the page's footer."""
        return float(self.h - self.b_margin - self.get_y())

    def keep(self, height: float) -> None:
        """Start a new page if less than this height is left."""
        if self.get_y() > self.h - height:
            self.add_page()

    def heading(self, text: str) -> None:
        """A heading that is not left alone at the foot of a page."""
        self.keep(45)
        self.set_y(self.get_y() + 2)
        self.say(text, 10.5, bold=True)

    def grid(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        total: bool = False,
        width: float | None = None,
    ) -> None:
        """A table whose header is repeated on every page; the last row may be its total."""
        self.set_font(FONT, "", self._table_size)
        self._ink(LIGHT.ink)
        self.set_draw_color(LIGHT.grid)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(column.share for column in columns),
            text_align=tuple(column.align for column in columns),
            headings_style=FontFace(emphasis="BOLD", color=LIGHT.muted),
            line_height=self._table_size * 0.525,
            padding=(0.5, 1, 0.5, 1),
            width=width or self.epw,
            align="LEFT",
        ) as table:
            for row in ([column.title for column in columns], *rows):
                last = total and row is rows[-1]
                line = table.row()
                for place, text in enumerate(row):
                    style = FontFace(emphasis="BOLD") if last else None
                    line.cell(self.drawable(text), style=style, padding=_padding(columns, place))
        self.set_y(self.get_y() + 2)

    def figures(self, listed: Sequence[tuple[str, str, str]]) -> None:
        """Label, figure and remark side by side."""
        width = self.epw / len(listed)
        top = self.get_y()
        for place, (label, figure, remark) in enumerate(listed):
            for offset, text, size, bold, color in (
                (0.0, label, 7, "", LIGHT.muted),
                (4.0, figure, 13, "B", LIGHT.ink),
                (10.5, remark, 7, "", LIGHT.muted),
            ):
                self.set_xy(self.l_margin + place * width, top + offset)
                self.set_font(FONT, bold, size)
                self._ink(color)
                self.cell(width - 2, size * 0.5, self._fitting(text, width - 2))
        self.set_xy(self.l_margin, top + 16)

    def bars(self, values: Sequence[tuple[str, float, str]], height: float = 16) -> None:
        """One bar per value, from zero, with its label below and its figure above."""
        most = max((value for _, value, _ in values), default=0)
        if most <= 0:
            return
        width = min(self.epw / len(values), 22)
        bottom = self.get_y() + height + 5
        for place, (label, value, figure) in enumerate(values):
            left = self.l_margin + place * width
            tall = max(value, 0) / most * height
            self.set_fill_color(LIGHT.current)
            self.rect(left, bottom - tall, width - 2, tall, style="F")
            self.set_font(FONT, "", 6.5)
            self._ink(LIGHT.ink)
            self.set_xy(left, bottom - tall - 4)
            self.cell(width - 2, 4, self._fitting(figure, width - 2), align="C")
            self._ink(LIGHT.muted)
            self.set_xy(left, bottom + 0.5)
            self.cell(width - 2, 4, self._fitting(label, width - 2), align="C")
        self.set_xy(self.l_margin, bottom + 6)

    def message(self, text: str, small: str, left: float, top: float, width: float) -> float:
        """A chart's message and measure, above the chart; returns where they end."""
        for line, size, bold, color in (
            (text, 9.0, "B", LIGHT.ink),
            (small, 7.0, "", LIGHT.muted),
        ):
            self.set_xy(left, top)
            self.set_font(FONT, bold, size)
            self._ink(color)
            self.multi_cell(width, size * 0.5, self.drawable(line), align="L")
            top = self.get_y()
        return top

    def place(self, drawing: bytes, left: float, top: float, width: float) -> None:
        """Put a chart's drawing on the current page at this width."""
        wide, high = size_of(drawing)
        scale = width * POINTS / wide
        bottom = (self.h - top) * POINTS - high * scale
        self._drawings.append(Placed(self.page_no() - 1, drawing, left * POINTS, bottom, scale))

    def width_of(self, text: str, *, bold: bool = False) -> float:
        """The width of the text in a table, character by character."""
        style = "B" if bold else ""
        return sum(self._width(letter, style) for letter in text)

    def _width(self, letter: str, style: str) -> float:
        known = self._letter_widths.get((letter, style))
        if known is None:
            self.set_font(FONT, style, self._table_size)
            known = float(self.get_string_width(self.drawable(f"x{letter}x")))
            known -= float(self.get_string_width("xx"))
            self._letter_widths[letter, style] = known
        return known

    def file(self) -> bytes:
        """The finished document."""
        written = bytes(self.output())
        return with_drawings(written, self._drawings) if self._drawings else written

    def _fitting(self, text: str, width: float) -> str:
        drawn = self.drawable(text)
        if self.get_string_width(drawn) <= width - 2:
            return drawn
        while drawn and self.get_string_width(drawn + "…") > width - 2:
            drawn = drawn[:-1]
        return drawn + "…"

    def _ink(self, color: str) -> None:
        self.set_text_color(color)


def _varies(letter: str) -> bool:
    """Variation selectors and skin tones: they modify a character and are none themselves."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U0001f3fb" <= letter <= "\U0001f3ff"


def _letters(paper: Any) -> frozenset[int]:
    """The characters that both faces have."""
    faces = [font for font in paper.fonts.values() if isinstance(font, TTFFont)]
    drawn = frozenset.intersection(*(frozenset(font.cmap) for font in faces))
    return frozenset(letter for letter in drawn if unicodedata.category(chr(letter)) != "Co")


def _padding(columns: Sequence[Column], place: int) -> tuple[float, float, float, float]:
    """Padding of a cell; text after a column of figures is set off from it."""
    follows_figures = (
        place > 0 and columns[place - 1].align == "RIGHT" and (columns[place].align == "LEFT")
    )
    return (0.5, 1, 0.5, 3.2 if follows_figures else 1)

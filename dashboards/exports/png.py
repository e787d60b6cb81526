"""Charts as pictures: what the screen draws, always light, without a browser.

The letters are those of the PDF files, so that nothing of the system is needed.
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from dashboards.charts.cached import on_paper
from dashboards.charts.theme import LIGHT, TITLE_AND_AXIS

MIME = "image/png"
FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu Sans"
WIDTH = 760
# twice the pixels of a screen: it goes into slides
SCALE = 2.0


def png_bytes(chart: Any, told: str) -> bytes:
    """The picture of a chart that was made in the light colours; told: of which data it is."""
    spec = on_paper(chart)
    spec["title"]["subtitle"] = [spec["title"]["subtitle"], told]
    spec["config"] |= {"background": LIGHT.ground, "font": FONT, "padding": 16}
    spec.setdefault("width", WIDTH)
    drawn: bytes = _drawing().vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return drawn


def pdf_bytes(chart: Any, width: int) -> bytes:
    """The same as a page of a PDF file without its title; its letters stay text."""
    spec = on_paper(chart, is_checked=False)
    spec.pop("title", None)
    spec["config"] |= {"font": FONT, "padding": 2}
    if not {"hconcat", "vconcat", "concat", "facet"} & spec.keys():
        spec["width"] = width
    for part in spec.get("vconcat", []):
        part["width"] = width
    if isinstance(spec.get("height"), int):  # of the whole picture, as the screen takes it
        spec["height"] = max(spec["height"] - TITLE_AND_AXIS, 60)
    drawn: bytes = _drawing().vegalite_to_pdf(spec, allowed_base_urls=[])
    return drawn


@cache
def _drawing() -> ModuleType:
    """Vega-Lite's own program, which is only started when somebody asks for a picture."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert

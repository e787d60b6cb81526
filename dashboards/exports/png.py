"""Charts as images: as on the screen, always light, without a browser.

They use the fonts of the PDF files, so no system font is needed.
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
# twice the screen's resolution, for slides
SCALE = 2.0


def png_bytes(chart: Any, source: str) -> bytes:
    """The image of a chart that was made in light colours; source: which data it shows."""
    spec = on_paper(chart)
    spec["title"]["subtitle"] = [spec["title"]["subtitle"], source]
    spec["config"] |= {"background": LIGHT.ground, "font": FONT, "padding": 16}
    spec.setdefault("width", WIDTH)
    drawn: bytes = _drawing().vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return drawn


def pdf_bytes(chart: Any, width: int) -> bytes:
    """The chart without its title as a page of a PDF file, with its letters as text."""
    spec = on_paper(chart, is_checked=False)
    spec.pop("title", None)
    spec["config"] |= {"font": FONT, "padding": 2}
    if not {"hconcat", "vconcat", "concat", "facet"} & spec.keys():
        spec["width"] = width
    for part in spec.get("vconcat", []):
        part["width"] = width
    if isinstance(spec.get("height"), int):  # of the whole image, as on the screen
        spec["height"] = max(spec["height"] - TITLE_AND_AXIS, 60)
    drawn: bytes = _drawing().vegalite_to_pdf(spec, allowed_base_urls=[])
    return drawn


@cache
def _drawing() -> ModuleType:
    """Vega-Lite's renderer, loaded when the first image is requested."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert

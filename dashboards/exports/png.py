"""Charts as pictures: what the screen draws with its title, always light, without a browser.

The letters are those of the PDF files, so that nothing of the system is needed.
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from dashboards.charts.theme import LIGHT

MIME = "image/png"
FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu Sans"
WIDTH = 760
# twice the pixels of a screen: it goes into slides
SCALE = 2.0


def png_bytes(chart: Any, told: str) -> bytes:
    """The picture of a chart that was made in the light colours; told: of which data it is."""
    spec: dict[str, Any] = chart.to_dict()
    spec["title"]["subtitle"] = [spec["title"]["subtitle"], told]
    spec["config"] |= {"background": LIGHT.ground, "font": FONT, "padding": 16}
    spec.setdefault("width", WIDTH)
    drawn: bytes = _drawing().vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return drawn


@cache
def _drawing() -> ModuleType:
    """Vega-Lite's own program, which is only started when somebody asks for a picture."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert

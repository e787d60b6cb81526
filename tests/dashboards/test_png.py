"""Pictures of charts: of a size for slides, light, with the title, and drawn without a network."""

import struct
from decimal import Decimal

import pandas as pd
import pytest
import vl_convert

from dashboards.charts.cached import on_paper
from dashboards.charts.decision import revenue_ranges
from dashboards.charts.theme import LIGHT
from dashboards.charts.waterfall import steps, waterfall
from dashboards.exports.png import SCALE, WIDTH, png_bytes

RANGES = pd.DataFrame(
    {
        "segment": ["smb", "<b>=1+1</b>"],
        "revenue_change": [0.04, -0.01],
        "revenue_change_low": [0.01, -0.02],
        "revenue_change_high": [0.07, 0.01],
    }
)


def test_a_chart_becomes_a_picture_twice_as_fine_as_the_screen() -> None:
    chart = revenue_ranges(RANGES, LIGHT, "smb: +4.0 %", -0.01, 80)
    drawn = png_bytes(chart, "generation 1")
    assert drawn.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", drawn[16:24])
    assert WIDTH * SCALE < width < WIDTH * SCALE * 1.4
    assert height > 100
    assert drawn == png_bytes(chart, "generation 1")
    assert drawn != png_bytes(chart, "generation 2")
    assert "width" not in chart.to_dict()


@pytest.mark.parametrize(("width", "is_aslant"), [(250, True), (900, False)])
def test_every_bar_of_a_bridge_is_named_on_a_phone(width: int, is_aslant: bool) -> None:
    moved = [(name, Decimal(10)) for name in ("Seats", "Discount", "Credits", "Platform fee")]
    bars = steps(("Current", Decimal(100)), moved, ("Proposed", Decimal(140)))
    spec = on_paper(waterfall(bars, LIGHT, "m", "USD")) | {"width": width}
    drawn = vl_convert.vegalite_to_svg(spec)
    assert all(f">{name}</text>" in drawn for name in bars["step"])
    assert ("rotate(-40)" in drawn) == is_aslant

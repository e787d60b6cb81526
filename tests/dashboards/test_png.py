"""Pictures of charts: of a size for slides, light, with the title, and drawn without a network."""

import struct

import pandas as pd

from dashboards.charts.decision import revenue_ranges
from dashboards.charts.theme import LIGHT
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

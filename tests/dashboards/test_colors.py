"""Colours that people can tell apart: contrast, and what colour-blind readers and greyscale see.

Contrast as in WCAG 2.1; deuteranopia and protanopia after Machado, Oliveira and Fernandes (2009);
distances as CIE 1976 in L*a*b*.
"""

import itertools
import math
import tomllib
from pathlib import Path
from typing import Literal

import pytest

from dashboards.charts.theme import DARK, LIGHT, Palette

Seen = Literal["as it is", "deuteranopia", "protanopia", "grey"]
Color = tuple[float, float, float]
CONFIG = Path(__file__).resolve().parents[2] / "dashboards" / ".streamlit" / "config.toml"
THEMES = {"light": LIGHT, "dark": DARK}
both = pytest.mark.parametrize("colors", THEMES.values(), ids=THEMES)

MATRICES: dict[str, tuple[Color, Color, Color]] = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def linear(color: str) -> Color:
    """The light of a colour such as #0072B2."""

    def channel(place: int) -> float:
        value = int(color[place : place + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return channel(1), channel(3), channel(5)


def luminance(light: Color) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


def seen(color: str, how: Seen) -> Color:
    light = linear(color)
    if how == "grey":
        return (luminance(light),) * 3
    if how == "as it is":
        return light
    red, green, blue = (
        min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0.0), 1.0)
        for row in MATRICES[how]
    )
    return red, green, blue


def lab(light: Color) -> Color:
    def root(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    red, green, blue = light
    x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    y = root(luminance(light))
    z = root((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, how: Seen) -> float:
    return math.dist(lab(seen(one, how)), lab(seen(other, how)))


def test_the_measures_are_those_of_the_standards() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert distance("#FFFFFF", "#000000", "as it is") == pytest.approx(100, abs=0.1)
    # red and green of one lightness are what a deuteranope confuses
    assert distance("#A05A00", "#6E7000", "deuteranopia") < 8
    assert distance("#FF0000", "#0000FF", "grey") == pytest.approx(20.9, abs=0.5)


@both
def test_text_keeps_four_and_a_half_and_marks_three_to_one(colors: Palette) -> None:
    # colours that words and figures are written in, then those of marks alone
    for color in (colors.ink, colors.muted, colors.bad, colors.caution):
        assert contrast(color, colors.ground) >= 4.5, color
    for color in (
        colors.current,
        colors.proposed,
        colors.good,
        colors.neutral,
        colors.above,
        colors.below,
        *colors.categories,
    ):
        assert contrast(color, colors.ground) >= 3, color


@both
def test_categories_stay_apart_for_colour_blind_readers(colors: Palette) -> None:
    for one, other in itertools.combinations(colors.categories, 2):
        for how in ("as it is", "deuteranopia", "protanopia"):
            assert distance(one, other, how) >= 20, (one, other, how)


@both
def test_the_first_three_categories_stay_apart_in_grey(colors: Palette) -> None:
    # between 3:1 and the end of the scale there is room for no more than three steps of twenty
    for one, other in itertools.combinations(colors.categories[:3], 2):
        assert distance(one, other, "grey") >= 20, (one, other)


@both
def test_good_bad_and_the_ends_of_a_scale_stay_apart(colors: Palette) -> None:
    for one, other in (
        (colors.good, colors.bad),
        (colors.proposed, colors.bad),
        (colors.proposed, colors.caution),
        (colors.current, colors.proposed),
        (colors.current, colors.proposed_fill),
        (colors.above, colors.below),
        (colors.above, colors.middle),
        (colors.below, colors.middle),
    ):
        for how in ("as it is", "deuteranopia", "protanopia"):
            assert distance(one, other, how) >= 20, (one, other, how)
    # an end of a diverging scale and its middle differ in lightness alone, too
    for end in (colors.above, colors.below):
        assert distance(end, colors.middle, "grey") >= 20


@pytest.mark.parametrize("name", THEMES)
def test_streamlits_own_charts_and_texts_have_the_same_colours(name: str) -> None:
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    colors = THEMES[name]
    assert tuple(theme["chartCategoricalColors"]) == colors.categories
    assert (theme["backgroundColor"], theme["textColor"]) == (colors.ground, colors.ink)
    for key in ("textColor", "linkColor", "primaryColor", "grayColor", "redColor"):
        least = 3 if key == "primaryColor" else 4.5
        assert contrast(theme[key], colors.ground) >= least, key
    steps = theme["chartSequentialColors"]
    lightness = [lab(linear(color))[0] for color in steps]
    assert lightness == sorted(lightness, reverse=name == "light")


@pytest.mark.parametrize("name", THEMES)
def test_a_command_inside_a_caption_can_be_read(name: str) -> None:
    # Streamlit draws captions at an opacity of 0.6, the ground of their code with them
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]

    def faded(color: str) -> str:
        ground = theme["backgroundColor"]
        channels = (
            round(0.6 * int(color[i : i + 2], 16) + 0.4 * int(ground[i : i + 2], 16))
            for i in (1, 3, 5)
        )
        return "#" + "".join(f"{channel:02X}" for channel in channels)

    assert contrast(faded(theme["codeTextColor"]), faded(theme["codeBackgroundColor"])) >= 4.5

"""Charts that several people look at for the first time at the same moment."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

from dashboards.charts import economics
from dashboards.charts.cached import on_paper, on_screen
from dashboards.charts.theme import LIGHT

pytestmark = pytest.mark.slow


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def chart(place: int) -> Any:
    """A chart of figures that no other one has."""
    months = {"month": ["2026-09", "2026-10"], "value": [0.5, place / 1000], "accounts": [5, 5]}
    frame = pd.DataFrame(months | {"is_provisional": [False, True]})
    return economics.rate_line(frame, LIGHT, "m", "margin", 0.06)


def figures(part: Any) -> set[str]:
    """The names of the figures that a drawing and its parts show."""
    if isinstance(part, dict):
        data = part.get("data")
        named = {data["name"]} if isinstance(data, dict) and "name" in data else set[str]()
        return named.union(*map(figures, part.values()))
    return set[str]().union(*map(figures, part)) if isinstance(part, list) else set()


def test_every_chart_has_its_own_figures_with_others_drawn_at_the_same_time(hurried: None) -> None:
    charts = [chart(place) for place in range(200)]
    with ThreadPoolExecutor(8) as people:
        drawn = list(people.map(on_screen, charts))
    for spec in drawn:
        assert figures(spec)
        assert figures(spec) == set(spec["datasets"])


def test_a_picture_has_its_figures_while_others_look(hurried: None) -> None:
    shown, printed = [chart(place) for place in range(100)], [chart(place) for place in range(100)]
    with ThreadPoolExecutor(8) as people:
        screens = people.map(on_screen, shown)
        papers = list(people.map(on_paper, printed))
        list(screens)
    for paper in papers:
        assert figures(paper) == set(paper["datasets"])
        assert all(isinstance(rows, list) and rows for rows in paper["datasets"].values())

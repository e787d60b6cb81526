"""Batches of drawn cases: hypothesis draws them one by one, one build rates them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.rating.book import Case, Setting
from tests.rating.strategies import cases as drawn_cases
from tests.rating.strategies import named
from tests.rating.variants import VARIANTS
from tests.rating.warehouse import build


@dataclass(frozen=True)
class Batch:
    """Cases, and the bills that the models made of them."""

    setting: Setting
    cases: Sequence[Case]
    varied: Sequence[Case]
    """Cases that also stand in the batch otherwise, as `<account>-<variant>`."""
    warehouse: Path


def rated(setting: Setting, number: int, folder: Path, *, size: int, varied: int) -> Batch:
    """Draw cases, vary some of those that have work, and build the models once for all."""
    drawn = draw_batch(setting, size, number)
    with_work = [case for case in drawn if case.usage][:varied]
    variants = [
        named(change(case), f"{case.account_id}-{name}", case.account_id)
        for case in with_work
        for name, change in VARIANTS.items()
    ]
    cases = [*drawn, *variants]
    return Batch(setting, cases, with_work, build(cases, setting, folder))


def draw_batch(setting: Setting, size: int, number: int = 0) -> list[Case]:
    """The same `size` cases for the same number; nothing is kept between runs."""
    drawn = [_draw(setting, number * 100_000 + place) for place in range(size)]
    return [named(case, f"a{place:04d}") for place, case in enumerate(drawn)]


def _draw(setting: Setting, key: int) -> Case:
    """One case on its own: in a longer run hypothesis draws variations of what it drew before."""
    drawn: list[Case] = []

    # the first example is always the simplest, the second the one that the key gives
    @seed(key)
    @settings(
        max_examples=2,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn_cases(setting))
    def collect(case: Case) -> None:
        drawn.append(case)

    collect()
    return drawn[-1]

"""Chance must be the same everywhere: a few draws are pinned."""

import numpy as np

from orchestration.generate.draws import Draws, key_of, units


def test_draws_are_the_same_on_every_machine() -> None:
    draws = Draws(7, "account", 1)
    assert [draws.whole(0, 999) for _ in range(4)] == [940, 152, 202, 40]


def test_a_key_depends_on_the_order_of_its_parts() -> None:
    assert key_of(1, "a") != key_of("a", 1)
    assert key_of("ab", "c") != key_of("a", "bc")


def test_many_draws_lie_evenly_between_nothing_and_one() -> None:
    drawn = units(key_of("even"), np.arange(100_000, dtype=np.uint64))
    assert drawn.min() >= 0.0 and drawn.max() < 1.0
    counts, _ = np.histogram(drawn, bins=10, range=(0.0, 1.0))
    assert counts.min() > 9_600 and counts.max() < 10_400


def test_a_draw_does_not_depend_on_the_others_asked_for() -> None:
    index = np.arange(50, dtype=np.uint64)
    assert units(3, index)[17] == units(3, index[17:18])[0]


def test_weights_are_kept() -> None:
    draws = Draws("weights")
    drawn = [draws.weighted((("often", 0.9), ("seldom", 0.1))) for _ in range(2_000)]
    assert 1_700 < drawn.count("often") < 1_900

"""Repeatable chance: whole-number mixing only, so that every machine draws the same.

A generator of numpy may change between its versions, and `hash()` changes with every
process; splitmix64 over written-down keys does neither.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_UNIT = 1.0 / (1 << 53)


def key_of(*parts: int | str) -> int:
    """A 64-bit key of the parts, in their order (FNV-1a)."""
    value = 0xCBF29CE484222325
    for part in parts:
        for byte in f"{part}\x1f".encode():
            value = ((value ^ byte) * 0x100000001B3) & _MASK
    return value


class Draws:
    """An endless series of draws that depends only on the key."""

    def __init__(self, *parts: int | str) -> None:
        self._state = key_of(*parts)

    def unit(self) -> float:
        """A number from 0 up to, not including, 1."""
        self._state = (self._state + _STEP) & _MASK
        return (_mixed(self._state) >> 11) * _UNIT

    def between(self, low: float, high: float) -> float:
        return low + self.unit() * (high - low)

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.unit() * len(items))]

    def weighted(self, items: Sequence[tuple[Item, float]]) -> Item:
        """One of the items; their weights add up to 1."""
        left = self.unit()
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]


def units(key: int, index: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """A draw from 0 up to 1 for each index, independent of all other draws."""
    state = index * np.uint64(_STEP) + np.uint64(key)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_FIRST)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_SECOND)
    state = state ^ (state >> np.uint64(31))
    drawn: npt.NDArray[np.float64] = (state >> np.uint64(11)).astype(np.float64) * _UNIT
    return drawn


def _mixed(state: int) -> int:
    state = ((state ^ (state >> 30)) * _FIRST) & _MASK
    state = ((state ^ (state >> 27)) * _SECOND) & _MASK
    return state ^ (state >> 31)

"""Which tests build a warehouse: `make test-fast` leaves them out.

A fixture that builds carries `@builds` below `@pytest.fixture`; every test that asks for it,
through whatever other fixtures, gets the marker `builds` automatically. A test that builds in its
own body carries `@pytest.mark.builds`. Where either is forgotten, neither dbt nor a recorded build
starts: `make test` fails with a sentence that says what to mark.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

from orchestration.pipeline import dbt_runner, recorded

MARKER = "builds"
# long suites, which no quick run includes
LONG = ("soak", "external")
_ATTRIBUTE = "builds_a_warehouse"
Function = TypeVar("Function", bound=Callable[..., Any])

_running: list[pytest.Item] = []


def builds(function: Function) -> Function:
    """Say of a fixture's function that it builds a warehouse."""
    setattr(function, _ATTRIBUTE, True)
    return function


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark every test that one of its fixtures builds for."""
    for item in items:
        if isinstance(item, pytest.Function) and any(
            hasattr(fixture.func, _ATTRIBUTE)
            for fixtures in item._fixtureinfo.name2fixturedefs.values()
            for fixture in fixtures[-1:]
        ):
            item.add_marker(MARKER)


def run(item: pytest.Item) -> None:
    """From here on dbt runs for this test."""
    _running[:] = [item]


def watch() -> None:
    """Let dbt or a recorded build start only for tests that carry the marker."""
    prepare, recording = dbt_runner._prepare, recorded._recording

    def prepared() -> None:
        _require_marker()
        prepare()

    def read(*args: Any) -> Any:
        _require_marker()
        return recording(*args)

    dbt_runner._prepare = prepared
    recorded._recording = read  # type: ignore[assignment]


def _require_marker() -> None:
    if _running and not any(map(_running[0].get_closest_marker, (MARKER, *LONG))):
        pytest.fail(
            f"{_running[0].nodeid} builds a warehouse and does not say so: put @builds below "
            "@pytest.fixture of the fixture that builds, or @pytest.mark.builds on the test "
            "(tests/builds.py).",
            pytrace=False,
        )

"""Tasks that wait for one another, run several at a time."""

import threading
from collections.abc import Iterator

import pytest

from orchestration.platform.side_by_side import side_by_side

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": []}


def _all_go_on(_: str) -> bool:
    return True


def test_each_task_runs_once_after_what_it_needs() -> None:
    ended: list[str] = []
    for name, result in side_by_side(DIAMOND, [1, 2], lambda _, name: name.upper(), _all_go_on):
        assert result == name.upper()
        assert set(DIAMOND[name]) <= set(ended)
        ended.append(name)
    assert sorted(ended) == sorted(DIAMOND)


def test_what_most_waits_for_starts_first() -> None:
    started: list[str] = []

    def run(_: int, name: str) -> str:
        started.append(name)
        return name

    needs = {"leaf": [], "root": [], "next": ["root"], "last": ["next"]}
    assert len(list(side_by_side(needs, [1], run, _all_go_on))) == 4
    assert started == ["root", "next", "leaf", "last"]


def test_two_tasks_run_at_the_same_time_and_never_on_the_same_worker() -> None:
    both = threading.Barrier(2, timeout=10)

    def run(worker: int, _: str) -> int:
        both.wait()
        return worker

    found = side_by_side({"a": [], "b": []}, [1, 2], run, lambda _: True)
    assert {worker for _, worker in found} == {1, 2}


def test_nothing_starts_after_a_result_with_which_it_does_not_go_on() -> None:
    started: list[str] = []

    def run(_: int, name: str) -> bool:
        started.append(name)
        return name != "b"

    needs = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"]}
    results = dict(side_by_side(needs, [1], run, bool))
    assert results == {"a": True, "b": False}
    assert started == ["a", "b"]


def test_an_error_is_raised_and_nothing_starts_after_it() -> None:
    started: list[str] = []

    def run(_: int, name: str) -> str:
        started.append(name)
        if name == "b":
            raise ValueError("b cannot run")
        return name

    def consume(found: Iterator[tuple[str, str]]) -> None:
        for _ in found:
            pass

    with pytest.raises(ValueError, match="b cannot run"):
        consume(side_by_side({"a": [], "b": ["a"], "c": ["b"]}, [1], run, _all_go_on))
    assert started == ["a", "b"]


def test_no_task_gives_no_result() -> None:
    assert list(side_by_side({}, [1], lambda _, name: name, _all_go_on)) == []

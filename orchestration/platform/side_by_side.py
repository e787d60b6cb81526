"""Runs tasks that wait for one another, several at a time."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

Worker = TypeVar("Worker")
Result = TypeVar("Result")


def side_by_side(
    needs: Mapping[str, Iterable[str]],
    workers: Sequence[Worker],
    run: Callable[[Worker, str], Result],
    goes_on: Callable[[Result], bool],
) -> Iterator[tuple[str, Result]]:
    """Yield each task's name and result as soon as it has run; a worker has one task at a time.

    `needs` names what each task waits for. Of the tasks that can start, the one with the most
    tasks in a row behind it starts first. After a result with which it does not go on, and after
    an error, which is raised, no further task starts.
    """
    waiting = TopologicalSorter(needs)
    waiting.prepare()
    behind = _longest_way_behind(needs)
    order = {name: number for number, name in enumerate(needs)}
    startable: list[tuple[int, int, str]] = []
    idle = list(workers)
    running: dict[Future[Result], tuple[Worker, str]] = {}
    is_stopped = False
    with ThreadPoolExecutor(len(workers)) as pool:
        while waiting.is_active() or running:
            for name in waiting.get_ready() if waiting.is_active() else ():
                heapq.heappush(startable, (-behind[name], order[name], name))
            while startable and idle and not is_stopped:
                name = heapq.heappop(startable)[2]
                worker = idle.pop()
                running[pool.submit(run, worker, name)] = (worker, name)
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                worker, name = running.pop(future)
                idle.append(worker)
                result = future.result()
                is_stopped = is_stopped or not goes_on(result)
                waiting.done(name)
                yield name, result


def _longest_way_behind(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """For each task, the number of tasks in the longest row that waits for it."""
    behind = dict.fromkeys(needs, 0)
    for name in reversed(list(TopologicalSorter(needs).static_order())):
        for needed in needs[name]:
            behind[needed] = max(behind[needed], behind[name] + 1)
    return behind

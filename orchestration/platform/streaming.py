"""The reports of a long piece of work, one by one while it runs."""

import threading
from collections.abc import Callable, Generator
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

Report = TypeVar("Report")
Result = TypeVar("Result")


@dataclass(frozen=True)
class _End(Generic[Result]):
    result: Result | None = None
    error: BaseException | None = None


def streamed(
    work: Callable[[Callable[[Report], None]], Result],
) -> Generator[Report, None, Result]:
    """Yield what the work reports as it reports it; return its result, or raise what it raised.

    The work runs in a thread of its own. If the caller is interrupted or stops reading, the work's
    next report raises KeyboardInterrupt in it, and its end is awaited: nothing is left running.
    """
    queue: SimpleQueue[Report | _End[Result]] = SimpleQueue()
    stopped = threading.Event()

    def report(item: Report) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        queue.put(item)

    def run() -> None:
        try:
            result = work(report)
        except BaseException as error:
            queue.put(_End(error=error))
        else:
            queue.put(_End(result))

    thread = threading.Thread(
        target=copy_context().run, args=(run,), name="seatshift-work", daemon=True
    )
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
    except BaseException:
        stopped.set()
        thread.join()
        raise
    if item.error is not None:
        raise item.error
    return item.result  # type: ignore[return-value]  # the work's own result, which may be None

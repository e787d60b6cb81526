"""Progress messages of long steps, received by the command line and by Dagster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Sink = Callable[[str], None]

_sink: ContextVar[Sink | None] = ContextVar("progress_sink", default=None)
# the latest message of any thread: where a stalled run stopped
_latest: list[str] = [""]


def say(message: str) -> None:
    """Send a message to the current listener, if there is one."""
    teller()(message)


def teller() -> Sink:
    """`say` bound to the current listener, for use in other threads."""
    sink = _sink.get()

    def tell(message: str) -> None:
        _latest[0] = message
        if sink is not None:
            sink(message)

    return tell


def latest() -> str:
    """The latest message in this process; empty before the first."""
    return _latest[0]


@contextmanager
def listening(sink: Sink) -> Iterator[None]:
    """Send every message inside the block to the sink, and to any outer listener."""
    outer = _sink.get()

    def tell(message: str) -> None:
        if outer is not None:
            outer(message)
        sink(message)

    token = _sink.set(tell)
    try:
        yield
    finally:
        _sink.reset(token)

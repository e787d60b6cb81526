"""Where long steps say what they do; the command line and Dagster each listen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Sink = Callable[[str], None]

_sink: ContextVar[Sink | None] = ContextVar("progress_sink", default=None)
# what was said last, by whichever thread: where a run that does nothing more stands
_latest: list[str] = [""]


def say(message: str) -> None:
    """Tell whoever listens; silent where nobody does."""
    teller()(message)


def teller() -> Sink:
    """`say` for other threads, which do not know by themselves who listens here."""
    sink = _sink.get()

    def tell(message: str) -> None:
        _latest[0] = message
        if sink is not None:
            sink(message)

    return tell


def latest() -> str:
    """What was said last in this process; empty before anything was."""
    return _latest[0]


@contextmanager
def listening(sink: Sink) -> Iterator[None]:
    """Send every message said inside the block to the sink, and to whoever listened before."""
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

"""Where long steps say what they do; the command line and Dagster each listen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Sink = Callable[[str], None]

_sink: ContextVar[Sink | None] = ContextVar("progress_sink", default=None)


def say(message: str) -> None:
    """Tell whoever listens; silent where nobody does."""
    sink = _sink.get()
    if sink is not None:
        sink(message)


def teller() -> Sink:
    """`say` for other threads, which do not know by themselves who listens here."""
    return _sink.get() or (lambda message: None)


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

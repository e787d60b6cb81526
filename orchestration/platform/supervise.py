"""Runs a command in its own thread, so that the main thread can always handle signals."""

import os
import signal
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from types import FrameType
from typing import NoReturn

from orchestration.platform import pointer_moves

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# replacing the pointer is one rename; only a disk that hangs takes longer
GATE_SECONDS = 10


@dataclass(frozen=True)
class _Over:
    """The command ended on its own."""

    error: BaseException | None = None


def supervised(command: Callable[[], None]) -> None:
    """Run the command and raise what it raises; a signal ends the process at once.

    The exit code is then 128 plus the signal's number. Nothing is unwound: libraries react to an
    interruption in different ways (ignore it, print a traceback, abort a C++ thread), and all
    important files are written so that killing the process does no harm.
    """
    if threading.current_thread() is not threading.main_thread():
        command()  # only the main thread receives signals, so the embedding program handles them
        return
    pointer_moves.forget()
    heard: SimpleQueue[_Over | int] = SimpleQueue()
    stopping = threading.Event()

    def work() -> None:
        try:
            command()
        except BaseException as error:
            heard.put(_Over(error))
        else:
            heard.put(_Over())

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        stopping.set()
        heard.put(number)

    # a signal that was ignored at the start (nohup, background job) stays ignored
    listened = [one for one in SIGNALS if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    before = {one: signal.signal(one, on_signal) for one in listened}
    try:
        threading.Thread(target=copy_context().run, args=(work,), daemon=True).start()
        ending = heard.get()
        if isinstance(ending, int):
            end_process("Stopped", 128 + ending)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if isinstance(ending, _Over) and ending.error is not None:
        raise ending.error


def end_process(said: str, code: int) -> NoReturn:
    """Print a last sentence and exit without unwinding; the system frees lock, memory and files."""
    if pointer_moves.gate.acquire(timeout=GATE_SECONDS):
        consequence = pointer_moves.consequence()
    else:
        consequence = "`seatshift status` says whether the new generation is published"
    # not through a stream: another thread may hold its lock
    tell(f"{said}; {consequence}.")
    os._exit(code)


def tell(sentence: str) -> None:
    """Write a line to standard error, unbuffered; ignore a failure."""
    try:
        os.write(2, f"{sentence}\n".encode())
    except OSError:
        # standard error is closed; the exit code still reports what happened
        return

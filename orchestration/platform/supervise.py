"""A command in a thread of its own, so that the main thread is always free to hear a signal."""

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
    """The command came to an end by itself."""

    error: BaseException | None = None


def supervised(command: Callable[[], None]) -> None:
    """Run the command; raises what it raised. A signal ends the process at once, in one sentence.

    The exit code is 128 plus the signal's number. Nothing is unwound: libraries answer an
    interruption each in its own way (swallowed, a traceback, an abort of a thread in C++), whereas
    every file that matters is written so that a killed process harms nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        command()  # only the main thread hears signals: whoever embeds the command sees to them
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

    # who started this with a signal ignored (nohup, a job in the background) wants it ignored
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
    """Say a last sentence and leave without unwinding; the system frees lock, memory and files."""
    if pointer_moves.gate.acquire(timeout=GATE_SECONDS):
        consequence = pointer_moves.consequence()
    else:
        consequence = "`seatshift status` says whether the new generation is published"
    # not through a stream: another thread may hold its lock
    tell(f"{said}; {consequence}.")
    os._exit(code)


def tell(sentence: str) -> None:
    """Write a line to standard error, past all buffers; nowhere if it cannot be written."""
    try:
        os.write(2, f"{sentence}\n".encode())
    except OSError:
        # nobody is left to hear it; the exit code still says what happened
        return

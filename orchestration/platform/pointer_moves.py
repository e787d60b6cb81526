"""Whether this process has shown readers another generation; whatever ends it says so."""

import threading
from dataclasses import dataclass

UNCHANGED = "what was published before is unchanged"


@dataclass
class _Moves:
    said: str = UNCHANGED


_moves = _Moves()

# held while the pointer is replaced: whoever ends the process takes it first, and so either finds
# the pointer moved or knows that it no longer will be
gate = threading.Lock()


def moved(sentence: str) -> None:
    """Remember what readers see now, such as `generation 3 is published`."""
    _moves.said = sentence


def forget() -> None:
    """Begin anew: a command says only what it did itself."""
    _moves.said = UNCHANGED


def consequence() -> str:
    """What readers see now, as the second half of a sentence."""
    return _moves.said

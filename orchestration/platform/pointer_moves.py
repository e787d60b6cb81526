"""Records whether this process has published a generation, for its final message."""

import threading
from dataclasses import dataclass

UNCHANGED = "what was published before is unchanged"


@dataclass
class _Moves:
    said: str = UNCHANGED


_moves = _Moves()

# held while the pointer is replaced; code that ends the process takes it first, so that its final
# message is right about the pointer
gate = threading.Lock()


def moved(sentence: str) -> None:
    """Record what readers see now, such as `generation 3 is published`."""
    _moves.said = sentence


def forget() -> None:
    """Reset: a command reports only what it did itself."""
    _moves.said = UNCHANGED


def consequence() -> str:
    """What readers see now, worded as the second half of a sentence."""
    return _moves.said

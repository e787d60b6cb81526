"""What a command may end with: a sentence and an exit code, and never a fault of ours."""

import re

from tests.soak.forks import Ended

# exit codes of the product: fine, failed, misused, refused, unusable input, busy
CODES = (0, 1, 2, 3, 4, 5)
FAULT = re.compile(r"Traceback|Something went wrong|[Uu]nexpected|should not have|our fault")


def ill_ended(ended: Ended) -> list[str]:
    """What is wrong with the way in which a command ended."""
    shown = ended.out[-1500:]
    if ended.code not in CODES:
        return [f"it ended with {ended.code}: {shown}"]
    if found := FAULT.search(ended.out):
        return [f"it says {found.group()!r}: {shown}"]
    if ended.code and not ended.out.strip():
        return ["it failed without a word"]
    return []

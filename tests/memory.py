"""How much memory this process has held at most."""

import resource
import sys
from pathlib import Path


def peak_mib() -> int:
    """Peak resident memory in MiB of this program alone.

    Linux hands a parent's peak on to the programs it starts; only VmHWM starts over with them.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(t for t in status.read_text().splitlines() if t.startswith("VmHWM:"))
        return int(line.split()[1]) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)

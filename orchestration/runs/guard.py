"""Leads the process group of `seatshift dagster`'s services and ends it with their supervisor.

The supervisor holds the other end of this process's standard input. However the supervisor ends,
by SIGKILL too, the system closes that end; then everything in the group is killed, with the runs
that it works on. A pipe does that on macOS as well as on Linux, and reaches processes that the
services started themselves. Called as `python guard.py FOLDER`; the folder is removed, too.
"""

import os
import shutil
import signal
import sys


def main() -> None:
    """Wait until the supervisor is gone, then kill the group that this process leads."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1):
        pass
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

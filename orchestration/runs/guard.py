"""Lead the process group of `seatshift dagster`'s services and kill it when the supervisor ends.

The supervisor holds the other end of this process's standard input. However the supervisor ends,
even by SIGKILL, the system closes that end, and the whole group is killed, including its runs. A
pipe works on macOS and Linux and covers processes that the services started. Called as `python
guard.py FOLDER`; it also removes the folder.
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

"""The dashboard as people start it, on a free port of this machine."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.dashboards.sample import ROOT


@contextmanager
def serving(home: Path, folder: Path, *hosts: str) -> Iterator[str]:
    """The address of a server over the home, started in another folder; hosts: as by `--host`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", "dashboard", "--home", str(home)]
    named = [part for host in hosts for part in ("--host", host)]
    server = subprocess.Popen(
        [*command, "--port", str(port), *named],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        end = monotonic() + 60
        while monotonic() < end:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
                break
            except OSError:
                sleep(0.3)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)

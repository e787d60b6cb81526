"""The command line as users call it: in this process where only words matter, else in its own."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from orchestration.cli.main import main
from orchestration.cli.shared import err as to_err
from orchestration.cli.shared import out as to_out

WIDTH = 200

Done = subprocess.CompletedProcess[str]


def run(*args: str | Path, width: int = WIDTH) -> Done:
    """Call the command; it shares the slow imports of this process with all other tests."""
    command = ["seatshift", *(str(arg) for arg in args)]
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", command),
        patch.object(to_out, "_width", width),
        patch.object(to_err, "_width", width),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return _without_traceback(Done(command, code, out.getvalue(), err.getvalue()))


def spawn(*args: str | Path) -> Done:
    """Call the command in a process of its own, with next to nothing in its environment."""
    return _without_traceback(
        subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *(str(arg) for arg in args)],
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
            env={"PATH": "/usr/bin:/bin", "COLUMNS": str(WIDTH), "TERM": "dumb"},
        )
    )


def _without_traceback(done: Done) -> Done:
    assert "Traceback" not in done.stdout + done.stderr
    return done

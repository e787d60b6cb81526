"""A warm process that forks one child per call, so that a step costs no imports.

The imports and the parsed dbt project are ready before the first child; no child's DuckDB, dbt or
Dagster has threads of the parent. Children are killed by the test that started them.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[2]
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "COLUMNS": "200",
    "TERM": "dumb",
}


@dataclass(frozen=True)
class Ended:
    """How a child ended: exit code, or minus the signal; what it printed and what it returned."""

    code: int
    seconds: float
    out: str
    result: dict[str, Any]

    @property
    def is_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    def must(self) -> "Ended":
        """Itself, where the call ended well."""
        assert self.code == 0, f"exit {self.code}\n{self.result.get('error')}\n{self.out}"
        return self


@dataclass(frozen=True)
class Running:
    """A child at work."""

    pid: int
    started: float
    out: Path
    result: Path

    def kill(self, number: int = signal.SIGKILL) -> None:
        """It is a zombie at worst: its number is not anybody else's before it was waited for."""
        os.kill(self.pid, number)


class ForkServer:
    """The warm process and its children."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._calls = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.forks", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "server.log").open("w"),
            text=True,
            cwd=ROOT,
            env={**os.environ, **QUIET},
        )
        assert self._answer() == {"ready": True}

    def start(self, call: str, home: Path, **args: Any) -> Running:
        """Begin a function of tests.soak.calls in a child; `die_at` and `count` are for points."""
        self._calls += 1
        stem = self._folder / f"{self._calls:05d}"
        out, result = stem.with_suffix(".out"), stem.with_suffix(".json")
        request = {"call": call, "home": str(home), "args": args}
        self._ask({"start": request, "out": str(out), "result": str(result)})
        return Running(int(self._answer()["pid"]), time.monotonic(), out, result)

    def wait(self, running: Running, timeout: float = 900) -> Ended:
        self._ask({"wait": running.pid, "timeout": timeout})
        answer = self._answer()
        # a child that dies at once has not opened its files
        out = ""
        if running.out.is_file():
            out = running.out.read_text(encoding="utf-8", errors="replace")
        text = running.result.read_text(encoding="utf-8") if running.result.is_file() else ""
        for path in (running.out, running.result):
            path.unlink(missing_ok=True)
        seconds = time.monotonic() - running.started
        return Ended(int(answer["code"]), seconds, out, json.loads(text) if text else {})

    def call(self, call: str, home: Path, **args: Any) -> Ended:
        return self.wait(self.start(call, home, **args))

    def command(self, home: Path, *words: str, **args: Any) -> Ended:
        """A `seatshift` command on a home."""
        return self.call("command", home, words=[*words, "--home", str(home)], **args)

    def killed(self, call: str, home: Path, after: float, **args: Any) -> Ended:
        """The call, killed after a time unless it ended before."""
        running = self.start(call, home, **args)
        time.sleep(after)
        running.kill()
        return self.wait(running)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _ask(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self._folder / "server.log").read_text(encoding="utf-8")[-4000:]
        answer: dict[str, Any] = json.loads(line)
        return answer


def spawned(
    home: Path,
    *words: str,
    environment: dict[str, str] | None = None,
    begin: Callable[[], None] | None = None,
) -> Ended:
    """A `seatshift` command in a process of its own, calling `begin` before all imports."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *words, "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=1800,
        env={**os.environ, **QUIET, **(environment or {})},
        preexec_fn=begin,
    )
    return Ended(done.returncode, time.monotonic() - started, done.stdout, {})


def _serve(folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    # whatever an import prints is no answer
    os.dup2(2, 1)
    _warm_up(folder)
    _tell(answers, {"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            pid = os.fork()
            if pid == 0:
                answers.close()
                _child(asked["start"], asked["out"], asked["result"])
            _tell(answers, {"pid": pid})
        else:
            _tell(answers, {"code": _waited(asked["wait"], asked["timeout"])})


def _tell(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _warm_up(folder: Path) -> None:
    """Import what the steps need, and parse the dbt project; no DuckDB file is opened."""
    import gc

    from orchestration.pipeline.dbt_runner import parse
    from tests.soak import calls

    parse(
        folder / "dbt",
        {
            "SEATSHIFT_WAREHOUSE": str(folder / "none.duckdb"),
            "SEATSHIFT_MEMORY": "1GB",
            "SEATSHIFT_THREADS": "1",
            "SEATSHIFT_SPILL": str(folder),
        },
    )
    assert calls is not None
    gc.freeze()


def _child(request: dict[str, Any], out: str, result: str) -> None:
    """Never returns: the process ends with the call."""
    from tests.soak import calls

    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    # opened now: the child may be out of files at its end
    ending = os.open(result, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(handle, number)
    code, answer = calls.run(request["call"], Path(request["home"]), request["args"])
    sys.stdout.flush()
    sys.stderr.flush()
    with os.fdopen(ending, "w", encoding="utf-8") as file:
        json.dump(answer, file, default=str)
    os._exit(code)


def _waited(pid: int, timeout: float) -> int:
    deadline = time.monotonic() + timeout
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return -signal.SIGALRM
        time.sleep(0.002)


def main(arguments: Sequence[str]) -> None:
    try:
        _serve(Path(arguments[0]))
    except Exception:
        traceback.print_exc()
        raise


if __name__ == "__main__":
    main(sys.argv[1:])

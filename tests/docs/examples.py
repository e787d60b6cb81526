"""The examples of the docs site: commands and queries with what they print, found and run.

A page shows a command in a block `console`: lines that begin with `$ ` are commands, the others
what they print. A query stands in a block `sql`, and its result in the block `text` below it.
SEATSHIFT_REWRITE_DOCS=1 writes what is printed today into the pages instead of comparing.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import duckdb

from tests.cli_runs import run

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
REWRITES = os.environ.get("SEATSHIFT_REWRITE_DOCS") == "1"
WIDTH = 100
PROGRESS = re.compile(r"^ *\d+\.\d s  .*\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in its order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [Block(kind, textwrap.dedent(body)) for _, kind, body in FENCE.findall(text)]


def prose(page: str) -> str:
    """What a page says outside of its blocks and of what it quotes as code."""
    text = FENCE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    return re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)


def check(page: str, block: Block, actual: str) -> None:
    """Compare a block with what it should say, or write that into the page."""
    if REWRITES:
        path = DOCS / page
        text = path.read_text(encoding="utf-8")
        assert text.count(block.text) == 1, f"{page} has this block more than once: {block.text}"
        path.write_text(text.replace(block.text, actual), encoding="utf-8")
    else:
        assert actual == block.text


def commands(block: Block) -> Iterator[str]:
    """The commands of a block `console`."""
    return (line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ "))


def console(block: Block, call: Callable[[str], str]) -> str:
    """The block as it would be written today."""
    return "".join(f"$ {command}\n{call(command)}" for command in commands(block))


def call(command: str) -> str:
    """What a command prints in the working directory: ours in this process, others in a shell."""
    ours, _, rest = command.partition(" | ")
    name, *args = shlex.split(ours)
    if name != "seatshift":
        printed = _shell(command)
    elif args[0] == "dashboard":
        printed = _served(args)
    else:
        done = run(*args, width=WIDTH)
        printed = PROGRESS.sub("", done.stderr) + done.stdout
        printed = _shell(rest, printed) if rest else printed
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def _served(args: list[str]) -> str:
    """What a server says before it is stopped; it answers on a free port instead of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", *args, "--port", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert server.stdout is not None
    try:
        said = server.stdout.readline()
        for _ in range(240):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return said.replace(str(port), "8501")
            time.sleep(0.5)
    finally:
        server.terminate()
        server.wait(timeout=60)
    raise AssertionError(f"{command} does not answer")


def _shell(command: str, given: str = "") -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    return done.stdout + done.stderr


def result(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The rows of a query as a table of plain text."""
    cursor = connection.execute(query)
    header = [str(column[0]) for column in cursor.description or []]
    rows = [[_text(value) for value in row] for row in cursor.fetchall()]
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    ruled = [header, ["-" * width for width in widths], *rows]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in ruled
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)

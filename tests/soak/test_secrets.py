"""Secrets of the environment and of settings are in no log, no output, no snapshot, no page."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.figures import note
from tests.soak.forks import QUIET, ROOT
from tests.soak.states import States

pytestmark = pytest.mark.soak

CANARY = "s3cr3t-c4n4ry"
# what people have in their environment when they start a program
VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AZURE_STORAGE_CONNECTION_STRING",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "DATABASE_URL",
    "SNOWFLAKE_PASSWORD",
    "SLACK_WEBHOOK",
    "SMTP_PASSWORD",
    "STREAMLIT_AUTH_COOKIE_SECRET",
    "DBT_ENV_SECRET_TOKEN",
    "SEATSHIFT_TOKEN",
)
COMMAND = (sys.executable, "-m", "orchestration.cli")
PORTS = {"dashboard": 8597, "dagster": 8598}


def test_no_secret_gets_out(states: States, tmp_path: Path) -> None:
    home = states.put("grown", linked=False)
    secrets = {name: f"{CANARY}-{name.lower()}" for name in VARIABLES}
    secrets["DATABASE_URL"] = f"postgresql://user:{CANARY}-url@localhost/db"
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(f'password = "{CANARY}-file"\n')
    environment = {**os.environ, **QUIET, **secrets, "TMPDIR": str(tmp_path)}
    outputs: dict[str, bytes] = {}
    for words in _commands(home, tmp_path):
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
            timeout=900,
        )
        outputs[" ".join(words)] = done.stdout + done.stderr
    for name, port in PORTS.items():
        outputs[name] = _served(name, home, port, environment, tmp_path)
    found = [name for name, text in outputs.items() if CANARY.encode() in text]
    files = list(_files(home, tmp_path))
    found += [str(path) for path in files if CANARY.encode() in path.read_bytes()]
    note(
        "Secrets in the environment, settings and .streamlit",
        tried=len(outputs) + len(files),
        expected="in no output, log, state file or snapshot",
        found=f"{len(found)} found",
        commands=len(outputs),
        files=len(files),
        secrets=len(secrets) + 2,
    )
    assert found == []


def _commands(home: Path, folder: Path) -> Iterator[list[str]]:
    """Every command, well used and misused; the settings that are refused come last."""
    at = ["--home", str(home)]
    yield ["refresh", *at]
    yield ["status", *at]
    yield ["status", *at, "--json"]
    yield ["check", *at]
    yield ["doctor", *at]
    yield ["history", *at]
    yield ["explain", "acme", *at]
    yield ["explain", "nobody", *at]
    yield ["whatif", "--set", "charges.work.unit_amount=3", *at]
    yield ["solve", "outcome", "--price", "charges.work.unit_amount=1..3", *at]
    yield ["backfill", "--months", "1", *at]
    yield ["rollback", *at]
    yield ["refresh", "--full-refresh", *at]
    yield ["init", str(folder / "new")]
    yield ["generate", str(folder / "made"), "--accounts", "3", "--months", "3"]
    yield ["refresh", "--home", str(folder / "nowhere")]
    snapshot = sorted((home / "var" / "snapshots").glob("*.duckdb"))[-1]
    snapshot.chmod(0o644)
    snapshot.write_bytes(b"no database")
    yield ["status", *at]
    settings = home / "settings.toml"
    text = settings.read_text(encoding="utf-8")
    for more in (
        f'[database]\npassword = "{CANARY}-unknown"\n',
        f'[refresh]\npassword = "{CANARY}-key"\n',
    ):
        settings.write_text(f"{text}\n{more}", encoding="utf-8")
        yield ["refresh", *at]
        yield ["doctor", *at]
    # what was asked for is no part of what the product keeps
    settings.write_text(text, encoding="utf-8")


def _served(name: str, home: Path, port: int, environment: dict[str, str], folder: Path) -> bytes:
    """What a server prints and answers until it is stopped."""
    log = folder / f"{name}.served"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*COMMAND, name, "--home", str(home), "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            answered = _answers(port, ("/", "/healthz"))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    content = log.read_bytes()
    log.unlink()
    assert answered, content[-2000:]
    return content + answered


def _answers(port: int, paths: tuple[str, ...]) -> bytes:
    deadline = time.monotonic() + 180
    answered = b""
    while not answered and time.monotonic() < deadline:
        time.sleep(1)
        for path in paths:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as page:
                    answered += page.read()
            except urllib.error.HTTPError as error:
                answered += error.read() or b" "
            except OSError:
                continue
    return answered


def _files(home: Path, folder: Path) -> Iterator[Path]:
    """Everything that was written, but for the file that holds the secret by right."""
    for root in (home, folder):
        for path in root.rglob("*"):
            if path.is_file() and path.name != "secrets.toml":
                yield path

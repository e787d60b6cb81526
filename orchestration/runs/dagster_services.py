"""`seatshift dagster`: start and stop the code server, webserver and daemon of one home."""

import fcntl
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from orchestration.platform.errors import RefreshBusy, RequestError
from orchestration.platform.files import write_text
from orchestration.platform.home import HOME_VARIABLE
from orchestration.platform.settings import Settings
from orchestration.platform.versions import ROOT
from orchestration.runs.instance import prepare_instance
from orchestration.runs.services import GRACE_SECONDS, Services, listening_for_stops

MODULE = "orchestration.definitions"
ADDRESS = "127.0.0.1"


def run_dagster(settings: Settings, port: int, say: Callable[[str], None]) -> int:
    """Serve until a signal stops it; the exit code is 128 and the signal's number.

    Raises RefreshBusy if Dagster already runs for this home, RequestError if the port is taken, and
    SeatshiftError if one of the programs ends on its own; nothing is left running.
    """
    with listening_for_stops() as stops, _alone(settings) as lock:
        _need_port(port)
        folder = prepare_instance(settings)
        # imported late, because Dagster takes seconds to import
        from orchestration.defs.dead_runs import end_dead_runs_of_home
        from orchestration.defs.timing import daily_schedule

        daily_schedule(settings)
        for sentence in end_dead_runs_of_home(settings, str(folder)):
            say(sentence)
        services = Services(
            stops,
            environment=_environment(settings, folder),
            folder=folder,
            shares=[lock.fileno()],
        )
        # a code server that is still loading has nothing to finish, and would show a traceback
        grace = 0.0
        try:
            _note_group(lock, services.group)
            code_socket = services.scratch / "code.sock"
            services.start("code server", _code_server(code_socket))
            services.wait(until=code_socket)
            workspace = _write_workspace(folder, code_socket)
            if not stops.received:
                grace = GRACE_SECONDS
                services.start("webserver", _webserver(port, workspace))
                services.start("daemon", _daemon(workspace))
                say(f"Dagster: http://{ADDRESS}:{port}   (Ctrl-C to stop)")
            services.wait()
        finally:
            services.stop(grace)
        stopped_by = stops.received[0]
    say(
        f"Dagster stopped ({stopped_by.name}); the published generation is unchanged. A refresh "
        "that was running is retried at the next start."
    )
    return 128 + stopped_by


@contextmanager
def _alone(settings: Settings) -> Iterator[IO[str]]:
    """Hold HOME/var/dagster.lock; started programs hold it as long as they run."""
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "dagster.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            group = file.read().strip()
            how = f" (`kill -- -{group}` ends it)" if group else ""
            raise RefreshBusy(
                f"Dagster already runs for {settings.home}{how}: one is enough, "
                "so use that one or stop it first."
            ) from None
        file.truncate(0)
        yield file


def _note_group(lock: IO[str], group: int) -> None:
    lock.write(f"{group}\n")
    lock.flush()


def _need_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise RequestError(
                f"Port {port} of {ADDRESS} cannot be used ({error.strerror}): "
                "name another one with --port."
            ) from None


def _environment(settings: Settings, folder: Path) -> dict[str, str]:
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {
        HOME_VARIABLE: str(settings.home),
        "DAGSTER_HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(path),
    }


def _code_server(code_socket: Path) -> list[str]:
    command = [sys.executable, "-m", "dagster", "api", "grpc", "--socket", str(code_socket)]
    return [*command, "--module-name", MODULE, "--location-name", MODULE, "--log-level", "warning"]


def _webserver(port: int, workspace: Path) -> list[str]:
    command = [sys.executable, "-m", "dagster_webserver", "--workspace", str(workspace)]
    return [*command, "--host", ADDRESS, "--port", str(port)]


def _daemon(workspace: Path) -> list[str]:
    return [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace)]


def _write_workspace(folder: Path, code_socket: Path) -> Path:
    path = folder / "workspace.yaml"
    server = {"socket": str(code_socket), "location_name": MODULE}
    # JSON is valid YAML, with correct quoting
    write_text(path, json.dumps({"load_from": [{"grpc_server": server}]}))
    return path

"""The commands that run the two servers, the dashboard and Dagster."""

import os
import re
import sys
from typing import Annotated

import typer

from orchestration.cli.shared import Home, close, err, out, settings_of
from orchestration.platform.home import HOME_VARIABLE
from orchestration.platform.settings import Settings

# host names of the dashboard on its own machine
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")


def dashboard(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 8501,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            envvar="SEATSHIFT_HOSTS",
            help="Host name that a reverse proxy on this machine forwards; may be repeated. Other "
            "host names are refused, except this machine's own.",
        ),
    ] = None,
) -> None:
    """Serve the dashboard, to this machine only."""
    from orchestration.platform.versions import ROOT

    names = [*LOCAL_NAMES, *(_host_name(name) for name in hosts or [])]
    settings = settings_of(home)
    close(settings)
    app_file = ROOT / "dashboards" / "server.py"
    out.print(f"Dashboard: http://127.0.0.1:{port}   (Ctrl-C stops it)")
    _become(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(app_file),
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(port),
            "--server.headless",
            "true",
            "--browser.gatherUsageStats",
            "false",
            *(part for name in names for part in ("--server.allowedHosts", name)),
        ],
        settings,
    )


def dagster(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Run Dagster with this home's schedule and sensor.

    It can be reached from this machine only.
    """
    from orchestration.runs.dagster_services import run_dagster

    def show(sentence: str) -> None:
        err.print(sentence, markup=False, soft_wrap=True)

    raise typer.Exit(run_dagster(settings_of(home), port, show))


def _host_name(text: str) -> str:
    """A bare host name: no scheme, port, path or wildcard."""
    name = text.strip().lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise typer.BadParameter(
            f"--host is {text!r}; give the host name only, such as pricing.example.com."
        )
    return name


def _become(command: list[str], settings: Settings) -> None:
    os.environ[HOME_VARIABLE] = str(settings.home)
    sys.stdout.flush()
    os.execv(command[0], command)

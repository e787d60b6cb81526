"""The two servers: the dashboard and Dagster."""

import os
import re
import sys
from typing import Annotated

import typer

from orchestration.cli.shared import Home, close, err, out, settings_of
from orchestration.platform.home import HOME_VARIABLE
from orchestration.platform.settings import Settings

# what the dashboard is called on its own machine
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")


def dashboard(
    home: Home = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 8501,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            envvar="SEATSHIFT_HOSTS",
            help="A name by which a reverse proxy on this machine passes requests on; may be "
            "repeated. Other names than this machine's own are refused.",
        ),
    ] = None,
) -> None:
    """Open the dashboard over the published snapshot (this machine only)."""
    from orchestration.platform.versions import ROOT

    names = [*LOCAL_NAMES, *(_host_name(name) for name in hosts or [])]
    settings = settings_of(home)
    close(settings)
    app_file = ROOT / "dashboards" / "server.py"
    out.print(f"Dashboard: http://127.0.0.1:{port}   (Ctrl-C ends it)")
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
    """Run Dagster with its schedule and sensor for this home (this machine only)."""
    from orchestration.runs.dagster_services import run_dagster

    def show(sentence: str) -> None:
        err.print(sentence, markup=False, soft_wrap=True)

    raise typer.Exit(run_dagster(settings_of(home), port, show))


def _host_name(text: str) -> str:
    """A name as it stands in an address: no scheme, port, path or wildcard."""
    name = text.strip().lower().rstrip(".")
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise typer.BadParameter(
            f"--host is {text!r}; write the name alone, such as pricing.example.com."
        )
    return name


def _become(command: list[str], settings: Settings) -> None:
    os.environ[HOME_VARIABLE] = str(settings.home)
    sys.stdout.flush()
    os.execv(command[0], command)

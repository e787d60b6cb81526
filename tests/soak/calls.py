"""What a child of the fork server does: a step of a refresh, a command, or a look at the page."""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import orchestration.runs.refresh
from dashboards import server
from dashboards.access import LOCAL
from dashboards.data.journal import Entry, record
from dashboards.data.warehouse import current
from orchestration.cli.main import main
from orchestration.ingest.land import land_export
from orchestration.ingest.specs import EXPORTS
from orchestration.pipeline import build, publish
from orchestration.pipeline.build import current_candidate
from orchestration.pipeline.transform import building_path, refuse_failed
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.lock import refresh_lock
from orchestration.platform.settings import Settings, load_settings
from orchestration.validation.audit import audit_arrival, audit_built, docs_path, refuse_blocked
from tests.soak import faults, readers
from tests.soak.points import Points

assert (
    orchestration.runs.refresh is not None
)  # slow to import: the server does it once for all children

APP = Path(server.__file__).with_name("streamlit_app.py")


def run(call: str, home: Path, args: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of one call; a step holds the home's lock, as in a refresh."""
    watched = Points(home, args.pop("die_at", None)) if args.pop("count", False) else None
    faults.suffer(home, args.pop("faults", {}))
    answer: dict[str, Any] = {}
    code = 0
    try:
        if watched is not None:
            watched.watch()
        if call in STEPS:
            settings = load_settings(home)
            with refresh_lock(settings):
                STEPS[call](settings)
        else:
            answer = OTHERS[call](home, **args)
            code = int(answer.get("code", 0))
    except BaseException as error:
        code = error.exit_code if isinstance(error, SeatshiftError) else 70
        answer = {
            "error": f"{type(error).__name__}: {error}",
            "is_sentence": isinstance(error, SeatshiftError),
        }
        traceback.print_exc()
    if watched is not None:
        answer["points"] = watched.seen
    return code, answer


def _land(settings: Settings) -> None:
    for name in EXPORTS:
        land_export(settings, name)


def _inputs(settings: Settings) -> None:
    publish.recover(settings)
    build.start(settings)


def _build_anew(settings: Settings) -> None:
    build.start(settings, full_refresh=True)


def _arrival(settings: Settings) -> None:
    identity = current_candidate(settings).build_id
    found = audit_arrival(settings, build_id=identity, warehouse=building_path(settings))
    refuse_blocked(found, docs_path(settings, identity))


def _models(settings: Settings) -> None:
    refuse_failed(settings, build.run_dbt(settings, current_candidate(settings)))


def _audit(settings: Settings) -> None:
    identity = current_candidate(settings).build_id
    found = audit_built(settings, build_id=identity, warehouse=build.build_path(settings, identity))
    refuse_blocked(found, docs_path(settings, identity))


def _publish(settings: Settings) -> None:
    publish.publish(settings, current_candidate(settings))


def _point(settings: Settings) -> None:
    """A publication up to its pointer, as one that is killed right after it."""
    really = publish._finish_if_possible
    publish._finish_if_possible = lambda settings, pointer: None
    try:
        _publish(settings)
    finally:
        publish._finish_if_possible = really


STEPS: dict[str, Callable[[Settings], None]] = {
    "land": _land,
    "inputs": _inputs,
    "build_anew": _build_anew,
    "arrival": _arrival,
    "models": _models,
    "audit": _audit,
    "publish": _publish,
    "point": _point,
    "finish": publish.finish,
}


def _command(home: Path, words: list[str]) -> dict[str, Any]:
    sys.argv = ["seatshift", *words]
    try:
        main()
    except SystemExit as end:
        return {"code": end.code if isinstance(end.code, int) else int(end.code is not None)}
    return {"code": 0}


def _health(home: Path) -> dict[str, Any]:
    """What /healthz answers."""
    os.environ["SEATSHIFT_HOME"] = str(home)
    answer = asyncio.run(server.health(None))  # type: ignore[arg-type]  # it reads no request
    return {"status": answer.status_code, "body": json.loads(bytes(answer.body))}


def _page(
    home: Path, page: str = "decision", query: dict[str, str] | None = None
) -> dict[str, Any]:
    """A page as a reader finds it: what it says in red or yellow, and whether it broke."""
    os.environ["SEATSHIFT_HOME"] = str(home)
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in (query or {}).items():
        app.query_params[name] = value
    app.run()
    if page != "decision":
        app.switch_page(f"app_pages/{page}.py").run()
    return {
        "broken": [f"{one.message}\n{one.stack_trace}" for one in app.exception],
        "errors": [str(one.value) for one in app.error],
        "warnings": [str(one.value) for one in app.warning],
        "figures": len(app.metric) + len(app.dataframe),
    }


def _decide(home: Path) -> dict[str, Any]:
    """Write a decision down, as the dashboard does."""
    os.environ["SEATSHIFT_HOME"] = str(home)
    entry = Entry("all", "Wait", "hold_data", "It holds", date(2027, 1, 1))
    record(current(), LOCAL, entry)
    return {}


OTHERS: dict[str, Callable[..., dict[str, Any]]] = {
    "command": _command,
    "health": _health,
    "page": _page,
    "decide": _decide,
    "read": readers.read,
    "reads_done": readers.reads_done,
    "publish_often": readers.publish_often,
    "figures": readers.figures,
    "race": readers.race,
}

"""The dashboard's server: the pages, the audit's Data Docs, and a health check.

`streamlit run dashboards/server.py` serves all three behind the guard. Only tests run the pages
alone, without the guard, from streamlit_app.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from orchestration.platform.private import write_privately
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from dashboards.access import NAMES, NotAllowed, require
from dashboards.data.docs import DOCS_ROUTE, docs_folder
from dashboards.data.warehouse import BadSnapshot, NoSnapshot, current, home
from dashboards.data_docs import INDEX, POLICY, docs_page
from dashboards.guard import BARE_POLICY, HEADERS, Guard, inline_scripts
from dashboards.scripts import COPY, FOCUS, SIGNS


async def data_docs(request: Request) -> Response:
    """A page of the Data Docs of one build; 404 for anything outside them.

    They quote rows of the exports, so only people who may see names can open them; they run nothing
    and load nothing from other sites.
    """
    try:
        require(NAMES)
    except NotAllowed:
        raise HTTPException(status_code=403) from None
    folder = docs_folder(request.path_params["build_id"])
    target = (folder / (request.path_params["path"] or INDEX)).resolve()
    if not target.is_relative_to(folder) or not target.is_file():
        raise HTTPException(status_code=404)
    policy = {"Content-Security-Policy": POLICY}
    if target.suffix == ".html":
        return HTMLResponse(docs_page(folder, target), headers=policy)
    return FileResponse(target, headers=policy)


async def health(request: Request) -> JSONResponse:
    """Whether a snapshot is served, which generation, and as of when; 503 if there is none."""
    try:
        snapshot = current()
    except NoSnapshot:
        return JSONResponse({"state": "empty"}, status_code=503)
    except BadSnapshot:
        return JSONResponse({"state": "damaged"}, status_code=503)
    return JSONResponse(
        {
            "state": "serving",
            "generation": snapshot.generation,
            "as_of": snapshot.as_of.isoformat(),
        }
    )


async def fault(request: Request, error: Exception) -> PlainTextResponse:
    """The response to an unexpected error, without details: those are in the log."""
    return PlainTextResponse(
        "Unexpected error: see the log in the dashboard's terminal.\n",
        status_code=500,
        headers=HEADERS | {"Content-Security-Policy": BARE_POLICY, "Cache-Control": "no-store"},
    )


@asynccontextmanager
async def privately(app: st.App) -> AsyncIterator[None]:
    """While the server runs, only people who may read the home can read what it writes."""
    write_privately(home())
    yield


def names() -> list[str]:
    """The further host names given by `--host`."""
    known: list[str] = st.get_option("server.allowedHosts")
    return known


ROUTES = [
    Route(DOCS_ROUTE + "/{build_id}/{path:path}", data_docs),
    Route("/healthz", health),
]
MIDDLEWARE = [
    Middleware(
        Guard,
        names=names,
        scripts=[*inline_scripts(Path(get_static_dir()) / "index.html"), SIGNS, FOCUS, COPY],
    )
]

app = st.App(
    Path(__file__).with_name("streamlit_app.py"),
    routes=ROUTES,
    middleware=MIDDLEWARE,
    exception_handlers={Exception: fault},
    lifespan=privately,
)

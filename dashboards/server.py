"""The dashboard as it is served: the pages, the audit's Data Docs, and a health answer.

`streamlit run dashboards/server.py` serves all three; the pages alone run from streamlit_app.py.
"""

from pathlib import Path

import streamlit as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

from dashboards.access import NAMES, NotAllowed, require
from dashboards.data.docs import DOCS_ROUTE, docs_folder
from dashboards.data.warehouse import NoSnapshot, current


async def data_docs(request: Request) -> FileResponse:
    """A page of the Data Docs of one build; 404 for anything outside them.

    They quote rows as the exports have them, so that they are for those who may see names.
    """
    try:
        require(NAMES)
    except NotAllowed:
        raise HTTPException(status_code=403) from None
    folder = docs_folder(request.path_params["build_id"])
    target = (folder / (request.path_params["path"] or "index.html")).resolve()
    if not target.is_relative_to(folder) or not target.is_file():
        raise HTTPException(status_code=404)
    return FileResponse(target)


async def health(request: Request) -> JSONResponse:
    """Whether a snapshot is served, which generation, and as of when; 503 before the first."""
    try:
        snapshot = current()
    except NoSnapshot:
        return JSONResponse({"state": "empty"}, status_code=503)
    return JSONResponse(
        {
            "state": "serving",
            "generation": snapshot.generation,
            "as_of": snapshot.as_of.isoformat(),
        }
    )


ROUTES = [
    Route(DOCS_ROUTE + "/{build_id}/{path:path}", data_docs),
    Route("/healthz", health),
]

app = st.App(Path(__file__).with_name("streamlit_app.py"), routes=ROUTES)

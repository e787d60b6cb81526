"""What stands before every route of the dashboard's server, Streamlit's own included.

A web page that somebody opens elsewhere can point its own name at 127.0.0.1 and ask this server for
figures as if it were a part of it. So every request must name this server as its owner knows it,
a request that says which page sent it must come from our own, and every answer tells the browser
to run, load, frame and share nothing but what a page needs.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# names of this very machine; others are for a reverse proxy on it
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HOST = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::\d{1,5})?", re.IGNORECASE)

# of Streamlit's routes only these are asked for by our pages: its metrics, its API for agents, its
# uploads, components and sign-in are not used
STREAMLIT = ("_stcore/health", "_stcore/host-config", "_stcore/stream")
CLOSED = ("_stcore", "component", "auth", "oauth2callback", "app/static")
# what holds no figure may stay in the browser
STATIC = ("/static/", "/favicon.png", "/manifest.json")

WRONG_HOST = (
    "This dashboard does not go by the name in this address: open it by 127.0.0.1 or localhost, or "
    "start it with `seatshift dashboard --host NAME`."
)
WRONG_ORIGIN = "This was asked for by a page of another site, which the dashboard does not answer."
NOTHING_HERE = "There is nothing at this address."

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# an answer that draws nothing: plain text, JSON, files
BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(host: str, scripts: Iterable[str]) -> str:
    """The policy of a page at this host: nothing from elsewhere, and no script but the named ones.

    Streamlit writes the looks of its elements into the page as it runs, reads long numbers by
    WebAssembly, and draws charts without turning text into code.
    """
    allowed = " ".join(f"'sha256-{digest(script)}'" for script in scripts)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {allowed}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def digest(script: str) -> str:
    """By what a policy knows a script that stands inside a page."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def inline_scripts(page: Path) -> list[str]:
    """The scripts that stand inside an HTML file, as they stand there."""
    return re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)


class Guard:
    """Middleware that refuses what is not for this server and marks every answer.

    `names` are the host names beside those of this machine that the server goes by, exactly as
    they stand in an address; `scripts` are those that may stand inside a page.
    """

    def __init__(
        self, app: ASGIApp, names: Callable[[], Iterable[str]], scripts: Iterable[str]
    ) -> None:
        self.app = app
        self.names = names
        self.scripts = tuple(scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = self._host(headers)
        marked = self._marked(scope, send, host)
        if host is None:
            await _refuse(scope, receive, marked, 421, WRONG_HOST)
        elif not _from_here(headers, host):
            await _refuse(scope, receive, marked, 403, WRONG_ORIGIN)
        elif _is_closed(scope["path"]):
            await _refuse(scope, receive, marked, 404, NOTHING_HERE)
        else:
            await self.app(scope, receive, marked)

    def _host(self, headers: Headers) -> str | None:
        """The Host of the request, where it is one of ours and there is one alone."""
        named = headers.getlist("host")
        found = HOST.fullmatch(named[0]) if len(named) == 1 else None
        if found is None:
            return None
        name = (found["v6"] or found["name"]).lower().rstrip(".")
        known = {*LOOPBACK, *(known.strip().lower().rstrip(".") for known in self.names())}
        return named[0] if name in known else None

    def _marked(self, scope: Scope, send: Send, host: str | None) -> Send:
        async def marked(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if host is not None and headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Security-Policy", page_policy(host, self.scripts))
                headers.setdefault("Content-Security-Policy", BARE_POLICY)
                if host is None or not scope["path"].startswith(STATIC):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return marked


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a request that names the page it comes from was sent by a page of this server.

    A browser names it where a page of another origin could read the answer or open a stream.
    """
    origins = headers.getlist("origin")
    return all(origin in (f"http://{host}", f"https://{host}") for origin in origins)


def _is_closed(path: str) -> bool:
    plain = re.sub("/+", "/", path).strip("/")
    return plain not in STREAMLIT and any(
        plain == closed or plain.startswith(f"{closed}/") for closed in CLOSED
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        # the message that asks for the connection comes before any answer to it
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
            return
    await PlainTextResponse(f"{why}\n", status_code=status)(scope, receive, send)

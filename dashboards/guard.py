"""The guard in front of every route of the dashboard's server, including Streamlit's own.

A web page on another site can point its own domain at 127.0.0.1 and request figures from this
server as if it were part of it. So every request must use a host name that the server's owner set,
a request that names the page it came from must come from ours, and every answer forbids the browser
to run, load, frame or share more than a page needs.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# names of this machine; others are for a reverse proxy on it
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HOST = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_.-]+))(?::\d{1,5})?", re.IGNORECASE)

# the only routes of Streamlit that our pages use: not its metrics, agent API, uploads, components
# or sign-in
STREAMLIT = ("_stcore/health", "_stcore/host-config", "_stcore/stream")
CLOSED = ("_stcore", "component", "auth", "oauth2callback", "app/static")
# responses without figures may be cached by the browser
STATIC = ("/static/", "/favicon.png", "/manifest.json")

WRONG_HOST = (
    "This dashboard does not answer to the host name in this address: open it as 127.0.0.1 or "
    "localhost, or start it with `seatshift dashboard --host NAME`."
)
WRONG_ORIGIN = "The request came from a page of another site, so the dashboard refused it."
NOTHING_HERE = "There is nothing at this address."

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# a response that is not a page: plain text, JSON, files
BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page_policy(host: str, scripts: Iterable[str]) -> str:
    """The content policy of a page at this host: nothing from other hosts, only the given scripts.

    Streamlit writes inline styles while it runs, uses WebAssembly to read long numbers, and draws
    charts without evaluating text as code.
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
    """The hash by which a policy allows an inline script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def inline_scripts(page: Path) -> list[str]:
    """The inline scripts of an HTML file, unchanged."""
    return re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)


class Guard:
    """Middleware that refuses requests not meant for this server and adds headers to each response.

    `names` are further host names of the server, exactly as in an address; `scripts` are the inline
    scripts that a page may run.
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
        """The Host of the request, if there is exactly one and it is ours."""
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
    """Whether a request that names its origin was sent by a page of this server.

    A browser names the origin if another page could read the response or open a stream.
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
        # the connection request must be received before it can be answered
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
            return
    await PlainTextResponse(f"{why}\n", status_code=status)(scope, receive, send)

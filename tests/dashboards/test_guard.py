"""Who may ask the dashboard's server, for what, and what every answer carries."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import websockets.sync.client as websocket
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from typer.testing import CliRunner
from websockets import Subprotocol
from websockets.exceptions import InvalidStatus

from dashboards import server
from dashboards.guard import HEADERS
from orchestration.cli.main import app as commands
from tests.dashboards import sample
from tests.dashboards.serving import serving

pytestmark = pytest.mark.slow

# a page, our own answers, Streamlit's, its files, and what is not there
PATHS = (
    "/",
    "/triggers",
    "/healthz",
    "/data-docs/0123456789abcdef/index.html",
    "/_stcore/health",
    "/_stcore/host-config",
    "/static/js/nothing.js",
    "/favicon.png",
    "/media/nothing",
    "/component/nothing",
    "/nothing/at/all",
    "//nothing",
)
CLOSED = (
    "/_stcore/metrics",
    "//_stcore/metrics",
    "/_stcore//metrics",
    "/_stcore/script-health-check",
    "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/component/x/y.js",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/app/static/x",
)
NOT_OURS = (
    "evil.example",
    "evil.example:8501",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8501",
    "user@127.0.0.1",
    "127.0.0.1/",
    "127.0.0.1:x",
    "0.0.0.0",
    "10.0.0.1:8501",
    "[::2]:8501",
    "",
)
PROXY = "pricing.example.com"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("served")
    sample.publish(home, sample.settings_only)
    with serving(home, tmp_path_factory.mktemp("elsewhere"), PROXY) as url:
        yield url


def asked(
    address: str, path: str, host: str | None = None, method: str = "GET", **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and content of an answer to a request that may name any host."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host=True)
        if host != "none":
            connection.putheader("Host", place.netloc if host is None else host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_no_route_answers_under_another_name(address: str) -> None:
    port = urlsplit(address).port
    asking = [(path, host, "GET") for path in (*PATHS, *CLOSED) for host in NOT_OURS]
    asking += [(path, "evil.example", how) for path in PATHS for how in ("HEAD", "POST", "OPTIONS")]
    for path, host, method in asking:
        # what is no Host at all is turned away by the server below the guard
        assert asked(address, path, host, method)[0] in (421, 400), (path, host, method)
        assert asked(address, path, "none")[0] in (421, 400), path
        assert asked(address, path, f"evil.example:{port}")[0] == 421, path
    message = asked(address, "/", "evil.example")[2].decode()
    assert "open it as 127.0.0.1 or localhost" in message and message.count("\n") == 1


def test_it_answers_under_the_names_of_its_machine_and_of_its_proxy(address: str) -> None:
    port = urlsplit(address).port
    for host in ("localhost", f"LOCALHOST:{port}", "127.0.0.1", f"[::1]:{port}", f"{PROXY}:443"):
        for path in ("/", "/healthz", "/_stcore/health"):
            assert asked(address, path, host)[0] == 200, (host, path)
        assert f"ws://{host}" in asked(address, "/", host)[1]["Content-Security-Policy"]


def test_a_page_of_another_site_gets_no_answer(address: str) -> None:
    own = urlsplit(address).netloc
    # another server of this machine is another site, too
    for origin in ("http://evil.example", "http://localhost:3000", "http://127.0.0.1:1", "null"):
        for path in ("/", "/healthz", "/_stcore/health", "/data-docs/0123456789abcdef/"):
            status, headers, _ = asked(address, path, Origin=origin)
            assert status == 403, (origin, path)
            assert headers["Access-Control-Allow-Origin"] is None
    assert asked(address, "/healthz", Origin=f"http://{own}")[0] == 200
    assert asked(address, "/healthz", host=PROXY, Origin=f"https://{PROXY}")[0] == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (None, None, 101),
        (None, "http://{own}", 101),
        (PROXY, f"https://{PROXY}", 101),
        ("evil.example", None, 421),
        ("evil.example:{port}", "http://evil.example:{port}", 421),
        (None, "http://evil.example", 403),
        (None, "http://localhost:3000", 403),
        (None, "null", 403),
    ],
)
def test_a_stream_is_opened_by_our_own_pages_alone(
    address: str, host: str | None, origin: str | None, status: int
) -> None:
    place = urlsplit(address)
    named = (host or place.netloc).format(port=place.port)
    sent = {"Origin": origin.format(own=place.netloc, port=place.port)} if origin else {}

    def connect() -> websocket.ClientConnection:
        # the name in the address becomes the Host, whatever is connected to
        return websocket.connect(
            f"ws://{named}/_stcore/stream",
            sock=socket.create_connection((str(place.hostname), place.port or 80)),
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=sent,
        )

    if status == 101:
        connect().close()
        return
    with pytest.raises(InvalidStatus) as refused:
        connect()
    assert refused.value.response.status_code == status
    assert refused.value.response.headers["X-Frame-Options"] == "DENY"


def test_what_our_pages_do_not_use_is_closed(address: str) -> None:
    for path in CLOSED:
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            status, _, content = asked(address, path, method=method)
            assert (status, b"nothing at this address" in content) == (404, True), (path, method)
    config = asked(address, "/_stcore/host-config")[2]
    assert b"streamlit" not in config  # no site of Streamlit's may steer our pages


def test_every_answer_carries_the_headers(address: str) -> None:
    for host, path in [(None, path) for path in (*PATHS, *CLOSED)] + [("evil.example", "/")]:
        status, headers, _ = asked(address, path, host)
        for name, value in HEADERS.items():
            assert headers.get_all(name) == [value], (path, status, name)
        [policy] = headers.get_all("Content-Security-Policy") or []
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == "'none'", path
        assert rules["frame-ancestors"] == rules["base-uri"] == "'none'", path
        scripts = rules.get("script-src", "").split()
        assert "'unsafe-inline'" not in scripts and "'unsafe-eval'" not in scripts, path
        assert "http" not in policy.replace("https://", "http://") or path == "", policy
        if not path.startswith(("/static/", "/favicon")):
            assert headers["Cache-Control"] == "no-store", path


def test_what_breaks_says_nothing_and_carries_the_headers() -> None:
    async def broken(request: Request) -> PlainTextResponse:
        raise ValueError("acme pays 41 EUR")

    app = Starlette(
        routes=[Route("/broken", broken)],
        middleware=server.MIDDLEWARE,
        exception_handlers={Exception: server.fault},
    )
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "acme" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("host", ["http://x", "*", "*.example.com", "x:8501", "a b", "x/", ""])
def test_a_host_that_is_no_name_is_refused(host: str) -> None:
    done = CliRunner().invoke(commands, ["dashboard", "--host", host], env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert "give the host name only" in done.output

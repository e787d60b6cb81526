"""Data Docs are served as text: nothing runs in them and nothing is fetched for them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards import server
from dashboards.data.docs import docs_folder

BUILD = "0123456789abcdef"
RESULTS = "validations/arrival: accounts/__none__/20261101T000000Z/arrival-accounts.html"
PAGE = """<!DOCTYPE html>
<html><head><title>Data Docs &amp; more</title>
<link rel="stylesheet" href="https://maxcdn.bootstrapcdn.com/bootstrap.min.css"/>
<link rel="shortcut icon" href="../../../static/images/favicon.ico"/>
<style>.kept { color: red; }</style>
<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>
</head><body>
<a href="../../../../index.html"><img src="https://elsewhere.example/logo.png?home=1"/></a>
<img src="//elsewhere.example/x.png"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<label class="btn" onclick="hide()">Failed only</label><svg onload="run()"></svg>
<script>document.title = "</div> it ran"; $("x")</script>
<span>Status:</span> <i class="fas fa-times text-danger"></i> Failed
<td>&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; onclick="text" Müller</td>
<iframe src="https://elsewhere.example"></iframe><object data="HTTPS://elsewhere.example"></object>
</body></html>
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    folder = docs_folder(BUILD)
    for name, text in (
        (RESULTS, PAGE),
        (RESULTS.replace("accounts", "seat_events"), PAGE.replace("Failed\n", "Succeeded\n")),
        ("index.html", "<script>drawn by a script</script>"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def client(site: Path) -> Iterator[TestClient]:
    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    with TestClient(app, "http://localhost") as client:
        yield client


def test_a_page_keeps_its_text_and_runs_and_fetches_nothing(client: TestClient) -> None:
    answer = client.get(f"/data-docs/{BUILD}/{RESULTS}")
    shown = answer.text
    assert answer.status_code == 200
    assert "<script" not in shown and "it ran" not in shown and "$(" not in shown
    assert not re.search(r"<[^>]*\son\w+=", shown)
    assert "elsewhere.example" not in shown and "https://" not in shown and "<link" not in shown
    assert '&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; onclick="text" Müller' in shown
    assert ".kept { color: red; }" in shown and "data:image/gif" in shown
    assert '<label class="btn">Failed only</label>' in shown
    rules = answer.headers["Content-Security-Policy"]
    assert "script-src" not in rules and rules.startswith("default-src 'none'; style-src")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_first_page_lists_the_others_those_that_failed_first(client: TestClient) -> None:
    shown = client.get(f"/data-docs/{BUILD}/").text
    found = re.findall(r'<tr><td>(\w+)</td><td><a href="([^"]+)">([^<]+)</a>', shown)
    assert [(said, name) for said, _, name in found] == [
        ("Failed", "arrival: accounts"),
        ("Succeeded", "arrival: seat_events"),
    ]
    for _, link, _ in found:
        assert client.get(f"/data-docs/{BUILD}/{link}").status_code == 200


def test_pages_that_are_damaged_or_gone_break_nothing(client: TestClient, site: Path) -> None:
    (site / RESULTS).write_bytes(b"\xff\xfe<script>x")
    assert client.get(f"/data-docs/{BUILD}/{RESULTS}").status_code == 200
    assert "Unknown" in client.get(f"/data-docs/{BUILD}/").text
    shutil.rmtree(site / "validations")
    assert client.get(f"/data-docs/{BUILD}/").status_code == 200
    shutil.rmtree(site)
    assert client.get(f"/data-docs/{BUILD}/").status_code == 404

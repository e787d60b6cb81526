"""What the dashboard's server answers beside its pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards import access, server
from dashboards.data.docs import SITE, audited_rules, docs_link
from dashboards.data.warehouse import current
from tests.conftest import PublishedHome


@pytest.fixture
def client(demo: PublishedHome, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The server's own routes over the published demo, behind its guard, without Streamlit's."""
    monkeypatch.setenv("SEATSHIFT_HOME", str(demo.home))
    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    with TestClient(app, "http://127.0.0.1") as client:
        yield client


def test_the_data_docs_of_the_published_build_open(client: TestClient) -> None:
    link = docs_link(current())
    assert link is not None
    answer = client.get(link)
    assert answer.status_code == 200
    assert "Data Docs" in answer.text
    pages = re.findall(r'href="(validations/[^"]*)"', answer.text)
    assert len(pages) == answer.text.count("<td>Succeeded</td>") > 20
    page = client.get(f"{link.removesuffix('index.html')}{pages[0]}")
    assert page.status_code == 200
    assert "Evaluated Expectations" in page.text


def test_the_data_docs_are_for_those_who_see_names(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = docs_link(current())
    monkeypatch.setattr(access, "person", lambda: access.Person("guest", "viewer"))
    assert link is not None and client.get(link).status_code == 403
    assert docs_link(current()) is None


def test_nothing_outside_the_data_docs_is_served(client: TestClient, demo: PublishedHome) -> None:
    build = demo.pointer.build_id
    secret = demo.home / "settings.toml"
    depth = len((demo.home / "var" / "gx" / build / SITE).relative_to(demo.home).parts)
    for path in (
        f"/data-docs/{build}/{'%2e%2e/' * depth}{secret.name}",
        f"/data-docs/{build}/{secret}",
        "/data-docs/..%2f..%2f/settings.toml",
        "/data-docs/none/index.html",
        f"/data-docs/{build}/missing.html",
    ):
        assert client.get(path).status_code == 404, path


def test_health_says_which_generation_is_served(client: TestClient, demo: PublishedHome) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["generation"] == demo.pointer.generation


def test_health_says_so_before_the_first_snapshot(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    assert client.get("/healthz").status_code == 503


def test_health_says_so_where_the_pointer_is_damaged(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "current.json").write_text("{")
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"state": "damaged"})


def test_the_audit_lists_every_rule_with_what_it_found(
    client: TestClient, demo: PublishedHome
) -> None:
    rules = audited_rules(current())
    assert len(rules) == demo.pointer.audit["checks"]
    assert all(rule.passed for rule in rules if rule.severity == "critical")

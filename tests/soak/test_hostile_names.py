"""Hostile names go through the whole flow, every page and every file, and stay names.

Accounts, segments, owners, files, plans, charges and the company itself bear them. The pages are
those of a home that a refresh published, so that loading, dbt and both audits have met the names
before; the checks of files are those of tests/dashboards/test_hostile.py.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.exports.csv import FORMULA_STARTS
from tests.dashboards.conftest import PAGES
from tests.dashboards.offered import read_as_markup, watched
from tests.dashboards.test_hostile import NUMBER, TURNING, check
from tests.soak import proof
from tests.soak.figures import count, draws, note
from tests.soak.forks import ROOT, ForkServer
from tests.soak.hostile import NAMES, file_names, names
from tests.soak.hostile_company import account_id, hostile
from tests.soak.sentences import ill_ended

pytestmark = pytest.mark.soak

TEXTS = 60
APP = ROOT / "dashboards" / "streamlit_app.py"
# what would be live if Streamlit read it as Markdown
MARKUP = ("<script", "<img", "<b>", "![x](", "[y](", ":red[", "**bold**", "$x^2$")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return names(draws("hostile names"), count("names", TEXTS))


@pytest.fixture(scope="module")
def home(server: ForkServer, texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published home full of hostile names; each row ended in one of the ends of the ledger."""
    files = file_names(draws("hostile files"), 12)
    made = hostile(tmp_path_factory.mktemp("hostile") / "home", texts, files)
    ended = server.command(made, "refresh")
    assert ill_ended(ended) == []
    assert ended.code == 0, ended.out[-2000:]
    ledger = proof.ledger_of(proof.snapshot(made))
    counted = {
        path.relative_to(made / "exports").as_posix(): proof.rows_of(path)
        for path in (made / "exports").rglob("*.csv")
    }
    assert {name: read for name, (read, _) in ledger.items()} == counted
    assert all(read == ended for read, ended in ledger.values())
    outside = [path for path in made.parent.iterdir() if path != made]
    assert outside == []
    return made


def test_every_page_and_every_file(
    home: Path, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = draws("hostile pages")
    wrong: list[str] = []
    checked = {"pages": 0, "files": 0, "cells": 0}
    views = [{}, *({"segment": text} for text in rng.sample(texts, min(4, len(texts))))]
    for page in PAGES:
        for query in views[: count("views", len(views))]:
            account = account_id(texts, rng.randrange(len(texts)))
            asked = {**query, **({"account": account} if page == "account" else {})}
            files = watched(monkeypatch)
            try:
                _one_page(home, page, asked, monkeypatch)
                checked["pages"] += 1
                for name, made in files.items():
                    content = made()
                    check(name, content)
                    checked["files"] += 1
                    checked["cells"] += sum(1 for _ in _cells(name, content))
            except AssertionError as error:
                wrong.append(f"{page} {asked}: {str(error)[:600]}")
    note(
        "Hostile names through every page and file",
        tried=checked["pages"] + checked["files"],
        expected="inert text on every page, 0 formulas, 0 links, nothing outside the home",
        found=f"{len(wrong)} findings",
        names=len(texts),
        **checked,
    )
    assert not wrong, "\n".join(wrong)


def test_every_command(server: ForkServer, home: Path, texts: list[str]) -> None:
    """No text reaches a terminal as a command to it, and none ends a command with a fault."""
    wrong: list[str] = []
    tried = 0
    for number, text in enumerate(texts):
        for words in (
            ("explain", "--", account_id(texts, number)),
            ("history", "--segment", text),
            ("whatif", "--set", f"charges.{text}.unit_amount={text}"),
        ):
            ended = server.call(
                "command", home, words=[*words[:1], "--home", str(home), *words[1:]]
            )
            tried += 1
            wrong += [f"{words}: {one}" for one in ill_ended(ended)]
            if "\x1b" in ended.out:
                wrong.append(f"{words}: an escape sequence reaches the terminal")
    for word in ("check", "status", "doctor"):
        ended = server.command(home, word)
        tried += 1
        wrong += [f"{word}: {one}" for one in ill_ended(ended)]
    note(
        "Hostile names as arguments of commands",
        tried=tried,
        expected="a result or one sentence",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def test_names_are_hostile_enough() -> None:
    """The names hold what the checks look for: a check that nothing could fail is none."""
    together = "".join(NAMES)
    assert all(mark in together for mark in MARKUP if mark != "<b>")
    assert set(together) & TURNING
    assert any(name.startswith(FORMULA_STARTS) for name in NAMES)


def _one_page(
    home: Path, page: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(home))
    app = AppTest.from_file(str(APP), default_timeout=180)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "decision":
        app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception, [one.message for one in app.exception]
    shown = read_as_markup(app)
    for markup in MARKUP:
        assert not re.search(r"(?<!\\)" + re.escape(markup), shown), markup
    assert not set(shown) & TURNING
    app.button(key="key_export").click().run()
    assert not app.exception


def _cells(name: str, content: bytes) -> Iterator[str]:
    """Every cell of a file, proved to be no formula."""
    if name.endswith(".csv"):
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            for cell in line:
                assert not cell.startswith(FORMULA_STARTS) or NUMBER.fullmatch(cell), cell
                yield cell
    elif name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        for sheet in book:
            for row in sheet.iter_rows():
                for place in row:
                    assert place.data_type != "f", place.value
                    yield str(place.value)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            for inner in folder.namelist():
                yield from _cells(inner, folder.read(inner))

"""Names that try to be markup, formulas, links or another direction of writing stay names."""

import csv
import io
import re
import zipfile

import pytest
from pypdf import PdfReader

from dashboards.exports.csv import FORMULA_STARTS
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.offered import read_as_markup, watched

# marks that embed, override or isolate a direction of writing, and those that only lean to one
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MARKUP = ("<script", "<img", "<b>", "![x](", ":red[", "**bold**", "$x^2$")
NUMBER = re.compile(r"[-+]?\d+([.]\d+)?(e[-+]?\d+)?", re.IGNORECASE)


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_are_inert_on_every_page_and_in_every_file(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page(name, "hostile", **({"account": "a01"} if name == "account" else {}))
    assert not page.exception
    shown = read_as_markup(page)
    for markup in MARKUP:
        # a backslash before its first sign makes it text
        assert not re.search(r"(?<!\\)" + re.escape(markup), shown), markup
    assert not set(shown) & TURNING
    # the menu that has the page itself as well
    page.button(key="key_export").click().run()
    assert [file for file in files if file.startswith("seatshift-page-")]
    # one writer makes all workbooks: the first of a page stands for them
    books = [file for file in files if file.endswith(".xlsx")][1:]
    for file, made in files.items():
        if file not in books:
            check(file, made())


@pytest.mark.parametrize("account_id", ["a03", "a04", "a05", "a07", "a08"])
def test_an_account_of_any_name_has_its_statement(
    account_id: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page("account", "hostile", account=account_id)
    assert not page.exception
    assert not re.search(r"(?<!\\)!\[x\]|(?<!\\):red\[", read_as_markup(page))
    [statement] = [made for file, made in files.items() if "statement" in file]
    check("statement.pdf", statement())


def check(file: str, content: bytes) -> None:
    """Nothing in the file runs, links or changes the direction of the text around it."""
    for ending, checked in (
        (".csv", a_csv),
        (".xlsx", an_xlsx),
        (".pdf", a_pdf),
        (".zip", a_zip),
    ):
        if file.endswith(ending):
            checked(content)


def a_csv(content: bytes) -> None:
    text = content.decode("utf-8-sig")
    assert not set(text) & TURNING
    for line in csv.reader(io.StringIO(text, newline="")):
        for cell in line:
            assert not cell.startswith(FORMULA_STARTS) or NUMBER.fullmatch(cell), cell


def an_xlsx(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.namelist():
            text = book.read(part).decode()
            assert "<f>" not in text and "hyperlink" not in part.lower(), part
            assert "<hyperlink" not in text, part
            assert not set(text) & TURNING, part


def a_pdf(content: bytes) -> None:
    for page in PdfReader(io.BytesIO(content)).pages:
        assert "/Annots" not in page and "/AA" not in page
        assert not set(page.extract_text()) & TURNING
    assert not re.search(rb"/(JavaScript|JS|Launch|URI)\b", content)


def a_zip(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        for name in folder.namelist():
            assert ".." not in name and not name.startswith("/")
            check(name, folder.read(name))

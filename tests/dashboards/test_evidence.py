"""The evidence pack and the printed definitions hold what their pages show."""

import csv
import io
import re
import zipfile

import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from dashboards import formatting
from tests.dashboards.conftest import OpenPage
from tests.dashboards.offered import view_of, watched
from tests.dashboards.test_pages import metrics
from tests.dashboards.test_rollout_and_trust_pages import table

TABLES = {
    "sources": 2,
    "months": 13,
    "quarantine-summary": 2,
    "quarantine": 3,
    "load-ledger": 2,
    "reconciliation": 2,
    "differing-lines": 1,
    "restatements": 1,
    "generations": 1,
}


def _text(content: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


def _pack(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, **query: str
) -> tuple[AppTest, dict[str, bytes]]:
    files = watched(monkeypatch)
    page = open_page("data_health", **query)
    assert not page.exception
    [(name, made)] = [(name, made) for name, made in files.items() if name.endswith(".zip")]
    assert name == "seatshift-evidence-20261110-v000001.zip"
    content = made()
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        assert not folder.testzip()
        within = "seatshift-evidence-20261110-v000001/"
        return page, {entry.removeprefix(within): folder.read(entry) for entry in folder.namelist()}


def test_the_evidence_pack_is_a_folder_of_a_summary_and_every_table(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, pack = _pack(open_page, monkeypatch)
    assert set(pack) == {"summary.pdf", "columns.csv", *(f"{name}.csv" for name in TABLES)}
    for name, count in TABLES.items():
        listed = list(csv.reader(io.StringIO(pack[f"{name}.csv"].decode("utf-8-sig"))))
        assert len(listed) == count + 1, name
    summary = _text(pack["summary.pdf"])
    assert "3 of 110 rows are quarantined and 1 file refused" in summary
    assert "USD Matched 12 4,680.00 4,680.00 0.00" in summary
    assert "USD Late event 1 390.00 351.00 −39.00" in summary
    assert "Account 2 Aug 2026 Billable seats (seats) 10.00 12.00 +2.00" in summary
    assert "quarantine.csv 3" in summary
    meanings = dict(csv.reader(io.StringIO(pack["columns.csv"].decode("utf-8-sig"))))
    assert meanings["accepted_ratio"]


def test_the_pack_is_narrowed_as_the_page_is(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, pack = _pack(open_page, monkeypatch, source="seat_events", since="2026-11")
    assert not page.toast
    assert table(page, "hours_behind")["export"] == ["seat_events"]
    assert table(page, "raw")["row_number"] == [7, 8, 9]
    expected = "No invoiced period in this currency begins after that month"
    assert expected in " ".join(one.value for one in page.info)
    assert b"2026-11" in pack["months.csv"] and b"2026-10" not in pack["months.csv"]
    assert "restatements.csv" not in pack and "reconciliation.csv" not in pack
    assert "Source: seat_events; Since: Nov 2026" in _text(pack["summary.pdf"])
    page.selectbox(key="since_pick").set_value("2026-10").run()
    assert table(page, "invoiced")["lines"] == [12, 1]
    assert page.query_params["since"] == "2026-10"


def test_the_pack_of_an_empty_home_says_that_there_is_nothing(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    assert not open_page("data_health", "empty").exception
    [made] = [made for name, made in files.items() if name.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(made())) as folder:
        [summary] = [name for name in folder.namelist() if name.endswith("summary.pdf")]
        said = _text(folder.read(summary))
    assert "No export has been read yet." in said
    assert "No invoice line could be compared." in said


def test_the_definitions_are_printed_as_they_are_found(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page("definitions", q="nrr")
    [(name, made)] = [
        (name, made)
        for name, made in files.items()
        if name.startswith("seatshift-definitions-") and name.endswith(".pdf")
    ]
    assert name == "seatshift-definitions-20261110-v000001.pdf"
    text = _text(made())
    assert "metrics that contain “nrr”" in text
    assert "Net revenue retention (NRR)" in text and "fct_trailing_retention.nrr" in text
    assert "Thresholds in force for All segments" in text and "prices-1" in text
    offered = view_of(page).exports
    terms = next(export.table for export in offered if export.name == "definitions")
    for term in terms.column("term").to_pylist():
        assert term in text


def test_a_reader_in_germany_gets_the_file_that_everybody_gets(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the router would ask each session's browser again
    monkeypatch.setattr(formatting, "set_locale", lambda locale: None)
    monkeypatch.setattr(formatting, "_reader", lambda: "de-DE")
    page, pack = _pack(open_page, monkeypatch)
    assert metrics(page)["Accuracy"] == "99,50 %"
    assert "USD Late event 1 390.00 351.00 −39.00" in _text(pack["summary.pdf"])
    assert "agree with 99.50 %" in _text(pack["summary.pdf"])

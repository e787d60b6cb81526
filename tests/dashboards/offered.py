"""All that a page hands over: what it sends to the browser, and every file that it offers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards.view import View

Files = dict[str, Callable[[], bytes]]


def view_of(page: AppTest) -> View:
    """What the page showed when it ran last."""
    seen = page.session_state["view_of_the_page"]
    assert isinstance(seen, View)
    return seen


def watched(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Files by name, filled while pages run; each is made when it is called."""
    files: Files = {}
    really = st.download_button

    def offered(label: str, data: Callable[[], bytes], file_name: str, **more: Any) -> bool:
        files[file_name] = data
        return bool(really(label, data=data, file_name=file_name, **more))

    monkeypatch.setattr(st, "download_button", offered)
    return files


def sent(page: AppTest) -> bytes:
    """Everything in the page as the browser gets it, tables that it fetches later included."""
    tables = "\n".join(frame.value.to_csv() for frame in page.dataframe)
    return b"\n".join((*_protos(page), tables.encode()))


def _protos(page: AppTest) -> Iterator[bytes]:
    for node in page._tree:
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield proto.SerializeToString()


def read_as_markup(page: AppTest) -> str:
    """The texts that Streamlit reads as Markdown, without what a backslash keeps as it is."""
    found: list[str] = []
    for kind in ("markdown", "caption", "subheader", "header", "info", "success", "warning"):
        found += [str(element.value) for element in page.get(kind)]
    found += [str(element.value) for element in (*page.error, *page.toast, *page.table)]
    found += [f"{one.label} {one.value} {one.delta}" for one in page.metric]
    for kind in ("button", "selectbox", "multiselect", "number_input", "text_input", "expander"):
        found += [str(element.label) for element in page.get(kind)]
    found += [tab.label for tab in page.tabs]
    return "\n".join(found)

"""All that a page hands over: what it sends to the browser, and every file that it offers."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import view
from dashboards.data.warehouse import Snapshot
from dashboards.shell.downloads import files_of
from dashboards.view import View


def view_of(page: AppTest) -> View:
    """What the page showed when it ran last."""
    seen = page.session_state["view_of_the_page"]
    assert isinstance(seen, View)
    return seen


class Files(Mapping[str, Callable[[], bytes]]):
    """What makes each file of the page that was opened last, by its name."""

    def __init__(self) -> None:
        self.views: list[View] = []

    def _made(self) -> dict[str, Callable[[], bytes]]:
        return files_of(self.views[-1]) if self.views else {}

    def __getitem__(self, name: str) -> Callable[[], bytes]:
        return self._made()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())


def watched(monkeypatch: pytest.MonkeyPatch) -> Files:
    """The files of every page that is opened from now on."""
    files = Files()
    really = view.begin

    def begin(snapshot: Snapshot, question: str) -> View:
        seen = really(snapshot, question)
        files.views.append(seen)
        return seen

    monkeypatch.setattr(view, "begin", begin)
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

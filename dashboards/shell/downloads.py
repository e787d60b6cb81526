"""The files of a page, offered once, in the header's Export.

Every table as CSV and XLSX, its documents, and the page itself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.charts.theme import LIGHT, Palette
from dashboards.data.definitions import column_definitions
from dashboards.data.facts import facts
from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot
from dashboards.exports.csv import csv_bytes
from dashboards.exports.page_paper import PagePaper, page_pdf
from dashboards.exports.pdf import MIME as PDF
from dashboards.exports.png import MIME as PNG
from dashboards.exports.png import png_bytes
from dashboards.exports.xlsx import MIME as XLSX
from dashboards.exports.xlsx import workbook_bytes, xlsx_bytes
from dashboards.formatting import moment, plain
from dashboards.formatting import words as spelt
from dashboards.shell import notes
from dashboards.view import Document, Export, View


def download(view: View, table: Table, name: str, label: str = "Download") -> None:
    """Offer the exact rows of a chart or table, as CSV and XLSX, in the header's Export."""
    offered = Export(name=name, label=label, table=table)
    # a part of the page that runs again offers its tables again
    view.exports[:] = [export for export in view.exports if export.name != name]
    view.exports.append(offered)
    view.filed(table, f"{_file_name(view.snapshot, name)}.csv")


def all_files(view: View) -> None:
    """All files of the page: itself, its documents, and every table as CSV and XLSX."""
    with st.container(horizontal=True, gap="small"):
        for document in _documents(view):
            _offered(document, f"paper_all_{document.file_name}")
    for offered in view.exports:
        named = offered.label.removeprefix("Download").strip()
        st.markdown(plain(named.capitalize() or spelt(offered.name.replace("-", "_"))))
        with st.container(horizontal=True, gap="small"):
            for document in _table_files(view, offered):
                _offered(document, f"download_all_{document.file_name}")


def files_of(view: View) -> dict[str, Callable[[], bytes]]:
    """What makes each file of the page, by its name."""
    offered = [*_documents(view)]
    for export in view.exports:
        offered += _table_files(view, export)
    return {document.file_name: document.make for document in offered}


def _documents(view: View) -> list[Document]:
    return [_itself(view), *view.documents]


def _file_name(snapshot: Snapshot, name: str) -> str:
    return f"seatshift-{name}-{snapshot.as_of:%Y%m%d}-v{snapshot.generation:06d}"


def _table_files(view: View, offered: Export) -> tuple[Document, Document]:
    """Both files of a table, made on request after the page has run."""
    table, file = offered.table, _file_name(view.snapshot, offered.name)
    return (
        Document(
            file_name=f"{file}.csv",
            label="CSV",
            make=lambda: csv_bytes(table),
            mime="text/csv",
            icon=":material/csv:",
        ),
        Document(
            file_name=f"{file}.xlsx",
            label="XLSX",
            make=lambda: xlsx_bytes(
                table,
                source_of(view, offered.name),
                column_definitions(view.snapshot, tuple(view.models), tuple(table.column_names)),
                notes.as_table(view),
            ),
            mime=XLSX,
            icon=":material/table_chart:",
        ),
    )


def workbook(
    view: View,
    make: Callable[[], Sequence[tuple[str, Table]]],
    name: str,
    label: str,
    remarks: Mapping[str, str] | None = None,
) -> None:
    """Several tables as one workbook with its source; remarks: further lines about it."""

    def made() -> bytes:
        sheets = make()
        about = source_of(view, name) | dict(remarks or {})
        names = tuple(dict.fromkeys(each for _, one in sheets for each in one.column_names))
        return workbook_bytes(
            sheets,
            about,
            column_definitions(view.snapshot, tuple(view.models), names),
            notes.as_table(view),
        )

    _document(view, made, name, label, ("xlsx", XLSX, ":material/table_chart:"))


def paper(view: View, make: Callable[[], bytes], name: str, label: str) -> None:
    """A document to print or send, made on request."""
    _document(view, make, name, label, ("pdf", PDF, ":material/picture_as_pdf:"))


def data_file(view: View, make: Callable[[], bytes], name: str, label: str) -> None:
    """A document for programs, made on request."""
    _document(view, make, name, label, ("json", "application/json", ":material/data_object:"))


def csv_file(view: View, make: Callable[[], bytes], name: str, label: str) -> None:
    """Rows for a file of the home, as they are to be written there."""
    _document(view, make, name, label, ("csv", "text/csv", ":material/edit_note:"))


def folder(
    view: View,
    make: Callable[[], bytes],
    name: str,
    label: str,
    *,
    help: str | None = None,
) -> None:
    """Several files in one ZIP file."""
    kind = ("zip", "application/zip", ":material/folder_zip:")
    _document(view, make, name, label, kind, help)


def picture(view: View, make: Callable[[Palette], Any], name: str, label: str) -> None:
    """A chart for slides, always in light colours."""
    small_print = (
        f"data as of {moment(view.snapshot.as_of)} UTC, generation {view.snapshot.generation}"
    )
    _document(
        view,
        lambda: png_bytes(make(LIGHT), small_print),
        name,
        label,
        ("png", PNG, ":material/image:"),
    )


def _document(
    view: View,
    make: Callable[[], bytes],
    name: str,
    label: str,
    kind: tuple[str, str, str],
    help: str | None = None,
) -> None:
    ending, mime, icon = kind
    file = f"{_file_name(view.snapshot, name)}.{ending}"
    document = Document(file_name=file, label=label, make=make, mime=mime, icon=icon, help=help)
    # a part of the page that runs again offers its documents again
    view.documents[:] = [known for known in view.documents if known.file_name != file]
    view.documents.append(document)


def _itself(view: View) -> Document:
    """The page as a document, as the reader sees it."""
    known = facts(view.snapshot)
    printed = PagePaper(
        company=known.company_name,
        page=spelt(view.page),
        question=view.question,
        takeaway=view.takeaway,
        filters=dict(view.filters),
        as_of=view.snapshot.as_of,
        generation=view.snapshot.generation,
        small_print=f"Amounts in {known.currency} unless another currency is given · "
        f"price book {known.price_version} · build {view.snapshot.build_id}",
        parts=tuple(view.parts.values()),
        definitions=tuple(view.definitions),
    )
    return Document(
        file_name=f"{_file_name(view.snapshot, f'page-{view.page}')}.pdf",
        label="This page as PDF",
        make=lambda: page_pdf(printed),
        mime=PDF,
        icon=":material/print:",
    )


def _offered(document: Document, key: str) -> None:
    """A document's download button."""
    st.download_button(
        document.label,
        data=document.make,
        file_name=document.file_name,
        mime=document.mime,
        icon=document.icon,
        type="tertiary",
        on_click="ignore",
        help=document.help,
        key=key,
    )


def source_of(view: View, name: str) -> dict[str, str]:
    """What a file says about its source: the company, the filters, and which data it shows."""
    known = facts(view.snapshot)
    return {
        "Company": known.company_name,
        "Table": name,
        **view.filters,
        "Data as of": f"{moment(view.snapshot.as_of)} UTC",
        "Months in": known.time_zone,
        "Reporting currency": known.currency,
        "Generation": str(view.snapshot.generation),
        "Published": f"{moment(view.snapshot.published_at)} UTC",
        "Build": view.snapshot.build_id,
        "Prices": known.price_version,
        "Models": ", ".join(view.models),
    }

"""The files of a page: every table as CSV and XLSX, its documents, and the page itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards import view
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


def download(snapshot: Snapshot, table: Table, name: str, label: str = "Download") -> None:
    """The exact rows behind a chart or table, as a file of either kind."""
    offered = view.Export(name=name, label=label, table=table)
    seen = view.this_run()
    # a part of the page that runs again offers its tables anew
    seen.exports[:] = [export for export in seen.exports if export.name != name]
    seen.exports.append(offered)
    seen.filed(table, f"{_file_name(snapshot, name)}.csv")
    with st.popover(label, type="tertiary", icon=":material/download:"):
        _files(snapshot, offered, seen)


def all_files() -> None:
    """What the page offers: itself and its documents, and every table with both files of each."""
    seen = view.this_run()
    if seen.snapshot is None:
        st.caption("This page offers no files.")
        return
    with st.container(horizontal=True, gap="small"):
        for document in (_itself(seen.snapshot, seen), *seen.documents):
            _offered(document, f"paper_all_{document.file_name}")
    for offered in seen.exports:
        st.markdown(plain(spelt(offered.name.replace("-", "_"))))
        _files(seen.snapshot, offered, seen, place="_all")


def _file_name(snapshot: Snapshot, name: str) -> str:
    return f"seatshift-{name}-{snapshot.as_of:%Y%m%d}-v{snapshot.generation:06d}"


def _files(snapshot: Snapshot, offered: view.Export, seen: view.View, place: str = "") -> None:
    """Both files of a table; they are made when somebody asks for them, after the page has run."""
    table = offered.table
    file = _file_name(snapshot, offered.name)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "CSV",
            data=lambda: csv_bytes(table),
            file_name=f"{file}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"download{place}_{offered.name}_csv",
        )
        st.download_button(
            "XLSX",
            data=lambda: xlsx_bytes(
                table,
                source_of(snapshot, seen, offered.name),
                column_definitions(snapshot, tuple(seen.models), tuple(table.column_names)),
                notes.as_table(seen),
            ),
            file_name=f"{file}.xlsx",
            mime=XLSX,
            on_click="ignore",
            key=f"download{place}_{offered.name}_xlsx",
        )


def workbook(
    snapshot: Snapshot,
    make: Callable[[], Sequence[tuple[str, Table]]],
    name: str,
    label: str,
    remarks: Mapping[str, str] | None = None,
) -> None:
    """Several tables as one workbook with what it is of; remarks: what else it says of itself."""
    seen = view.this_run()

    def made() -> bytes:
        sheets = make()
        about = source_of(snapshot, seen, name) | dict(remarks or {})
        names = tuple(dict.fromkeys(each for _, one in sheets for each in one.column_names))
        return workbook_bytes(
            sheets,
            about,
            column_definitions(snapshot, tuple(seen.models), names),
            notes.as_table(seen),
        )

    _document(snapshot, made, name, label, ("xlsx", XLSX, ":material/table_chart:"))


def paper(snapshot: Snapshot, make: Callable[[], bytes], name: str, label: str) -> None:
    """A document to print or send, made when somebody asks for it."""
    _document(snapshot, make, name, label, ("pdf", PDF, ":material/picture_as_pdf:"))


def data_file(snapshot: Snapshot, make: Callable[[], bytes], name: str, label: str) -> None:
    """The same for programs."""
    _document(snapshot, make, name, label, ("json", "application/json", ":material/data_object:"))


def folder(
    snapshot: Snapshot,
    make: Callable[[], bytes],
    name: str,
    label: str,
    *,
    help: str | None = None,
) -> None:
    """Several files as one packed folder."""
    kind = ("zip", "application/zip", ":material/folder_zip:")
    _document(snapshot, make, name, label, kind, help)


def picture(snapshot: Snapshot, make: Callable[[Palette], Any], name: str, label: str) -> None:
    """A chart for slides, in the light colours whatever the screen has."""
    small_print = f"data as of {moment(snapshot.as_of)} UTC, generation {snapshot.generation}"
    _document(
        snapshot,
        lambda: png_bytes(make(LIGHT), small_print),
        name,
        label,
        ("png", PNG, ":material/image:"),
    )


def _document(
    snapshot: Snapshot,
    make: Callable[[], bytes],
    name: str,
    label: str,
    kind: tuple[str, str, str],
    help: str | None = None,
) -> None:
    ending, mime, icon = kind
    file = f"{_file_name(snapshot, name)}.{ending}"
    document = view.Document(
        file_name=file, label=label, make=make, mime=mime, icon=icon, help=help
    )
    seen = view.this_run()
    # a part of the page that runs again offers its documents anew
    seen.documents[:] = [known for known in seen.documents if known.file_name != file]
    seen.documents.append(document)
    _offered(document, f"paper_{name}_{ending}")


def _itself(snapshot: Snapshot, seen: view.View) -> view.Document:
    """The page as its reader sees it, on paper."""
    known = facts(snapshot)
    printed = PagePaper(
        company=known.company_name,
        page=spelt(seen.page),
        question=seen.question,
        takeaway=seen.takeaway,
        filters=dict(seen.filters),
        as_of=snapshot.as_of,
        generation=snapshot.generation,
        small_print=f"Amounts in {known.currency} where no other currency stands · "
        f"price book {known.price_version} · build {snapshot.build_id}",
        parts=tuple(seen.parts.values()),
        definitions=tuple(seen.definitions),
    )
    return view.Document(
        file_name=f"{_file_name(snapshot, f'page-{seen.page}')}.pdf",
        label="This page as PDF",
        make=lambda: page_pdf(printed),
        mime=PDF,
        icon=":material/print:",
    )


def _offered(document: view.Document, key: str) -> None:
    """The button of a document."""
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


def source_of(snapshot: Snapshot, seen: view.View, name: str) -> dict[str, str]:
    """What a file says of itself: the company, the filters, and which data it is."""
    known = facts(snapshot)
    return {
        "Company": known.company_name,
        "Table": name,
        **seen.filters,
        "Data as of": f"{moment(snapshot.as_of)} UTC",
        "Months in": known.time_zone,
        "Reporting currency": known.currency,
        "Generation": str(snapshot.generation),
        "Published": f"{moment(snapshot.published_at)} UTC",
        "Build": snapshot.build_id,
        "Prices": known.price_version,
        "Models": ", ".join(seen.models),
    }

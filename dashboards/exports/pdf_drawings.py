"""Add drawings of charts to a finished PDF document, as vectors and text."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

# PDF points per millimetre
POINTS = 72 / 25.4


@dataclass(frozen=True)
class Placed:
    """A drawing on a page: its lower left corner in points, and its scale."""

    page: int
    drawing: bytes
    left: float
    bottom: float
    scale: float


def size_of(drawing: bytes) -> tuple[float, float]:
    """Width and height of a drawing in points."""
    box = PdfReader(io.BytesIO(drawing)).pages[0].mediabox
    return float(box.width), float(box.height)


def with_drawings(written: bytes, drawings: Sequence[Placed]) -> bytes:
    """The document with each drawing as a separate object that its page shows.

    So the pages themselves, which are long if they contain tables, need not be parsed.
    """
    document = PdfWriter(clone_from=PdfReader(io.BytesIO(written)))
    for number, placed in enumerate(drawings):
        page, name = document.pages[placed.page], f"/Chart{number}"
        resources = _own(page, "/Resources")
        _own(resources, "/XObject")[NameObject(name)] = _form(document, placed.drawing)
        shown = StreamObject()
        where = f"{placed.scale:.5f} 0 0 {placed.scale:.5f} {placed.left:.3f} {placed.bottom:.3f}"
        shown.set_data(f"q {where} cm {name} Do Q".encode())
        before = page["/Contents"].get_object()
        contents = list(before) if isinstance(before, ArrayObject) else [page.raw_get("/Contents")]
        page[NameObject("/Contents")] = ArrayObject([*contents, document._add_object(shown)])
    whole = io.BytesIO()
    document.write(whole)
    return whole.getvalue()


def _form(document: PdfWriter, drawing: bytes) -> Any:
    page = PdfReader(io.BytesIO(drawing)).pages[0]
    form, contents = StreamObject(), page.get_contents()
    form.set_data(contents.get_data() if contents is not None else b"")
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject(page.mediabox)
    form[NameObject("/Resources")] = page["/Resources"].clone(document)
    return document._add_object(form.flate_encode())


def _own(holder: DictionaryObject, name: str) -> DictionaryObject:
    """A page's own dictionary: changing a shared one would change all pages."""
    shared = holder.get(name)
    own = DictionaryObject(shared.get_object() if shared is not None else {})
    holder[NameObject(name)] = own
    return own

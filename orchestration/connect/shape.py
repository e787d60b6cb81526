"""How a text file is written: its encoding, from every byte, and its delimiter, from the header."""

import codecs
import csv
import io
from pathlib import Path

from orchestration.ingest.files import CHUNK, LONGEST_LINE, ExportFile, opened
from orchestration.ingest.read import TextFormat

DELIMITERS = (",", ";", "\t", "|")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# bytes that are letters and signs in Windows' encoding, and control characters in Latin-1
WINDOWS = frozenset(range(0x80, 0xA0))


def encoding_of(file: ExportFile) -> str:
    """utf-8, utf-16, cp1252 or latin-1: the first that every byte of the file fits.

    A file that fits several single-byte encodings is read as Western European.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8 = True
    has_windows = False
    with opened(file) as stream:
        chunk = stream.read(CHUNK)
        if chunk.startswith(UTF_16):
            return "utf-16"
        while chunk:
            has_windows = has_windows or not WINDOWS.isdisjoint(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf_8 = False
            chunk = stream.read(CHUNK)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf_8 = False
    if is_utf_8:
        return "utf-8"
    return "cp1252" if has_windows else "latin-1"


def delimiter_of(readable: Path) -> str:
    """The delimiter that gives the header the most columns; a comma if there is one column."""
    with readable.open("rb") as stream:
        start = stream.read(LONGEST_LINE).decode("utf-8", errors="replace").removeprefix("\ufeff")
    columns = {mark: len(_header(start, mark)) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: columns[mark])


def described(format_name: str, text: TextFormat) -> str:
    """The shape in words."""
    if format_name != "csv":
        return {"xlsx": "workbook", "jsonl": "JSON lines", "parquet": "Parquet"}[format_name]
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
    return f"{text.encoding}, {names[text.delimiter]}"


def _header(start: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []

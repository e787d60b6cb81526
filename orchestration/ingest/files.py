"""Finds the files of an export and verifies that each can be read.

Python hashes and fully decompresses a file before DuckDB sees it, because DuckDB detects neither
a wrong gzip checksum nor an endless line. DuckDB reads it under a generated name, because it
treats `*`, `?` and `[` in a file name as a pattern.
"""

import codecs
import gzip
import hashlib
import os
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from orchestration.ingest.sheets import SheetFault, write_sheet
from orchestration.platform.settings import Settings

FORMATS = ("csv", "jsonl", "parquet", "xlsx")
TEXT = ("csv", "jsonl")
COMPRESSIONS = ("gz", "zst")
CHUNK = 1024 * 1024
LONGEST_LINE = 1024 * 1024
# the compression ratio is checked only above this size: small text often exceeds 100:1
RATIO_LIMIT = 100
RATIO_FLOOR = 64 * 1024 * 1024
ID_LENGTH = 16
LINE_END = (b"\n", b"\r")
LONGEST_NAME = 200
# categories: control, format, surrogate, private use, unassigned, line and paragraph separators
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# how Python represents bytes of a name that are not UTF-8
NO_UTF8 = ("\udc80", "\udcff")
_copies = count(1)


class Refused(Exception):
    """The whole file is rejected; the text says why."""


@dataclass(frozen=True)
class ExportFile:
    """One file as it arrived; `name` is relative to the exports folder and safe to show."""

    name: str
    path: Path
    format: str
    compression: str | None


@dataclass(frozen=True)
class VerifiedFile:
    """A file that was read completely once; `readable` is its decompressed content.

    `readable` has a generated name in the scratch folder; for an uncompressed file it is a link.
    """

    file: ExportFile
    content_id: str
    size_bytes: int
    readable: Path


def export_files(settings: Settings, export: str) -> list[ExportFile]:
    """The files of one export in canonical format, by name; hidden files are ignored."""
    folder = settings.exports
    found = [
        path
        for path in _entries(folder)
        if path.name.partition(".")[0] == export and _shape(path.name) and not _is_folder(path)
    ]
    if (folder / export).is_dir():
        found += [path for path in _entries(folder / export) if not _is_folder(path)]
    return [as_export_file(settings, path) for path in sorted(found)]


def as_export_file(settings: Settings, path: Path) -> ExportFile:
    """Name, format and compression of a file below the exports folder."""
    kind, compression = _shape(path.name) or ("unknown", None)
    name = shown_name(path.relative_to(settings.exports).as_posix())
    return ExportFile(name, path, kind, compression)


def shown_name(name: str) -> str:
    r"""The name with backslashes and invisible characters escaped, such as \x1b or \u202e.

    The result can neither control a terminal nor be mistaken for another name. A byte that is not
    UTF-8 is shown as \xe9.
    """
    return "".join(_written_out(char) if _is_unseen(char) else char for char in name)


def _written_out(char: str) -> str:
    if NO_UTF8[0] <= char <= NO_UTF8[1]:
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode()


def _is_unseen(char: str) -> bool:
    return char == "\\" or unicodedata.category(char) in UNSEEN


@contextmanager
def verified(
    settings: Settings,
    file: ExportFile,
    scratch: Path,
    encoding: str = "utf-8",
    sheet: str = "",
) -> Iterator[VerifiedFile]:
    """The file, read completely, decompressed and in UTF-8; otherwise raises Refused.

    A workbook is readable as CSV: its sheet of that name, or the only one.
    """
    _check_name(settings, file)
    _check_place(settings, file)
    if file.format not in FORMATS:
        raise Refused(
            f"{file.name} has an unsupported format; name it .csv, .jsonl, .parquet or .xlsx, "
            "followed by .gz or .zst if it is compressed."
        )
    before = file.path.stat()
    if before.st_size > settings.max_file_bytes:
        raise Refused(_over_limit(settings, file, before.st_size))
    is_sheet = file.format == "xlsx"
    if is_sheet and file.compression is not None:
        raise Refused(f"{file.name} is a compressed workbook; send the .xlsx file itself.")
    is_copied = file.compression is not None or encoding != "utf-8"
    readable = scratch / f"{next(_copies)}.{'csv' if is_sheet else file.format}"
    try:
        content_id = _read_whole(
            settings, file, readable if is_copied and not is_sheet else None, encoding
        )
        if is_sheet:
            _write_sheet(file, readable, sheet)
        _check_unchanged(file, before)
        if not is_copied and not is_sheet:
            readable.symlink_to(file.path.resolve())
        yield VerifiedFile(file, content_id, before.st_size, readable)
        # make sure that what was read is what was hashed
        _check_unchanged(file, before)
    finally:
        readable.unlink(missing_ok=True)


def _write_sheet(file: ExportFile, readable: Path, sheet: str) -> None:
    try:
        write_sheet(file.path, readable, sheet)
    except SheetFault as fault:
        raise Refused(f"{file.name} {fault}.") from None


def _check_unchanged(file: ExportFile, before: os.stat_result) -> None:
    after = file.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Refused(
            f"{file.name} changed while it was being read; refresh again once it is complete."
        )


def refused_id(file: ExportFile) -> str:
    """A stable id for an unreadable file, from its name and size."""
    try:
        size = file.path.lstat().st_size
    except OSError:
        size = 0
    return hashlib.sha256(f"refused\0{file.name}\0{size}".encode()).hexdigest()[:ID_LENGTH]


def _entries(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
    except OSError:
        return []


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _shape(name: str) -> tuple[str, str | None] | None:
    parts = name.lower().split(".")
    compression = parts.pop() if parts[-1] in COMPRESSIONS else None
    kind = parts[-1] if len(parts) > 1 else ""
    return (kind, compression) if kind in FORMATS else None


def _check_name(settings: Settings, file: ExportFile) -> None:
    name = file.path.relative_to(settings.exports).as_posix()
    if any(NO_UTF8[0] <= char <= NO_UTF8[1] for char in name):
        raise Refused(f"{file.name} has a name that is not valid UTF-8; rename the file.")
    if any(_is_unseen(char) for char in name):
        raise Refused(
            f"{file.name} has an invisible character or a backslash in its name (shown here as "
            "\\x, \\u or \\\\); rename the file."
        )
    if len(name) > LONGEST_NAME:
        raise Refused(
            f"{file.name} has a name of {len(name)} characters; shorten it to at most "
            f"{LONGEST_NAME}."
        )


def _check_place(settings: Settings, file: ExportFile) -> None:
    try:
        target = file.path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Refused(f"{file.name} cannot be opened: it is a broken link.") from None
    if file.path.is_symlink() or not target.is_relative_to(settings.exports.resolve()):
        raise Refused(f"{file.name} is a link; put the file itself into the exports folder.")
    if not target.is_file():
        raise Refused(f"{file.name} is not a regular file.")


def _over_limit(settings: Settings, file: ExportFile, size: int) -> str:
    limit = settings.max_file_bytes // (1024 * 1024)
    return (
        f"{file.name} exceeds the size limit of {limit} MB ({size:,} bytes read so far); "
        "split it, or raise limits.max_file_mb in settings.toml."
    )


def _read_whole(settings: Settings, file: ExportFile, unpacked: Path | None, encoding: str) -> str:
    digest = hashlib.sha256()
    is_text = file.format in TEXT
    decoder = codecs.getincrementaldecoder(encoding)() if is_text else None
    packed_size = max(file.path.stat().st_size, 1)
    size = 0
    line = 0
    try:
        with opened(file) as source, _sink(unpacked) as sink:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > settings.max_file_bytes:
                    raise Refused(_over_limit(settings, file, size))
                if size > RATIO_FLOOR and size > RATIO_LIMIT * packed_size:
                    raise Refused(
                        f"{file.name} decompresses to more than {RATIO_LIMIT} times its size; "
                        "send it uncompressed if that is correct."
                    )
                digest.update(chunk)
                if decoder is not None and encoding == "utf-8":
                    line = _checked_text(file, chunk, line)
                    decoder.decode(chunk)
                elif decoder is not None:
                    chunk = decoder.decode(chunk).encode()
                    line = _checked_text(file, chunk, line)
                if sink is not None:
                    sink.write(chunk)
            if decoder is not None:
                decoder.decode(b"", final=True)
    except UnicodeError as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        raise Refused(
            f"{file.name} is not valid {encoding.upper()} ({reason}); "
            "send UTF-8, or declare the file's encoding in a mapping."
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused(
            f"{file.name} is truncated or corrupt ({error}); send the file again."
        ) from None
    except OSError as error:
        raise Refused(f"{file.name} cannot be read ({error.strerror or error}).") from None
    if size == 0:
        raise Refused(f"{file.name} is empty and lacks even a header; send the file again.")
    return digest.hexdigest()[:ID_LENGTH]


def _checked_text(file: ExportFile, chunk: bytes, line: int) -> int:
    """Length of the unfinished line at the end of the chunk."""
    if b"\0" in chunk:
        guess = " and may be UTF-16" if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise Refused(f"{file.name} contains NUL bytes{guess}; send UTF-8 text.")
    end = max(chunk.rfind(mark) for mark in LINE_END)
    line = line + len(chunk) if end < 0 else len(chunk) - end - 1
    if line > LONGEST_LINE:
        raise Refused(f"{file.name} has a line of more than {LONGEST_LINE:,} bytes; split it.")
    return line


@contextmanager
def opened(file: ExportFile) -> Iterator[BinaryIO]:
    """The file's bytes, decompressed."""
    if file.compression == "gz":
        with gzip.open(file.path, "rb") as stream:
            yield stream  # type: ignore[misc]  # reads like any binary file
    elif file.compression == "zst":
        with pa.input_stream(str(file.path), compression="zstd") as stream:
            yield stream
    else:
        with file.path.open("rb") as stream:
            yield stream


@contextmanager
def _sink(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
    else:
        with path.open("wb") as stream:
            yield stream

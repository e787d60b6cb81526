"""Writes a home's files, each under a temporary name that is then renamed."""

import csv
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

_CHUNK = 1 << 20


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A temporary path that is renamed to the path if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def packed(path: Path) -> Iterator[IO[bytes]]:
    """A gzip stream whose bytes depend only on the content (no name, no time)."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as stream,
    ):
        yield cast(IO[bytes], stream)


def write_text(path: Path, text: str) -> None:
    with temporary(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


class RowFile:
    """A CSV file to which rows are added one by one."""

    def __init__(self, path: Path, stream: IO[str], header: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._writer = csv.writer(stream, lineterminator="\n")
        self._writer.writerow(header)

    def add(self, row: Sequence[object]) -> None:
        """None is written as an empty cell."""
        self._writer.writerow(row)
        self.count += 1


@contextmanager
def row_file(path: Path, header: Sequence[str]) -> Iterator[RowFile]:
    with temporary(path) as partial, partial.open("w", encoding="utf-8", newline="") as stream:
        yield RowFile(path, stream, header)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write the rows as a CSV file and return their number."""
    with row_file(path, header) as target:
        for row in rows:
            target.add(row)
    return target.count


def content_hash(path: Path) -> str:
    """SHA-256 of the decompressed content, independent of the compressor's version."""
    digest = hashlib.sha256()
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

"""A text file's encoding is found from all of its bytes, its delimiter from its header."""

from pathlib import Path

import pytest

from orchestration.connect.shape import delimiter_of, encoding_of
from orchestration.ingest.files import as_export_file
from tests.ingest.homes import make_home, write


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("a,b\nK\u00e4fer,2\n".encode(), "utf-8"),
        ("a,b\nK\u00e4fer,2\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\nK\u00e4fer,2\n".encode("utf-16"), "utf-16"),
        ("a,b\nK\u00e4fer,2\n".encode("latin-1"), "latin-1"),
        ("a,b\n5 \u20ac,2\n".encode("cp1252"), "cp1252"),
        (b"a,b\n" + b"1,2\n" * 400_000 + b"\xe9,2\n", "latin-1"),
        # a letter of two bytes lies across the end of what is read at once
        (("a,b\n1," + "\u00e9" * 600_000 + "\n").encode(), "utf-8"),
    ],
)
def test_an_encoding(content: bytes, encoding: str, tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(settings.exports / "file.csv", content)
    assert encoding_of(as_export_file(settings, settings.exports / "file.csv")) == encoding


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("a,b,c", ","),
        ("a;b;c", ";"),
        ("a\tb\tc", "\t"),
        ("a|b|c", "|"),
        ('"a,1";"b,2,x";c;d;e', ";"),
        ("\ufeffa;b", ";"),
        ("one", ","),
        ("", ","),
    ],
)
def test_a_delimiter(header: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n1\n", encoding="utf-8")
    assert delimiter_of(path) == delimiter

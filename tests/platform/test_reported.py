"""What was said of past months is kept line by line: a damaged line takes no other with it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.progress import listening
from orchestration.platform.reported import (
    backfilled,
    reported_generations,
    reported_months,
    take_back,
    write_reported,
)
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import open_memory

MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))
# as earlier versions wrote them, without a checksum
FIRST: dict[str, Any] = {
    "generation": 1,
    "build_id": "aa",
    "as_of": "2026-07-01T00:00:00",
    "published_at": "now",
}
FIRST |= {"verdicts": [{"segment": "all", "month": "2026-06-01", "verdict": "stay"}]}
PAST: dict[str, Any] = {"month": "2026-05-01", "build_id": "bb", "as_of": "2026-06-01T00:00:00"}
PAST |= {"backfilled_at": "now", "verdicts": [{"segment": "all", "month": "2026-05-01"}]}
LATER = FIRST | {"generation": 2, "verdicts": [{"segment": "all", "month": "2026-07-01"}]}

BAD_LINES = [
    b"17",
    b"null",
    b'"text"',
    b"[]",
    b"{}",
    b"\xff\xfe\x00",
    b"\x00" * 40,
    b"[" * 200_000,
    json.dumps(LATER).encode()[:40],
    json.dumps(LATER).encode().replace(b"stay", b"st\xe9y") + b"\xff",
    json.dumps(LATER | {"checksum": "0" * 64}).encode(),
    json.dumps(LATER | {"chfcksum": "0" * 64}).encode(),
    json.dumps(LATER | {"generation": "2"}).encode(),
    json.dumps(LATER | {"as_of": 5}).encode(),
    json.dumps(LATER | {"verdicts": 5}).encode(),
    json.dumps(LATER | {"verdicts": [5]}).encode(),
    json.dumps(LATER | {"verdicts": [{"month": "2026-13-01"}]}).encode(),
    json.dumps(PAST | {"month": "May"}).encode(),
    json.dumps({"taken_back": 5}).encode(),
    json.dumps({"taken_back": ["May"]}).encode(),
]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    (tmp_path / "settings.toml").touch()
    (tmp_path / "var").mkdir()
    return load_settings(tmp_path)


def written(settings: Settings, *lines: bytes) -> Path:
    path = settings.home / "verdicts.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def said_while(step: Callable[[], Any]) -> list[str]:
    said: list[str] = []
    with listening(said.append):
        step()
    return said


def shown(settings: Settings) -> list[tuple[Any, ...]]:
    with open_memory(settings) as connection:
        connection.execute("create schema raw")
        write_reported(connection, settings)
        return connection.execute(
            "select telling, source, month from raw.reported_verdicts"
        ).fetchall()


@pytest.mark.parametrize("bad", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_damaged_line_is_put_aside_and_the_others_stay(home: Settings, bad: bytes) -> None:
    good = [json.dumps(FIRST).encode(), json.dumps(PAST).encode()]
    path = written(home, good[0], bad, good[1])
    before = path.read_bytes()
    said = said_while(lambda: reported_months(home))
    assert said == [
        f"{path} is damaged in line 2; its other lines (2) stay, and the damaged file was "
        "copied to verdicts.jsonl.damaged-1"
    ]
    assert path.read_bytes() == b"\n".join(good) + b"\n"
    assert path.with_name("verdicts.jsonl.damaged-1").read_bytes() == before
    assert said_while(lambda: reported_months(home)) == []
    assert reported_months(home) == {MAY, JUNE}
    assert reported_generations(home) == {1}
    assert shown(home) == [(1, "published", JUNE), (2, "backfilled", MAY)]
    # what is written from now on begins on a line of its own
    assert take_back(home, [MAY]) == [MAY]
    assert (reported_months(home), backfilled(home)) == ({JUNE}, [])


def test_a_line_that_was_cut_before_its_end_is_whole(home: Settings) -> None:
    path = written(home, json.dumps(FIRST).encode())
    path.write_bytes(path.read_bytes().rstrip())
    assert said_while(lambda: reported_months(home)) == []
    take_back(home, [MAY])
    assert path.read_bytes().endswith(b"\n")
    assert reported_months(home) == {JUNE}


def test_a_bit_that_flips_in_a_line_is_noticed(home: Settings) -> None:
    path = written(home, json.dumps(PAST).encode())
    take_back(home, [MAY])
    line = path.read_bytes().splitlines()[1]
    for place in range(0, len(line) * 8, 7):
        flipped = bytearray(line)
        flipped[place // 8] ^= 1 << place % 8
        written(home, json.dumps(PAST).encode(), bytes(flipped))
        path.with_name("verdicts.jsonl.damaged-1").unlink(missing_ok=True)
        said = said_while(lambda: reported_months(home))
        assert len(said) == 1
        assert reported_months(home) == {MAY}


def test_a_folder_in_the_place_of_the_file_is_renamed(home: Settings) -> None:
    path = home.home / "verdicts.jsonl"
    path.mkdir()
    assert said_while(lambda: reported_months(home)) == [
        f"{path} is a folder, not a file; renamed it to verdicts.jsonl.damaged-1; "
        "restore it from a backup, or the verdict history starts over"
    ]
    take_back(home, [MAY])
    assert reported_months(home) == set()


def test_a_file_that_cannot_be_read_is_named(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(home, json.dumps(FIRST).encode())

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(SeatshiftError, match=rf"{path} cannot be read \(Permission denied\)"):
        reported_months(home)

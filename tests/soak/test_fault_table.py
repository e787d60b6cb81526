"""The fault table of benchmarks/README.md is made of the lines that the soak tests write."""

import json
from pathlib import Path

import pytest

from benchmarks import faults
from tests.soak import figures


def test_the_latest_line_of_each_fault_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "faults.jsonl"
    monkeypatch.setenv("SEATSHIFT_SOAK_RESULTS", str(results))
    figures.note("Kill", tried=60, expected="0 lost", found="1 lost")
    figures.note("Clock | set back", tried=1, expected="same", found="same", seconds=1.5)
    figures.note("Kill", tried=1600, expected="0 lost", found="0 lost", ends={"0": 3})
    made = faults.table(faults.read(results)).splitlines()
    assert made[2] == f"| Kill | 1,600 | 0 lost | 0 lost | ends 0:3 | {figures.seed()} |"
    assert made[3].startswith("| Clock \\| set back | 1 | same | same | seconds 1.5 |")
    assert len(made) == 4
    assert [json.loads(line)["tried"] for line in results.read_text().splitlines()] == [60, 1, 1600]


def test_the_table_takes_the_place_between_its_marks() -> None:
    text = faults.README.read_text(encoding="utf-8")
    first = faults.put(text, "one")
    assert faults.put(first, "two") == faults.put(text, "two")
    assert first.count(faults.BEGIN) == first.count(faults.END) == 1
    assert "\none\n" in first


def test_counts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEATSHIFT_SOAK_KILLS", raising=False)
    assert figures.count("kills", 600) == 600
    monkeypatch.setenv("SEATSHIFT_SOAK_KILLS", "12")
    assert figures.count("kills", 600) == 12
    monkeypatch.setenv("SEATSHIFT_SOAK_SEED", "5")
    assert figures.draws("x").random() == figures.draws("x").random()

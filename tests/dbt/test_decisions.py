"""Decisions and the models that carry them name each other, and the index has all of them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dbt.test_conventions import models

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"
FIELDS = ["status", "date", "area", "supersedes", "models"]
STATUSES = ("accepted", "superseded")
NAME = re.compile(r"(\d{4})-[a-z0-9-]+\.md")


@pytest.fixture(scope="module")
def decisions() -> dict[int, dict[str, Any]]:
    """The head of every decision, by its number, with the rest of the file as `text`."""
    found: dict[int, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.md")):
        if path.name == "README.md":
            continue
        match = NAME.fullmatch(path.name)
        assert match is not None, path.name
        _, head, text = path.read_text(encoding="utf-8").split("---\n", 2)
        found[int(match[1])] = yaml.safe_load(head) | {"text": text, "file": path.name}
    return found


def test_decisions_are_numbered_without_gaps(decisions: dict[int, dict[str, Any]]) -> None:
    assert list(decisions) == list(range(1, len(decisions) + 1))


def test_every_decision_has_a_head_a_rule_and_an_example_or_an_effect(
    decisions: dict[int, dict[str, Any]],
) -> None:
    for one in decisions.values():
        assert [key for key in one if key not in ("text", "file")] == FIELDS, one["file"]
        assert one["status"] in STATUSES, one["file"]
        assert "Rule" in one["text"], one["file"]
        assert re.search(r"Example|Effect", one["text"]), one["file"]


def test_what_is_superseded_says_so_and_by_a_later_one(
    decisions: dict[int, dict[str, Any]],
) -> None:
    superseded = {number for one in decisions.values() for number in one["supersedes"]}
    assert superseded == {
        number for number, one in decisions.items() if one["status"] == "superseded"
    }
    for number, one in decisions.items():
        assert all(old < number for old in one["supersedes"]), one["file"]


def test_models_and_decisions_name_each_other(
    decisions: dict[int, dict[str, Any]], manifest: dict[str, Any]
) -> None:
    named_by_decisions = {
        (number, name) for number, one in decisions.items() for name in one["models"]
    }
    named_by_models = {
        (number, node["name"])
        for node in models(manifest)
        for number in node["config"]["meta"].get("decisions", [])
    }
    assert named_by_decisions == named_by_models


def test_the_index_lists_every_decision_under_its_title(
    decisions: dict[int, dict[str, Any]],
) -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d{4}) (.+)\]\((.+)\)$", index, re.MULTILINE)
    assert listed == [
        (f"{number:04d}", re.findall(r"^# (.+)$", one["text"], re.MULTILINE)[0], one["file"])
        for number, one in decisions.items()
    ]

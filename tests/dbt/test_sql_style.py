"""A SQL file is read by sqlfluff until it is clean, and again only when it changes."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.dbt import sql_style

CLEAN = "select a from b\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one clean and one untidy model, linted as ours is."""
    models = tmp_path / "dbt_project" / "models"
    models.mkdir(parents=True)
    (models / "clean.sql").write_text(CLEAN, encoding="utf-8")
    (models / "untidy.sql").write_text("SELECT a from b\n", encoding="utf-8")
    shutil.copy(sql_style.ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(sql_style, "ROOT", tmp_path)
    monkeypatch.setattr(sql_style, "KNOWN_CLEAN", tmp_path / "cache" / "clean.txt")
    return models


def test_untidy_sql_is_found_until_it_is_fixed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sql_style.main() == 1
    printed = capsys.readouterr().out
    assert "dbt_project/models/untidy.sql:1:1: CP01 Keywords must be lower case." in printed
    assert "models/clean.sql" not in printed
    (project / "untidy.sql").write_text(CLEAN, encoding="utf-8")
    assert sql_style.main() == 0


def test_only_what_changed_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[str]] = []

    def found(files: Iterable[Path]) -> dict[Path, list[str]]:
        names = [path.name for path in files]
        read.append(names)
        return {project / name: ["untidy"] for name in names if name == "untidy.sql"}

    monkeypatch.setattr(sql_style, "findings", found)
    sql_style.main()
    sql_style.main()
    (project / "clean.sql").write_text(f"{CLEAN}where true\n", encoding="utf-8")
    sql_style.main()
    assert read == [["clean.sql", "untidy.sql"], ["untidy.sql"], ["clean.sql", "untidy.sql"]]


def test_other_rules_are_another_state(project: Path) -> None:
    before = sql_style.states([project / "clean.sql"])
    settings = sql_style.ROOT / "pyproject.toml"
    changed = settings.read_text(encoding="utf-8").replace(
        "max_line_length = 100", "max_line_length = 90"
    )
    settings.write_text(changed, encoding="utf-8")
    assert sql_style.states([project / "clean.sql"]) != before

"""A new home says itself what belongs where, and its own example refreshes."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from orchestration.homes.new_home import (
    ANY_TABLE,
    REFERENCE_FILES,
    TEMPLATES,
    column_meanings,
    make_home,
)
from orchestration.ingest.check import check_home
from orchestration.ingest.ids import read_ids
from orchestration.ingest.mapping import load_targets, shipped_names
from orchestration.ingest.reference import load_reference
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import InputError
from orchestration.platform.settings import KNOWN, Settings, load_settings
from tests.ingest.homes import build, write


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return load_settings(make_home(tmp_path / "ours"))


def test_every_column_is_explained_once() -> None:
    columns = {
        (table.name, column.name)
        for tables in (EXPORTS, REFERENCE_FILES)
        for table in tables.values()
        for column in table.columns
    }
    meanings = column_meanings()
    assert {key for key in meanings if key[0] != ANY_TABLE} == columns
    assert all(meanings.values())


def test_the_settings_file_names_every_setting_with_its_default(home: Settings) -> None:
    text = (home.home / "settings.toml").read_text(encoding="utf-8")
    reported = tomllib.loads(re.sub(r"^# (\w+ =)", r"\1", text, flags=re.MULTILINE))
    assert {section: set(keys) for section, keys in reported.items()} == {
        section: set(keys) for section, keys in KNOWN.items()
    }
    for section, keys in KNOWN.items():
        for key, (_, default) in keys.items():
            assert (section, key) == ("company", "name") or reported[section][key] == default


def test_reference_files_explain_themselves_and_hold_no_row(home: Settings) -> None:
    reference = load_reference(home)
    for name, spec in REFERENCE_FILES.items():
        text = (home.reference / f"{name}.csv").read_text(encoding="utf-8")
        assert all(f"\n# {column.name} (" in text for column in spec.columns)
        assert name in ("thresholds", "ids") or reference.tables[name] == []
    assert reference.tables["thresholds"], "the shipped ones hold"
    assert read_ids(home) == []


def test_a_row_below_the_comments_is_named_by_its_line(home: Settings) -> None:
    path = home.reference / "plans.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    write(path, "\n".join([*lines, "team,Team,per_chair,USD,,,,,,,,"]) + "\n")
    with pytest.raises(InputError, match=f"plans.csv, row {len(lines) + 1}, column family"):
        load_reference(home)


def test_a_new_home_says_which_exports_are_missing(home: Settings) -> None:
    problems = check_home(home).problems
    for name in ("seat_events", "usage_events", "invoice_lines"):
        assert any(f"no {name}" in problem for problem in problems)


def test_mappings_wait_to_be_taken_up(home: Settings) -> None:
    assert load_targets(home) == []
    for name in shipped_names():
        path = home.mappings / f"{name}.yml"
        write(path, path.read_text(encoding="utf-8").replace(f"# use: {name}", f"use: {name}"))
    assert {target.mapping for target in load_targets(home)} == {
        f"{name}.yml" for name in shipped_names()
    }


def test_the_template_of_a_mapping_is_one_when_its_comment_marks_are_gone(
    home: Settings,
) -> None:
    text = (TEMPLATES / "own.yml").read_text(encoding="utf-8")
    body = text[text.index("# system:") :]
    write(home.mappings / "own.yml", re.sub(r"^# ?", "", body, flags=re.MULTILINE))
    assert [target.export for target in load_targets(home)] == ["usage_events"]
    assert yaml.safe_load(text) is None


def follow_readme(home: Settings) -> None:
    text = (home.home / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```csv (\S+)\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) == 6
    for name, content in blocks:
        write(home.home / name, content)


def test_the_example_of_the_readme_loads_whole(home: Settings) -> None:
    follow_readme(home)
    assert check_home(home).problems == []
    built = build(home)
    assert built.rows("select count(*), count(distinct export) from raw.quarantine") == [(0, 0)]
    assert built.rows("select sum(loaded) from raw.load_ledger") == [(13,)]
    assert built.rows("select count(*) from reference.charges") == [(2,)]

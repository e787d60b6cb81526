"""The reported verdicts lie beside the decisions; a file of earlier versions moves there once."""

import shutil
from pathlib import Path

import pytest

from orchestration.homes.doctor import examine
from orchestration.pipeline.publish import recover
from orchestration.platform import verdict_file
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.verdict_file import move_to_home


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    (tmp_path / "settings.toml").touch()
    (tmp_path / "var").mkdir()
    return load_settings(tmp_path)


def said_while_moving(settings: Settings) -> list[str]:
    said: list[str] = []
    with listening(said.append):
        move_to_home(settings)
    return said


def test_the_file_moves_once_and_says_so_once(home: Settings) -> None:
    earlier, target = home.var / "verdicts.jsonl", home.home / "verdicts.jsonl"
    earlier.write_bytes(b"one\n")
    assert verdict_file.verdict_file(home) == earlier
    assert said_while_moving(home) == [
        f"Moved the reported verdicts to {target}; back it up with the rest of the home."
    ]
    assert (target.read_bytes(), earlier.exists()) == (b"one\n", False)
    assert verdict_file.verdict_file(home) == target
    assert said_while_moving(home) == []


def test_a_move_that_was_cut_short_loses_nothing(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, target = home.var / "verdicts.jsonl", home.home / "verdicts.jsonl"
    earlier.write_bytes(b"one\n")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", stop)
        with pytest.raises(KeyboardInterrupt):
            move_to_home(home)
    assert verdict_file.verdict_file(home) == earlier
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stop)
        with pytest.raises(KeyboardInterrupt):
            move_to_home(home)
    # both are there: later reports are added to the one in the home
    with target.open("ab") as file:
        file.write(b"two\n")
    assert said_while_moving(home) == []
    assert (target.read_bytes(), earlier.exists()) == (b"one\ntwo\n", False)


def test_two_files_that_differ_are_both_left_for_people(home: Settings) -> None:
    earlier, target = home.var / "verdicts.jsonl", home.home / "verdicts.jsonl"
    earlier.write_bytes(b"restored\n")
    target.write_bytes(b"own\n")
    (said,) = said_while_moving(home)
    assert said.startswith(f"{earlier} and {target} differ; {target} is used")
    assert target.read_bytes() == b"own\n"
    assert (home.home / "verdicts.jsonl.from-var-1").read_bytes() == b"restored\n"
    assert said_while_moving(home) == []


def test_a_home_without_var_has_its_verdicts(small_copy: Settings) -> None:
    before = verdict_file.verdict_file(small_copy).read_bytes()
    assert before
    shutil.rmtree(small_copy.var)
    recover(small_copy)
    assert verdict_file.verdict_file(small_copy).read_bytes() == before
    found = {finding["what"]: finding["found"] for finding in examine(small_copy.home)}
    assert found["verdicts"] == f"1 report in {small_copy.home / 'verdicts.jsonl'}"

"""The tutorial's commands, word for word and in its order, print what it says."""

import os
from pathlib import Path

import pytest

from tests.builds import builds
from tests.docs.examples import blocks, call, check, console

PAGE = "tutorial.md"
BLOCKS = [block for block in blocks(PAGE) if block.kind == "console"]
# where the reader of the tutorial works
READER = "/home/ada"


@pytest.fixture(scope="module")
@builds
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every block as it would be written today; one folder for all of them."""
    folder = tmp_path_factory.mktemp("tutorial")
    before = Path.cwd()
    os.chdir(folder)
    try:
        return [console(block, call).replace(str(folder), READER) for block in BLOCKS]
    finally:
        os.chdir(before)


@pytest.mark.parametrize("place", range(len(BLOCKS)))
def test_a_command_of_the_tutorial_prints_what_it_says(place: int, printed: list[str]) -> None:
    check(PAGE, BLOCKS[place], printed[place])

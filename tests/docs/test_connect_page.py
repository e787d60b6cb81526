"""The page on connecting files, walked from its top: its files, its commands, what they print."""

import os
import re
from pathlib import Path

import pytest

from tests.docs.examples import DOCS, Block, blocks, call, check, console

PAGE = "how-to/connect-your-files.md"
READER = "/home/ada"
# a block of the page that is a file: its path and its content
FILE = re.compile(r"^```csv (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMANDS = [block for block in blocks(PAGE) if block.kind == "console"]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every block of commands as it would be written today."""
    folder = tmp_path_factory.mktemp("connect")
    files = FILE.findall((DOCS / PAGE).read_text(encoding="utf-8"))
    before = Path.cwd()
    os.chdir(folder)
    try:
        first = _walked(COMMANDS[0])
        for name, content in files:
            Path(name).write_text(content, encoding="utf-8")
        return [first, *(_walked(block) for block in COMMANDS[1:])]
    finally:
        os.chdir(before)


def _walked(block: Block) -> str:
    return console(block, call).replace(str(Path.cwd()), READER)


@pytest.mark.parametrize("place", range(len(COMMANDS)))
def test_a_command_of_the_page_prints_what_it_says(place: int, printed: list[str]) -> None:
    check(PAGE, COMMANDS[place], printed[place])

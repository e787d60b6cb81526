"""What the pages say of the demo company is what a refresh of it publishes today."""

import re
from decimal import Decimal

import pytest

from orchestration.platform.warehouse import open_warehouse
from tests.conftest import PublishedHome
from tests.docs.examples import ROOT, Block, blocks, call, check, console, prose, result

PAGES = ("index.md", "journey.md")
# 1,234.50 or +11.4 or 26, but not the digits of a name such as acc-0004, of a day or of a heading
NUMBER = re.compile(r"(?<![\w.,])(?<!\w-)\d[\d,]*(?:\.\d+)?(?![\w-])")
NO_FIGURE = re.compile(r"\d+ [A-Z][a-z]+ \d{4}\b|^#+ \d+\.", re.MULTILINE)


def shown(page: str) -> list[tuple[Block, Block | None]]:
    """Commands, and queries with their results."""
    found = blocks(page)
    return [
        (block, found[place + 1] if block.kind == "sql" else None)
        for place, block in enumerate(found)
        if block.kind in ("console", "sql")
    ]


EXAMPLES = [(page, place) for page in PAGES for place in range(len(shown(page)))]


@pytest.mark.parametrize(("page", "place"), EXAMPLES)
def test_an_example_prints_what_the_page_says(
    page: str,
    place: int,
    demo: PublishedHome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    block, expected = shown(page)[place]
    if expected is None:
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("SEATSHIFT_HOME", str(demo.home))
        check(page, block, console(block, call).replace(str(demo.home), "seeds"))
    else:
        with open_warehouse(demo.settings, demo.warehouse, read_only=True) as connection:
            check(page, expected, result(connection, block.text))


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_in_the_text_stands_in_a_result(page: str) -> None:
    results = {figure for block in blocks(page) for figure in figures(block.text)}
    assert figures(NO_FIGURE.sub("", prose(page))) - results == set()


def figures(text: str) -> set[Decimal]:
    """The numbers of a text, without signs: 546.00 and 546.0000 are one."""
    return {Decimal(number.replace(",", "")) for number in NUMBER.findall(text)}

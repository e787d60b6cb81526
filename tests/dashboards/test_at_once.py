"""What many people get who open all pages at one moment: what each of them would get alone."""

import asyncio
import re
from pathlib import Path

from streamlit.proto.ClientState_pb2 import ClientState

from benchmarks.visitor import answer, connected
from docs.screenshots import serving
from tests.dashboards.conftest import PAGES

PEOPLE = 2
# every page as it opens, and narrowed where it can be, to a segment or to one account
NARROWED = {
    "decision": "verdict=smb",
    "memo": "verdict=smb",
    "account": "account=a05",
    "data_health": "",
    "definitions": "",
}
OPENED = {"account": "account=a01"}
LINKS = sorted(
    {(page, OPENED.get(page, "")) for page in PAGES}
    | {(page, NARROWED.get(page, "segment=smb")) for page in PAGES}
)
# what Streamlit names differently for each reader, and what depends on the clock
OWN = re.compile(r'(deferred_file_id|uuid|[a-z_]*token): "[^"]*"|\d+ (?:min|h|d) old')
# what a page sends, by its place on it
Sent = dict[tuple[int, ...], str]


async def opened(base: str, page: str, query: str) -> Sent:
    """All that a page sends to somebody who follows a link to it."""
    sent: Sent = {}
    state = ClientState(page_name="" if page == "memo" else page, query_string=query)
    async with connected(base) as connection:
        async for message in answer(connection, state):
            if message.WhichOneof("type") == "delta":
                place = tuple(message.metadata.delta_path)
                sent[place] = OWN.sub(r"\1", str(message.delta))
    return sent


async def one_by_one(base: str) -> dict[tuple[str, str], Sent]:
    return {link: await opened(base, *link) for link in LINKS}


async def all_at_once(base: str) -> list[tuple[tuple[str, str], Sent]]:
    links = LINKS * PEOPLE
    sent = await asyncio.gather(*(opened(base, *link) for link in links))
    return list(zip(links, sent, strict=True))


def test_everybody_gets_what_they_would_get_alone(homes: dict[str, Path]) -> None:
    with serving(homes["whole"]) as base:
        alone = asyncio.run(one_by_one(base))
    # a server of its own: nothing is made yet when all ask for it
    with serving(homes["whole"]) as base:
        together = asyncio.run(all_at_once(base))
    for link, sent in together:
        differing = {
            place
            for place in alone[link].keys() | sent.keys()
            if alone[link].get(place) != sent.get(place)
        }
        assert not differing, (link, sorted(differing))
    assert all(len(sent) > 50 for sent in alone.values())
    # the check could not fail where all pages were one
    same = [page for page, query in LINKS if query and alone[page, query] == alone.get((page, ""))]
    assert not same

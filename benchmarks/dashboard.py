"""How long a page takes to its first figures and to a changed filter, for one person and for ten.

Run it as `.venv/bin/python -m benchmarks.dashboard --home HOME` on a refreshed home of the size in
question (`benchmarks/whatif.py --keep` makes one of 10,000 accounts). It serves the dashboard and
tells, for every page, the median and the 95th percentile of both, beside a bare DuckDB scan of the
published bills:

- `browser`: seconds until Chromium has drawn the page, while nobody else or nine others are there;
- `answer`: seconds until the server has sent the whole page to each of the people.

The others have no browser here, as theirs would run on machines of their own: they speak to the
server as a browser does, open every page, change its segment, and look at each for `--pause`
seconds. With `--pause 0` nobody looks: all ask for the next page at once. The one browser, the
dashboard and the ten connections share the processors.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path

import duckdb
import websockets
from playwright.async_api import Locator, Page, async_playwright
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from benchmarks.visitor import PATIENCE, answer, connected
from docs.screenshots import BROWSER_ARGUMENTS, chromium, serving
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings

PAGES = (
    "",
    "triggers",
    "seat_utilization",
    "cohorts",
    "shadow_billing",
    "bill_shock",
    "account",
    "timing",
    "scenario_lab",
    "economics",
    "data_health",
    "definitions",
)
WITHOUT_SEGMENT = ("account", "data_health")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# seconds by page and by what was waited for
Found = dict[str, dict[str, list[float]]]


def nothing_found() -> Found:
    return defaultdict(lambda: defaultdict(list))


def bare_scan(snapshot: Path) -> float:
    """Seconds in which DuckDB alone adds up the published bills by month, scenario and segment."""
    started = time.perf_counter()
    with duckdb.connect(str(snapshot), read_only=True, config={"threads": 2}) as connection:
        connection.execute(
            "select month, scenario_id, segment, sum(amount_reporting), count(*) "
            "from marts.fct_shadow_bills group by all"
        ).fetchall()
    return time.perf_counter() - started


def some_account(snapshot: Path) -> str:
    """An account whose page has both bills."""
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        found = connection.execute(
            "select min(account_id) from marts.fct_shadow_bills where is_available"
        ).fetchone()
    return str(found[0]) if found else ""


class Visitor:
    """A person without a browser: asks for pages and changes filters as one would."""

    def __init__(self, base: str, account: str) -> None:
        self.base = base
        self.query = f"account={account}"
        self.segment: tuple[str, str] | None = None
        self.script = ""

    async def visit(self, page: str, found: Found, pause: float) -> None:
        """Open a page as one who follows a link, look at it, change its segment, look again."""
        query = self.query if page == "account" else ""
        self.segment = None
        async with connected(self.base) as connection:
            state = ClientState(page_name=page, query_string=query)
            found[page]["first_paint"].append(await self._answered(connection, state))
            await asyncio.sleep(pause)
            if self.segment is None:
                return
            widget, option = self.segment
            state = ClientState(
                query_string=query,
                page_script_hash=self.script,
                widget_states=WidgetStates(
                    widgets=[WidgetState(id=widget, string_value=option)],
                ),
            )
            found[page]["filter"].append(await self._answered(connection, state))
            await asyncio.sleep(pause)

    async def _answered(self, connection: websockets.ClientConnection, state: ClientState) -> float:
        """Seconds from the question to the end of the run that answers it."""
        started = time.perf_counter()
        async for message in answer(connection, state):
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.script = message.new_session.page_script_hash
            elif kind == "delta":
                self._note(message)
        return time.perf_counter() - started

    def _note(self, message: ForwardMsg) -> None:
        """The page's segment filter and its second option."""
        element = message.delta.new_element
        if element.WhichOneof("type") == "selectbox" and element.selectbox.label == "Segment":
            options = list(element.selectbox.options)
            self.segment = (element.selectbox.id, options[1]) if len(options) > 1 else None


async def stroll(visitor: Visitor, place: int, found: Found, pause: float) -> None:
    """All pages once; everybody begins with another one."""
    pages = PAGES[place % len(PAGES) :] + PAGES[: place % len(PAGES)]
    for page in pages:
        await visitor.visit(page, found, pause)


async def settled(page: Page, name: str) -> None:
    """The answer to the page's question and its filter are drawn, and no run is going on."""
    await page.wait_for_selector('[data-testid="stHeading"]', timeout=PATIENCE * 1000)
    if name not in WITHOUT_SEGMENT:
        await _segment(page).wait_for(timeout=PATIENCE * 1000)
    await page.wait_for_selector(IDLE, timeout=PATIENCE * 1000)


def _segment(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Segment").first


async def browse(page: Page, base: str, account: str, found: Found) -> None:
    """All pages once in a browser, with the segment changed on each that has one."""
    for name in PAGES:
        started = time.perf_counter()
        await page.goto(f"{base}/{name}{f'?account={account}' if name == 'account' else ''}")
        await settled(page, name)
        found[name]["first_paint"].append(time.perf_counter() - started)
        if name in WITHOUT_SEGMENT:
            continue
        await _segment(page).click()
        option = page.get_by_role("option").nth(1)
        await option.wait_for(timeout=PATIENCE * 1000)
        started = time.perf_counter()
        await option.click()
        await page.wait_for_timeout(50)  # the run that the click asks for begins after it
        await settled(page, name)
        found[name]["filter"].append(time.perf_counter() - started - 0.05)


async def measure(
    base: str, browser_path: str, account: str, sessions: int, pause: float
) -> dict[str, Found]:
    """What a browser waited for while the other sessions strolled, and what those waited for."""
    browser_found, answers = nothing_found(), nothing_found()
    visitors = [Visitor(base, account) for _ in range(sessions - 1)]

    async def wander(visitor: Visitor, place: int) -> None:
        await asyncio.sleep(pause * place / max(1, len(visitors)))
        while True:
            await stroll(visitor, place, answers, pause)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path, args=BROWSER_ARGUMENTS
        )
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        others = [
            asyncio.create_task(wander(visitor, place)) for place, visitor in enumerate(visitors)
        ]
        try:
            # twice: one round of pages is few of each kind
            for _ in range(2):
                await browse(page, base, account, browser_found)
        finally:
            for task in others:
                task.cancel()
            ended = await asyncio.gather(*others, return_exceptions=True)
            await browser.close()
    for error in ended:
        if isinstance(error, Exception):
            raise error
    if not visitors:
        await stroll(Visitor(base, account), 0, answers, 0)
    return {"browser": browser_found, "answer": answers}


def summary(seconds: list[float], scan: float) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(p95, 2),
        "p50_to_scan": round(statistics.median(ordered) / scan, 1),
    }


def report(sessions: int, pause: float, measured: dict[str, Found], scan: float) -> None:
    head = {"sessions": sessions, "pause": pause}
    for side, found in measured.items():
        every: dict[str, list[float]] = defaultdict(list)
        for page, kinds in found.items():
            for kind, seconds in kinds.items():
                every[kind] += seconds
                line = {"side": side, "page": page or "decision", kind: summary(seconds, scan)}
                print(json.dumps(head | line), flush=True)
        for kind, seconds in every.items():
            print(
                json.dumps(head | {"side": side, "all": kind, **summary(seconds, scan)}), flush=True
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True, help="a refreshed home")
    parser.add_argument("--sessions", type=int, nargs="*", default=[1, 10])
    parser.add_argument("--pause", type=float, default=10, help="seconds that a page is looked at")
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    settings = load_settings(home)
    pointer = read_pointer(settings)
    browser = chromium()
    if pointer is None or browser is None:
        parser.error("the home must be refreshed, and Chromium installed")
    snapshot = pointer.path(settings)
    scan, account = bare_scan(snapshot), some_account(snapshot)
    with serving(home) as base:
        # the first visitor of a generation waits for its file to be checked and for every answer
        first = nothing_found()
        asyncio.run(stroll(Visitor(base, account), 0, first, 0))
        report(1, 0, {"first visit": first}, scan)
        for sessions in arguments.sessions:
            found = asyncio.run(measure(base, browser, account, sessions, arguments.pause))
            report(sessions, arguments.pause, found, scan)


if __name__ == "__main__":
    main()

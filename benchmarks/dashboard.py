"""How long a page takes to its first figures and to a changed filter, with several people at once.

Run it as `.venv/bin/python -m benchmarks.dashboard --home HOME` on a refreshed home of the size in
question (`benchmarks/whatif.py --keep` makes one of 10,000 accounts): it serves the dashboard,
opens every page in as many browser sessions at once, changes the segment in each, and prints the
median and the 95th percentile of both, beside a bare DuckDB scan of the published bills. Browser
and dashboard share the processors.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path

import duckdb
from playwright.async_api import Page, async_playwright

from docs.screenshots import BROWSER_ARGUMENTS, chromium, serving
from orchestration.published import read_pointer
from orchestration.settings import load_settings

PAGES = {
    "decision": "",
    "triggers": "triggers",
    "seat_utilization": "seat_utilization",
    "cohorts": "cohorts",
    "shadow_billing": "shadow_billing",
    "bill_shock": "bill_shock",
    "timing": "timing",
    "economics": "economics",
    "data_health": "data_health",
}
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE = 120_000


def bare_scan(snapshot: Path) -> float:
    """Seconds in which DuckDB alone adds up the published bills by month, scenario and segment."""
    started = time.perf_counter()
    with duckdb.connect(str(snapshot), read_only=True, config={"threads": 2}) as connection:
        connection.execute(
            "select month, scenario_id, segment, sum(amount_reporting), count(*) "
            "from marts.fct_shadow_bills group by all"
        ).fetchall()
    return time.perf_counter() - started


async def _settled(page: Page) -> None:
    await page.wait_for_selector('[data-testid="stHeading"]', timeout=PATIENCE)
    await page.wait_for_selector(IDLE, timeout=PATIENCE)


async def _first_paint(page: Page, address: str) -> float:
    started = time.perf_counter()
    await page.goto(address)
    await _settled(page)
    return time.perf_counter() - started


async def _filtered(page: Page) -> float | None:
    """Seconds until another segment is shown; None for a page without that filter."""
    box = page.get_by_role("combobox", name="Segment").first
    if not await box.count():
        return None
    await box.click()
    option = page.get_by_role("option").nth(1)
    await option.wait_for(timeout=PATIENCE)
    started = time.perf_counter()
    await option.click()
    await page.wait_for_timeout(50)  # the run that the click asks for begins after it
    await _settled(page)
    return time.perf_counter() - started


async def measure(base: str, browser_path: str, sessions: int) -> dict[str, dict[str, list[float]]]:
    """Seconds of every session, by page and by what was waited for."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path, args=BROWSER_ARGUMENTS
        )

        async def one_session() -> None:
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            page = await context.new_page()
            for name, path in PAGES.items():
                found[name]["first_paint"].append(await _first_paint(page, f"{base}/{path}"))
                filtered = await _filtered(page)
                if filtered is not None:
                    found[name]["filter"].append(filtered)
            await context.close()

        await asyncio.gather(*(one_session() for _ in range(sessions)))
        await browser.close()
    return found


def _told(seconds: list[float], scan: float) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(p95, 2),
        "p50_to_scan": round(statistics.median(ordered) / scan, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a refreshed home")
    parser.add_argument("--sessions", type=int, default=10)
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    settings = load_settings(home)
    pointer = read_pointer(settings)
    browser = chromium()
    if pointer is None or browser is None:
        parser.error("the home must be refreshed, and Chromium installed")
    scan = bare_scan(pointer.path(settings))
    with serving(home) as base:
        for round_name in ("cold", "warm"):
            found = asyncio.run(measure(base, browser, arguments.sessions))
            every: dict[str, list[float]] = defaultdict(list)
            for page, kinds in found.items():
                for kind, seconds in kinds.items():
                    every[kind] += seconds
                    print(
                        json.dumps({"round": round_name, "page": page, kind: _told(seconds, scan)}),
                        flush=True,
                    )
            for kind, seconds in every.items():
                print(json.dumps({"round": round_name, "all": kind, **_told(seconds, scan)}))


if __name__ == "__main__":
    main()

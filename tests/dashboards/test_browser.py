"""What only a browser shows: no outside request, links that round-trip, one screen."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.dashboards.conftest import PAGES
from tests.dashboards.sample import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@pytest.fixture(scope="module")
def address(homes: dict[str, Path]) -> Iterator[str]:
    """The dashboard over the whole sample, on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = str(ROOT / "dashboards" / "streamlit_app.py")
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)],
        cwd=homes["none"],  # the theme is found beside the app, not in the working folder
        env={**os.environ, "SEATSHIFT_HOME": str(homes["whole"])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        end = monotonic() + 60
        while monotonic() < end:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
                break
            except OSError:
                sleep(0.3)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser on a 1440 by 900 screen."""
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("browser"),
            executable_path=CHROMIUM,
            headless=True,
            args=ARGUMENTS,
            viewport={"width": 1440, "height": 900},
        )
        yield context.pages[0] if context.pages else context.new_page()
        context.close()


def opened(page: Page, url: str) -> None:
    page.goto(url)
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000
    )
    page.wait_for_selector('[data-testid="stHeading"]', timeout=30_000)


def test_no_page_asks_anyone_outside(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in PAGES:
        opened(page, f"{address}/{'' if name == 'decision' else name}")
        assert not page.locator('[data-testid="stException"]').count()
    allowed = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(allowed)] == []


def test_the_decision_fits_on_one_screen(page: Page, address: str) -> None:
    opened(page, f"{address}/")
    box = page.get_by_text("What would change it?").bounding_box()
    flips = page.get_by_text("Flips to MIGRATE after one more month.").bounding_box()
    assert box is not None
    assert flips is not None
    assert flips["y"] + flips["height"] < 900
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "14px"


def test_a_filter_stands_in_the_link_and_the_link_shows_it(page: Page, address: str) -> None:
    opened(page, f"{address}/cohorts")
    page.get_by_role("combobox", name="Segment").click()
    page.get_by_role("option", name="smb", exact=True).click()
    page.wait_for_url("**segment=smb**")
    opened(page, page.url)
    assert "1.91k USD" in page.locator('[data-testid="stHeading"]').first.inner_text()


def test_the_account_in_a_link_is_its_id(page: Page, address: str) -> None:
    opened(page, f"{address}/account?account=a07")
    assert "Account 7 would pay" in page.locator('[data-testid="stHeading"]').first.inner_text()
    page.get_by_role("combobox", name="Account").click()
    page.get_by_role("combobox", name="Account").fill("Account 9")
    page.get_by_role("option", name="Account 9 · a09").click()
    page.wait_for_url("**account=a09**")
    assert "Account" not in page.url

"""Screenshots of every page, as the README shows them: `make screenshots` after `make run`.

Needs Chromium (`apt-get install chromium`, or a browser that CHROMIUM names).
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
PAGES = {
    "memo": "",
    "decision": "decision",
    "triggers": "triggers",
    "seat-utilization": "seat_utilization",
    "cohorts": "cohorts",
    "shadow-billing": "shadow_billing",
    "bill-shock": "bill_shock",
    "account": "account?account=acc-0004",
    "timing": "timing",
    "scenario-lab": "scenario_lab?scenario=hybrid&segment=All+segments"
    "&try=charges.seat_hybrid_usd.unit_amount%3D29",
    "economics": "economics",
    "data-health": "data_health",
    "definitions": "definitions",
}
# a throwaway browser that asks nobody but this machine
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The browser that CHROMIUM names, the system's, or Playwright's own; None without any."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The dashboard of a home on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", "dashboard", "--home", str(home)]
    server = subprocess.Popen([*command, "--port", str(port)], cwd=HERE.parent)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                with urlopen(f"{base}/healthz", timeout=2):
                    break
            except OSError:
                time.sleep(0.5)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=20)


def main() -> None:
    home = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "seeds").resolve()
    browser = chromium()
    if browser is None:
        sys.exit("need Chromium: apt-get install -y chromium, or name a browser with CHROMIUM")
    with serving(home) as base, sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser, args=BROWSER_ARGUMENTS)
        for scheme in ("light", "dark"):
            context = window.new_context(
                viewport={"width": 1440, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(f"{base}/{path}")
                page.wait_for_selector('[data-testid="stHeading"]', timeout=60_000)
                page.wait_for_selector(
                    '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000
                )
                page.wait_for_timeout(2_500)
                page.screenshot(path=HERE / f"{name}-{scheme}.png")
            context.close()
        window.close()


if __name__ == "__main__":
    main()

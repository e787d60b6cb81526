"""What only a browser shows: no outside request, links that round-trip, keys, files, one screen."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qsl, urlencode, urlsplit

import duckdb
import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, TimeoutError, expect, sync_playwright
from pypdf import PdfReader

from dashboards.formatting import headline
from docs.screenshots import chromium
from tests.dashboards.conftest import PAGES
from tests.dashboards.links import EVERY_FILTER
from tests.dashboards.serving import serving

CHROMIUM = chromium()
expect.set_options(timeout=30_000)  # a machine that runs other tests beside these draws slowly
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
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
DARK_BACKGROUND = "rgb(17, 24, 31)"
REFUSED = "refused by policy:"
TELL_REFUSALS = f"""document.addEventListener("securitypolicyviolation", (event) =>
    console.error("{REFUSED}", event.violatedDirective, event.blockedURI, event.sourceFile))"""
PATHS = {"memo": "", "account": "account?account=a01"}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@pytest.fixture(scope="module")
def address(homes: dict[str, Path]) -> Iterator[str]:
    """The dashboard over the whole sample, started where no settings of its own lie."""
    with serving(homes["whole"], homes["none"]) as url:
        yield url


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
        context.add_init_script(TELL_REFUSALS)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context.pages[0] if context.pages else context.new_page()
        context.close()


@pytest.fixture(autouse=True)
def policy_allows_what_our_pages_do(page: Page) -> Iterator[None]:
    """Whatever a test does, the browser refuses none of it for the policy of the server."""
    refused: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if REFUSED in message.text or "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("console", heard)
    yield
    page.remove_listener("console", heard)
    assert refused == []


def opened(page: Page, url: str) -> None:
    page.goto(url)
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000
    )
    page.wait_for_selector('[data-testid="stHeading"]', timeout=30_000)


# Streamlit's own list of pages on a phone, whose sections are no items of a list
NOT_OURS = {"exclude": [["[data-testid=stSidebarNavItems]"]]}


def serious(page: Page, options: dict[str, object] | None = None) -> list[str]:
    """What axe finds serious or critical, but for the empty marks of Streamlit's own sparklines."""
    found = Axe().run(page, context=NOT_OURS, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not str(node["target"][0]).startswith(".metric_chart_")
    ]


def serious_in_dark(page: Page) -> list[str]:
    """Whether the page that stands there can be read once its reader's system turns dark.

    Nothing else that axe looks at depends on the theme.
    """
    page.emulate_media(color_scheme="dark")
    try:
        # not by wait_for_function, which evaluates text in the page: the policy refuses that
        end = monotonic() + 30
        while page.evaluate(BACKGROUND) != DARK_BACKGROUND:
            assert monotonic() < end
            page.wait_for_timeout(100)
        settled(page)
        return serious(page, {"runOnly": ["color-contrast"]})
    finally:
        page.emulate_media(color_scheme="light")


def pressed(page: Page, key: str, shows: Locator) -> None:
    """Press a key until it does what it says: a page that is still being drawn hears none."""
    page.locator(".st-key-keys button").first.wait_for(state="attached", timeout=30_000)
    end = monotonic() + 60
    while True:
        page.keyboard.press(key)
        try:
            shows.wait_for(timeout=10_000)
            return
        except TimeoutError:
            if monotonic() > end:
                raise


def downloaded(page: Page, button: Locator) -> Path:
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path())


def test_no_page_asks_anyone_outside_and_all_can_be_read(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found: dict[str, list[str]] = {}
    for name in PAGES:
        opened(page, f"{address}/{PATHS.get(name, name)}")
        assert not page.locator('[data-testid="stException"]').count()
        found[name] = serious(page)
        found[f"{name} in dark"] = serious_in_dark(page)
    allowed = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(allowed)] == []
    assert {name: stated for name, stated in found.items() if stated} == {}


def test_a_phone_shows_pages_that_can_be_read_without_scrolling_sideways(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        for name in PAGES:
            opened(page, f"{address}/{PATHS.get(name, name)}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
            inside = "document.querySelector('[data-testid=stMain]').scrollWidth"
            assert page.evaluate(inside) <= 390, name
            expect(page.locator('[data-testid="stHeading"]').first).to_be_visible()
            assert serious(page) == [], name
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})


def test_files_are_downloaded_as_what_they_are(page: Page, address: str) -> None:
    opened(page, f"{address}/account?account=a07")
    dialog = page.get_by_role("dialog")
    pressed(page, "e", dialog.filter(has_text="This page as PDF"))
    pdf = downloaded(page, dialog.get_by_role("button", name="Statement as PDF"))
    assert "Account 7" in PdfReader(pdf).pages[0].extract_text()
    file = downloaded(page, dialog.get_by_role("button", name="XLSX").first)
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    stated = {line[0].value: line[1].value for line in book["About"]}
    assert stated["Account"] == "Account 7 · a07"
    column = [cell.value for cell in book["Data"][1]].index("proposed_amount")
    amounts = [line[column] for line in book["Data"].iter_rows(min_row=2, values_only=True)]
    assert sum(float(str(amount)) for amount in amounts) == pytest.approx(406.38)
    opened(page, f"{address}/decision")
    pressed(page, "e", dialog.filter(has_text="This page as PDF"))
    picture = downloaded(page, dialog.get_by_role("button", name="Revenue ranges (PNG)"))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_from_the_decision_to_an_accounts_file_by_keyboard_alone(page: Page, address: str) -> None:
    opened(page, f"{address}/")
    dialog = page.get_by_role("dialog")
    for key in ("h", "?"):
        pressed(page, key, dialog.filter(has_text="This help"))
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    account = page.get_by_role("combobox", name="Account")
    # the sign does what S does: it opens the page and stands in its search
    pressed(page, "/", account)
    page.wait_for_url("**/account")
    settled(page)
    expect(account).to_be_focused()
    page.keyboard.type("Account 9")
    page.get_by_role("option", name="Account 9 · a09").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**account=a09**")
    settled(page)
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    pressed(page, "l", dialog.filter(has_text="account=a09"))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    button = dialog.get_by_role("button", name="CSV").first
    pressed(page, "e", button)
    button.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.startswith("seatshift-bill-lines-")


def test_tab_reaches_the_main_controls_in_the_order_of_the_page(page: Page, address: str) -> None:
    opened(page, f"{address}/")
    controls = (
        "Memo, Triggers, Definitions, Audit, Notes, Copy link, Export, Help for Segment, "
        "Help for Scenario, Approve"
    )
    wanted = controls.split(", ")
    for word in ("Approve", "Segment"):
        # the page may still be drawn where its script has ended
        expect(page.get_by_text(word, exact=True).first).to_be_visible()
    reached: list[str] = []
    # on a busy machine the first presses may meet a page that is drawn again
    while len(reached) < 26 or (len(reached) < 78 and not _all_in(wanted, reached)):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => (e.getAttribute('aria-label') || '') + ' '"
                " + (e.innerText || '').slice(0, 40))"
                "(document.activeElement)"
            )
        )
    assert _all_in(wanted, reached), reached
    places = [next(n for n, name in enumerate(reached) if word in name) for word in wanted]
    assert places == sorted(places), reached


def _all_in(wanted: Sequence[str], reached: Sequence[str]) -> bool:
    return all(any(word in name for name in reached) for word in wanted)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("economics?segment=smb&by=plan", "Gross margin was 73.1"),
        ("economics?scenario=outcome", "11.0 % margin today, 16.7 % under Pure outcome"),
        ("economics?costs=2025-01-01", "At the cost rates from 1 Jan 2025 gross margin"),
        ("shadow_billing?segment=smb&scenario=outcome", "Pure outcome would bill"),
        ("decision?verdict=enterprise", "Not yet for enterprise"),
        (
            "decision?verdict=smb&scenario=outcome&confidence=95&horizon=3&case=High",
            "Not yet for smb",
        ),
        ("timing?start=2027-02&size=4&without=a01", "Wave 1 moves 4 accounts in Feb 2027"),
        ("seat_utilization?active=7+days&from=2026-01&to=2026-03", "last 7 days of Mar 2026"),
        ("shadow_billing?currency=USD&beside=outcome&to=2026-06", "Hybrid seat + outcome would"),
        ("cohorts?currency=USD&segment=smb", "Billed in USD: Over twelve months"),
        ("economics?currency=USD&by=currency", "Billed in USD: Gross margin was"),
        ("timing?currency=USD", "Billed in USD: Wave 1 moves"),
        ("bill_shock?model=current&cap=0.3&rise=4&amount=16", "with a 30 % monthly cap"),
    ],
)
def test_a_pasted_link_shows_its_view_and_stays(
    page: Page, address: str, path: str, said: str
) -> None:
    opened(page, f"{address}/{path}")
    expect(page.locator('[data-testid="stHeading"]').first).to_contain_text(said)
    asked = dict(parse_qsl(urlsplit(f"{address}/{path}").query))
    assert dict(parse_qsl(urlsplit(page.url).query)) == asked


@pytest.mark.parametrize("name", PAGES)
def test_a_link_with_every_filter_stays_as_it_is(page: Page, address: str, name: str) -> None:
    asked = EVERY_FILTER[name]
    opened(page, f"{address}/{'' if name == 'memo' else name}?{urlencode(asked)}")
    # the last of its parts is drawn, and no part of the link was refused
    expect(
        page.get_by_text("Generation 1 · price book").or_(page.get_by_text("Run seatshift")).first
    ).to_be_visible()
    expect(page.get_by_test_id("stToast")).to_have_count(0)
    assert dict(parse_qsl(urlsplit(page.url).query)) == asked


def test_a_copied_link_shows_the_same_view(page: Page, address: str) -> None:
    opened(page, f"{address}/timing?segment=smb&size=4")
    heading = page.locator('[data-testid="stHeading"]').first
    stated = heading.inner_text()
    pressed(page, "l", page.get_by_role("dialog"))
    link = page.get_by_role("dialog").locator("code").inner_text()
    copied = "navigator.clipboard.readText()"
    end = monotonic() + 30
    while page.evaluate(copied) != link:
        assert monotonic() < end
        page.wait_for_timeout(100)
    asked = dict(parse_qsl(urlsplit(link).query))
    assert (asked["segment"], asked["scenario"], asked["generation"]) == ("smb", "hybrid", "1")
    opened(page, link.replace("generation=1", "generation=3"))
    expect(heading).to_have_text(stated)
    gone = page.get_by_test_id("stToast").filter(has_text="Generation 3 of the link is no longer")
    expect(gone).to_be_visible()


def test_the_memo_fits_on_one_screen(page: Page, address: str) -> None:
    opened(page, f"{address}/")
    for part in (
        page.get_by_text("Risks of moving"),
        page.get_by_test_id("stDataFrame").last,
        page.get_by_test_id("stVegaLiteChart").first,
    ):
        part.wait_for()
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "14px"


def test_the_memo_shows_what_the_marts_have_for_every_segment_and_proposal(
    page: Page, address: str, homes: dict[str, Path]
) -> None:
    file = homes["whole"] / "var" / "snapshots" / "v000001.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        marts = connection.execute(
            """
            select moves.segment, moves.scenario_id, still.difference, moves.yearly_gain,
                moves.pay_more, moves.first_bills
            from marts.fct_proposal_moves as moves
            inner join marts.fct_standing_still as still
                on moves.segment = still.segment and still.horizon_months = 12
            """
        ).fetchall()
    assert len(marts) == 8
    for segment, scenario_id, difference, gain, more, of in marts:
        label = "All segments" if segment == "all" else segment
        opened(page, f"{address}/?{urlencode({'verdict': label, 'scenario': scenario_id})}")
        for figure, value in (
            ("Standing still", headline(difference, "USD", sign=True)),
            ("Gain from moving", headline(gain, "USD", sign=True)),
            ("Pay more on the first bill", f"{more} of {of}"),
        ):
            card = page.get_by_test_id("stMetric").filter(has_text=figure)
            expect(card.get_by_test_id("stMetricValue")).to_have_text(value)


def test_a_cell_of_the_memo_leads_to_its_customers_and_to_both_bills_of_one(
    page: Page, address: str
) -> None:
    opened(page, f"{address}/")
    matrix = page.get_by_test_id("stDataFrame").first
    matrix.scroll_into_view_if_needed()
    drawer = page.get_by_role("dialog")
    for way in ("mouse", "keyboard"):
        box = matrix.bounding_box()
        assert box is not None
        if way == "mouse":
            # the second row is that of smb, the first column after its name that of Hybrid
            page.mouse.click(box["x"] + 160, box["y"] + 32 + 27 * 1.5)
        else:
            page.get_by_role("button", name="See the customers").press("Enter")
        expect(drawer.get_by_text("› Hybrid seat + outcome ›")).to_be_visible()
        if way == "mouse":
            expect(drawer.get_by_text("Memo › smb ›")).to_be_visible()
            page.keyboard.press("Escape")
            expect(drawer).to_have_count(0)
    # the drawer that was closed fades
    expect(drawer.get_by_test_id("stDataFrame")).to_have_count(1)
    expect(drawer.get_by_text("Memo › smb_ai ›")).to_be_visible()
    listed = drawer.get_by_test_id("stDataFrame").bounding_box()
    assert listed is not None
    page.mouse.click(listed["x"] + 14, listed["y"] + 48)
    page.wait_for_url("**/account?**")
    settled(page)
    # the proposal is the one that the page opens with, which the link leaves out
    assert dict(parse_qsl(urlsplit(page.url).query)) == {"account": "a01"}
    page.get_by_role("link", name="Memo › smb_ai › Hybrid seat + outcome").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_every_answer_begins_near_the_top_beside_a_rail_that_names_all_pages(
    page: Page, address: str
) -> None:
    for name in PAGES:
        opened(page, f"{address}/{PATHS.get(name, name)}")
        box = page.locator('[data-testid="stHeading"]').first.bounding_box()
        assert box is not None
        assert box["y"] <= 120, name
        expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(PAGES))


def test_a_filter_stands_in_the_link_and_the_link_shows_it(page: Page, address: str) -> None:
    opened(page, f"{address}/cohorts")
    page.get_by_role("combobox", name="Segment").click()
    page.get_by_role("option", name="smb", exact=True).click()
    page.wait_for_url("**segment=smb**")
    opened(page, page.url)
    assert "1.91k USD" in page.locator('[data-testid="stHeading"]').first.inner_text()


def test_the_decision_leads_on_with_its_segment_and_proposal_and_back(
    page: Page, address: str
) -> None:
    asked = {"verdict": "smb", "scenario": "outcome"}
    shown = {"segment": "smb", "scenario": "outcome"}
    opened(page, f"{address}/decision?{urlencode(asked)}")
    for link, name in (
        ("Open shadow bills", "shadow_billing"),
        ("Who would be shocked?", "bill_shock"),
    ):
        page.get_by_role("link", name=link).click()
        page.wait_for_url(f"**/{name}?**")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == shown
        pressed(page, "1", page.get_by_text("Who would be shocked?").first)
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == asked


def test_filters_stay_while_pages_are_opened_by_key(page: Page, address: str) -> None:
    asked = {"segment": "smb", "currency": "USD", "from": "2026-02", "to": "2026-06"}
    opened(page, f"{address}/shadow_billing?{urlencode(asked)}")
    pressed(page, "2", page.get_by_text("Every figure against its lines"))
    settled(page)
    assert dict(parse_qsl(urlsplit(page.url).query)) == {"segment": "smb"}
    for key, name, stated in (
        ("3", "seat_utilization", "Never active seats"),
        ("5", "shadow_billing", "Pay less / more"),
    ):
        pressed(page, key, page.get_by_text(stated).first)
        page.wait_for_url(f"**/{name}**to=2026-06**")
        settled(page)
        assert dict(parse_qsl(urlsplit(page.url).query)) == asked


def test_a_click_in_the_triangle_lists_the_accounts_behind_the_cell(
    page: Page, address: str
) -> None:
    opened(page, f"{address}/cohorts")
    drawing = page.locator('.st-key-cohort_cell [data-testid="stVegaLiteChart"] svg').first
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    # in the middle of the row of the first cohort, of October 2025
    drawing.click(position={"x": box["width"] / 2, "y": 70})
    page.wait_for_url("**age=**")
    asked = dict(parse_qsl(urlsplit(page.url).query))
    assert asked["cohort"] == "2025-10"
    expect(page.get_by_text(f"Oct 2025 after {asked['age']} months").first).to_be_visible()
    expect(page.get_by_text("5 of 6 accounts still pay").first).to_be_visible()


def test_the_account_in_a_link_is_its_id(page: Page, address: str) -> None:
    opened(page, f"{address}/account?account=a07")
    assert "Account 7 would pay" in page.locator('[data-testid="stHeading"]').first.inner_text()
    page.get_by_role("combobox", name="Account").click()
    page.get_by_role("combobox", name="Account").fill("Account 9")
    page.get_by_role("option", name="Account 9 · a09").click()
    page.wait_for_url("**account=a09**")
    assert "Account" not in page.url


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_windows_of_a_proposal_fit_the_screen(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    try:
        opened(page, f"{address}/decision")
        table = page.get_by_test_id("stTable").filter(has_text="Decides")
        expect(table).to_have_count(1)
        assert table.evaluate("element => element.scrollWidth <= element.clientWidth")
        box = table.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader
from tests.conftest import LiveSite

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAN = "/plans/fukushima-dx/"
PAGES = [
    "/",
    "/plans/",
    PLAN,
    f"{PLAN}?q=手続",
    f"{PLAN}?q=どこにもない言葉",
    f"{PLAN}initiatives/1/",
    f"{PLAN}terms/",
    f"{PLAN}figures/?sort=-value",
    f"{PLAN}tables/",
    f"{PLAN}organisation/",
    f"{PLAN}changes/",
    f"{PLAN}editions/1/",
    "/areas/",
    "/areas/072028/",
    "/areas/living:aizu/",
    "/about/",
    "/nowhere",
    "/accounts/login/",
    "/en/",
    f"/en{PLAN}initiatives/1/",
    "/en/areas/living:aizu/",
]
SHIFT = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(shift)));
})"""

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_fit_and_stand_still(
    chromium: Browser, live_site: LiveSite, width: int, subtests: pytest.Subtests
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800}, locale="ja-JP")
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    for address in PAGES:
        with subtests.test(address=address):
            page.goto(live_site.url + address)
            found = Axe().run(page).response["violations"]
            assert found == [], json.dumps([rule["id"] for rule in found])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            # 0.1 is where shifting begins to be felt (Core Web Vitals).
            assert page.evaluate(SHIFT) < 0.1
            assert refused == []
    page.close()


def test_plan_is_found_and_read_without_scripts_and_by_keyboard(
    chromium: Browser, live_site: LiveSite
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(live_site.url)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "本文へ移動"
    page.get_by_role("searchbox").first.fill("避難所")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/**q=*")
    page.locator("#results a[href*='/initiatives/']").first.click()
    page.wait_for_url("**/initiatives/**")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("heading", name="取組の内容").is_visible()
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/plans/**")
    assert page.get_by_role("heading", name="What will be done").is_visible()
    context.close()


def test_an_initiative_prints_on_one_sheet_with_its_address_and_date(
    chromium: Browser, live_site: LiveSite
) -> None:
    page = chromium.new_page(locale="ja-JP")
    page.goto(f"{live_site.url}{PLAN}initiatives/1/")
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.close()
    assert len(printed.pages) == 1
    assert f"{PLAN}initiatives/1/" in printed.pages[0].extract_text()

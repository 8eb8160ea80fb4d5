import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
DOCUMENT = Path(__file__).parents[1] / "plans" / "documents" / "hinokami_strategy.md"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


def sound(page: Page) -> None:
    """Nothing that axe can find, and nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def press(page: Page, key: str, said: str) -> None:
    page.keyboard.press(key)
    expect(page.locator("#notice")).to_contain_text(said)


def log_in(page: Page, site: Any) -> None:
    page.goto(f"{site.url}/office/")
    sound(page)
    page.fill("[name=login]", site.staff_email)
    page.fill("[name=password]", site.staff_password)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_document_is_brought_in_reviewed_adopted_and_public(
    chromium: Browser, live_site: Any, tmp_path: Path, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="ja-JP")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)

    log_in(page, live_site)
    sound(page)

    # Each width has a document of its own: the same one twice is refused.
    document = tmp_path / f"strategy-{width}.md"
    document.write_text(f"{DOCUMENT.read_text(encoding='utf-8')}\n\n{width}\n", encoding="utf-8")
    page.goto(f"{live_site.url}/office/plans/import/")
    sound(page)
    page.set_input_files("input[type=file]", document)
    page.get_by_role("button", name="取り込む").click()
    page.wait_for_url("**/office/drafts/**")
    expect(page.locator("#notice")).to_contain_text("文書を取り込みました")
    sound(page)
    review = page.url
    expect(page.locator("#progress-words")).to_have_text("確認済み 0 / 6")

    titles = page.locator(".item-list li a")
    expect(titles).to_have_count(6)
    press(page, "a", "を確認済みにしました")
    expect(page.locator("#progress-words")).to_have_text("確認済み 1 / 6")
    page.keyboard.press("k")
    expect(titles.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(titles.nth(1)).to_have_attribute("aria-current", "true")

    page.keyboard.press("e")
    title = page.locator("#item-title")
    expect(title).to_be_focused()
    title.fill("人が直した名称 ajkmsdu")
    expect(titles).to_have_count(6)
    page.get_by_role("button", name="修正を保存する").click()
    expect(page.locator("#notice")).to_contain_text("「人が直した名称 ajkmsdu」を修正しました")
    page.locator("h1").click()

    press(page, "m", "に統合しました")
    expect(titles).to_have_count(5)
    page.keyboard.press("s")
    page.locator("#split-at").select_option(index=1)
    page.locator("#split-title").fill("分けた取組")
    page.get_by_role("button", name="分割する", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("「分けた取組」を分けました")
    expect(titles).to_have_count(6)
    sound(page)
    page.locator("h1").click()

    press(page, "d", "除外しました")
    press(page, "u", "「除外」を元に戻しました")
    press(page, "u", "「分割」を元に戻しました")
    expect(titles).to_have_count(5)
    page.keyboard.press("?")
    expect(page.get_by_text("入力欄の外で押します")).to_be_visible()
    sound(page)
    page.keyboard.press("?")
    expect(page.get_by_text("入力欄の外で押します")).to_be_hidden()

    for tab in ("基本情報", "数値", "ことば", "表", "組織と役割", "不確かな箇所"):
        page.get_by_role("link", name=re.compile(f"^{tab}")).first.click()
        expect(page.locator(".tabs [aria-current=page]")).to_contain_text(tab)
        sound(page)

    page.goto(review)
    page.get_by_role("button", name=re.compile("^残り")).click()
    expect(page.locator("#notice")).to_contain_text("確認済みにしました")
    page.get_by_role("link", name="公開する").first.click()
    expect(page.locator("#do-adopt")).to_have_text("5の取組を公開する")
    sound(page)
    page.fill("#slug", f"hinokami-{width}")
    page.click("#do-adopt")
    expect(page.locator("#notice")).to_contain_text("計画を公開しました")
    sound(page)
    page.click("#public-page")
    expect(page).to_have_url(f"{live_site.url}/plans/hinokami-{width}/")
    expect(page.get_by_text("人が直した名称 ajkmsdu").first).to_be_visible()
    sound(page)

    page.goto(f"{live_site.url}/office/audit/")
    expect(page.get_by_text("計画を公開しました").first).to_be_visible()
    sound(page)
    assert complaints == []
    context.close()


def test_the_same_steps_work_without_scripts(chromium: Browser, live_site: Any, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(f"{live_site.url}/office/plans/import/")
    page.fill("[name=login]", live_site.staff_email)
    page.fill("[name=password]", live_site.staff_password)
    page.press("[name=password]", "Enter")
    document = tmp_path / "plain.md"
    document.write_text(f"{DOCUMENT.read_text(encoding='utf-8')}\n\n印\n", encoding="utf-8")
    page.set_input_files("input[type=file]", document)
    page.get_by_role("button", name="取り込む").click()
    page.click("#do-accept")
    expect(page.locator("#progress-words")).to_have_text("確認済み 1 / 6")
    page.click("#undo-notice")
    expect(page.locator("#progress-words")).to_have_text("確認済み 0 / 6")
    page.click("#do-merge")
    expect(page.locator(".item-list li")).to_have_count(5)
    page.get_by_role("link", name="基本情報").click()
    page.get_by_role("link", name="この下書きを取りやめる").click()
    page.click("#do-discard")
    expect(page.locator("#notice")).to_contain_text("取りやめました")
    context.close()


def test_what_is_being_typed_survives_going_away_and_back(
    chromium: Browser, live_site: Any, tmp_path: Path
) -> None:
    context = chromium.new_context(locale="ja-JP")
    page = context.new_page()
    log_in(page, live_site)
    page.goto(f"{live_site.url}/office/")
    page.get_by_role("link", name=re.compile("見本")).first.click()
    page.wait_for_url("**/office/drafts/**")
    page.keyboard.press("e")
    page.locator("#item-actions").fill("打ちかけの文")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator(".item-list li a").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("#item-actions")).not_to_have_value("打ちかけの文")
    page.go_back()
    expect(page.locator("#item-actions")).to_have_value("打ちかけの文")
    expect(page.locator(".kept")).to_contain_text("まだ保存していません")
    context.close()

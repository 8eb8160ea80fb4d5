"""The page of a long import: with scripts it leads on by itself, without them it loads anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.test_import_to_public import CHROMIUM, chromium, log_in, sound  # noqa: F401
from tests.plans.test_worker_faults import many_pages

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's Chromium is not installed: apt-get install chromium"
)


@contextmanager
def nothing_ends(site: Any) -> Iterator[None]:
    """Reading goes on, but no draft can be stored: every import takes longer than a page waits."""
    with psycopg.connect(site.environment["HITOTSU_DATABASE_URL"]) as holder:
        holder.execute("LOCK TABLE plans_draft IN SHARE MODE")
        yield
        holder.rollback()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_long_import_is_followed_to_its_review(
    chromium: Browser,  # noqa: F811
    live_site: Any,
    tmp_path: Path,
    scripts: bool,
) -> None:
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": 360, "height": 800}, locale="ja-JP"
    )
    page = context.new_page()
    page.goto(f"{live_site.url}/office/plans/import/")
    page.fill("[name=login]", live_site.staff_email)
    page.fill("[name=password]", live_site.staff_password)
    page.press("[name=password]", "Enter")
    with nothing_ends(live_site):
        page.set_input_files("input[type=file]", many_pages(tmp_path, f"長い計画{scripts}", pages=6))
        page.get_by_role("button", name="取り込む").click()
        page.wait_for_url("**/office/imports/**")
        expect(page.get_by_text("6ページ中 6ページまで読みました")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("文書を読み取っています")
        if scripts:
            sound(page)
            page.get_by_role("button", name="取り込みを取りやめる").focus()
            with page.expect_response("**/office/imports/**"):
                pass
            expect(page.get_by_role("button", name="取り込みを取りやめる")).to_be_focused()
            other = context.new_page()
            other.goto(f"{live_site.url}/office/")
            expect(other.get_by_text("読み取っている文書")).to_be_visible()
            sound(other)
            other.close()
    page.wait_for_url("**/office/drafts/**")
    expect(page.locator("#notice")).to_contain_text("文書を取り込みました")
    context.close()


def test_a_refusal_is_readable_and_is_put_away(
    chromium: Browser,  # noqa: F811
    live_site: Any,
) -> None:
    with psycopg.connect(live_site.environment["HITOTSU_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO plans_import (organisation_id, by_id, state, file_name, sha256, size, pages_done, attempts,"
            " refusal, created_at, finished_at) SELECT organisation_id, person_id, 'refused', '写真だけ.pdf', 'none',"
            " 1200, 0, 1, 'PDF「写真だけ.pdf」は全3ページとも画像だけで、文字の情報がありません。', now(), now()"
            " FROM people_membership LIMIT 1"
        )
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="ja-JP")
    page = context.new_page()
    log_in(page, live_site)
    sound(page)
    page.get_by_role("link", name="写真だけ.pdf").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("文書を取り込めませんでした")
    sound(page)
    page.get_by_role("button", name="この知らせを片付ける").click()
    expect(page.locator("#notice")).to_contain_text("片付けました")
    expect(page.get_by_role("link", name="写真だけ.pdf")).to_have_count(0)
    context.close()

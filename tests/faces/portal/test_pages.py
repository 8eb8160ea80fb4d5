import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.faces.portal.sample_plan import SCRIPT, Item, adopt_edition

PAGES = [
    "/",
    "/plans/",
    "/plans/mizuki-dx/",
    "/plans/mizuki-dx/?q=手続",
    "/plans/mizuki-dx/?field=f1",
    "/plans/mizuki-dx/?q=どこにもない言葉",
    "/plans/mizuki-dx/editions/1/",
    "/plans/mizuki-dx/editions/2/",
    "/plans/mizuki-dx/initiatives/1/",
    "/plans/mizuki-dx/initiatives/2/",
    "/plans/mizuki-dx/initiatives/4/",
    "/plans/mizuki-dx/terms/",
    "/plans/mizuki-dx/figures/",
    "/plans/mizuki-dx/figures/?kind=actual&sort=-value",
    "/plans/mizuki-dx/tables/",
    "/plans/mizuki-dx/organisation/",
    "/plans/mizuki-dx/changes/",
    "/areas/",
    "/areas/?q=アイヅ",
    "/areas/072028/",
    "/areas/070009/",
    "/areas/living:aizu/",
    "/areas/living:aizu/?sort=-1",
    "/about/",
]
# The living area's page reads areas, members, figures and the outlines for its map; no page needs more.
MOST_QUERIES = 16


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_answers_in_both_languages_with_few_queries(
    client: Client, two_editions: str, prefix: str, subtests: pytest.Subtests
) -> None:
    for address in PAGES:
        with subtests.test(address=address):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(prefix + address)
            html = response.content.decode()
            assert response.status_code == 200
            assert f'<html lang="{"en" if prefix else "ja"}">' in html
            assert html.count("<h1") == 1
            assert 'style="' not in html
            assert not re.search(r"<script(?![^>]*\bsrc=)", html)
            assert len(response.content) < 200_000
            assert len(queries) <= MOST_QUERIES
            assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize(
    "address", ["/", "/plans/mizuki-dx/", "/plans/mizuki-dx/figures/", "/plans/mizuki-dx/initiatives.csv"]
)
def test_more_initiatives_need_no_more_queries(client: Client, region: int, plan: str, address: str) -> None:
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    many = tuple(
        Item(("第3", str(index)), f"取組{index}", (), ("進める。",), figures=(1,)) for index in range(40)
    )
    adopt_edition(region, many, "many.txt")
    with CaptureQueriesContext(connection) as more:
        assert client.get(address).status_code == 200
    # One more edition to name is one more query, once; forty initiatives are none.
    assert len(more) <= len(few) + 2


def test_pages_answer_before_anything_is_loaded(client: Client, db: None) -> None:
    for address in ("/", "/plans/", "/areas/", "/about/"):
        response = client.get(address)
        assert response.status_code == 200
    assert "公開された計画はまだありません。" in client.get("/").content.decode()
    assert "地域がまだ登録されていません。" in client.get("/areas/").content.decode()


def test_home_says_what_is_missing_where_there_is_no_boundary(client: Client, plan: str) -> None:
    html = client.get("/").content.decode()
    assert "hitotsu area import" in html
    assert "福島県のデジタル化の計画と地域" in html
    assert html.count('href="/areas/07') >= 59


def test_plan_lists_fields_with_counts_and_keeps_the_filter_in_the_address(client: Client, plan: str) -> None:
    response = client.get(f"/plans/{plan}/?q=手続&field=f1")
    html = response.content.decode()
    assert [initiative.key for initiative in response.context["found"]] == [1]
    assert 'value="手続"' in html
    assert '<option value="f1" selected' in html
    assert "見つかった取組 1件" in html
    assert "令和8年4月1日（2026年）～令和13年3月31日（2031年）" in html


def test_search_that_finds_nothing_says_what_to_do(client: Client, plan: str) -> None:
    html = client.get(f"/plans/{plan}/?q=どこにもない").content.decode()
    assert "条件に合う取組はありません。" in html
    assert "条件を消してすべて表示" in html


def test_initiative_explains_its_words_where_they_are_used(client: Client, plan: str) -> None:
    html = client.get(f"/plans/{plan}/initiatives/1/").content.decode()
    assert '<a class="term" id="use-0" href="#term-0">DX</a>' in html
    assert '<div id="term-0"><dt lang="ja">DX</dt>' in html
    assert 'href="#use-0"' in html
    assert "AI による案内" in html
    assert "one.txt" in html
    assert "10～14行" in html


def test_ended_initiative_stays_at_its_address_and_says_so(client: Client, two_editions: str) -> None:
    html = client.get(f"/plans/{two_editions}/initiatives/4/").content.decode()
    assert "この取組は第1版で終わりました。" in html
    assert "紙の広報の配達" in html


def test_changes_are_counted_and_listed(client: Client, two_editions: str) -> None:
    response = client.get(f"/plans/{two_editions}/changes/")
    counts = {group.kind: len(group.changes) for group in response.context["changes"]}
    assert counts == {"new": 1, "ended": 1, "renamed": 1, "kept": 2}
    assert "窓口へ行かなくてよい手続 → " in response.content.decode()


def test_comparison_is_drawn_where_both_are_levels_only(client: Client, plan: str) -> None:
    response = client.get(f"/plans/{plan}/initiatives/1/")
    assert [chart.figure.value for chart in response.context["charts"]] == [24.6]
    assert "比べる相手（県の平均）は11.2%です。" in response.content.decode()


def test_script_in_a_document_stays_text(
    client: Client, two_editions: str, subtests: pytest.Subtests
) -> None:
    for address in (address for address in PAGES if address.startswith("/plans/mizuki-dx/")):
        with subtests.test(address=address):
            html = client.get(address).content.decode()
            assert SCRIPT not in html
            assert "<script>" not in html


def test_script_in_the_address_stays_text(client: Client, plan: str) -> None:
    for address in (
        f"/plans/{plan}/?q={SCRIPT}&field={SCRIPT}",
        f"/areas/?q={SCRIPT}",
        f"/plans/{plan}/figures/?kind=x&sort={SCRIPT}&x={SCRIPT}",
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert "<script>" not in response.content.decode()


NOT_THERE = [
    ("/plans/nowhere/", "計画「nowhere」が見つかりません。"),
    ("/plans/nowhere/initiatives.csv", "計画「nowhere」が見つかりません。"),
    ("/plans/mizuki-dx/initiatives/999/", "計画「mizuki-dx」に取組999はありません。"),
    ("/plans/mizuki-dx/editions/9/", "第9版"),
    ("/plans/mizuki-dx/secrets.csv", "「secrets.csv」というファイルはありません。"),
    ("/plans/mizuki-dx/initiatives.exe", "「initiatives.exe」というファイルはありません。"),
    ("/areas/999999/", "区域「999999」は登録されていません。"),
    ("/areas/living:nowhere.csv", "区域「living:nowhere」は登録されていません。"),
    ("/nowhere", "この番地にページはありません。"),
]


def test_what_is_not_there_is_said_in_a_sentence(
    client: Client, plan: str, subtests: pytest.Subtests
) -> None:
    for address, sentence in NOT_THERE:
        with subtests.test(address=address):
            response = client.get(address)
            assert response.status_code == 404
            assert sentence in response.content.decode()


def test_failure_page_needs_no_database(client: Client) -> None:
    from django.test import RequestFactory

    from hitotsu.faces.portal.views import server_error

    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "表示できませんでした" in response.content.decode()


def test_unchanged_page_is_not_sent_again(client: Client, plan: str) -> None:
    first = client.get(f"/plans/{plan}/")
    again = client.get(f"/plans/{plan}/", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


def test_pages_are_for_reading_only(client: Client, plan: str) -> None:
    assert client.post("/").status_code == 405
    assert client.delete(f"/plans/{plan}/").status_code == 405


def test_figures_sort_both_ways_with_the_unknown_last(client: Client, plan: str) -> None:
    down = client.get(f"/plans/{plan}/figures/?sort=-value").context["figures"]
    up = client.get(f"/plans/{plan}/figures/?sort=value").context["figures"]
    assert [figure.value for figure in down] == [3000, 24.6, None]
    assert [figure.value for figure in up] == [24.6, 3000, None]


def test_living_area_sorts_and_keeps_the_total_last(client: Client, region: int) -> None:
    response = client.get("/areas/living:aizu/?sort=-1")
    values = [row.values[1] for row in response.context["rows"]]
    assert values == sorted(values, reverse=True)
    assert response.content.decode().index('class="total"') > response.content.decode().index("金山町")


def test_map_shows_its_credit_and_the_place(client: Client, region: int, reference: object) -> None:
    from pathlib import Path

    from hitotsu.people.queries import operator
    from hitotsu.place.commands import import_boundaries

    folder = Path(str(reference)) / "data" / "boundaries"
    file = next(iter(sorted(folder.glob("07_*.geojson"))), None)
    if file is None:
        pytest.skip("../shared/data/boundaries has no file of the prefecture")
    import_boundaries(by=operator(), path=file)
    html = client.get("/areas/072028/").content.decode()
    assert html.count("<path d=") == 59
    assert html.count('class="here"') == 1
    assert "国土数値情報（行政区域データ）" in html
    assert "CC BY 4.0" in html


def test_health_is_plain_text(client: Client, db: None) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_other_language_is_one_link_away_and_keeps_the_question(client: Client, plan: str) -> None:
    html = client.get(f"/plans/{plan}/?q=DX").content.decode()
    assert f'<a href="/en/plans/{plan}/?q=DX" lang="en" hreflang="en">English</a>' in html
    assert f'href="/plans/{plan}/?q=DX"' in client.get(f"/en/plans/{plan}/?q=DX").content.decode()


def test_login_page_offers_password_and_passkey(client: Client, db: None) -> None:
    html = client.get("/accounts/login/").content.decode()
    assert 'type="password"' in html
    assert "パスキーでログイン" in html
    assert "password/reset" not in html

"""How dates, numbers, names and the words of documents are written on every page."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django import template
from django.http import HttpRequest
from django.template.defaultfilters import stringfilter
from django.urls import translate_url
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from hitotsu.place.queries import AreaView, list_areas
from hitotsu.plans.queries import FieldView, InitiativeSummary

register = template.Library()

_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 1, 25), "明治"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_AS_OF = re.compile(r"(?P<fiscal>FY)?(?P<year>\d{4})(?:-(?P<month>\d{1,2}))?(?:-(?P<day>\d{1,2}))?")
_WIDE_LATIN = {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SPACED_LATIN = re.compile(
    r"(?<![A-Za-z])(?<![A-Za-z] )[A-Za-z](?:[ \u3000\u00a0][A-Za-z])+(?![A-Za-z])(?! [A-Za-z])"
)
_UNITS = {"人": gettext_lazy("人"), "千円": gettext_lazy("千円"), "人/km²": gettext_lazy("人/km²")}
_LANGUAGE_NAMES = (("ja", "日本語"), ("en", "English"))


class OtherLanguage(TypedDict):
    code: str
    name: str
    address: str


@register.filter
@stringfilter
def tidy(text: str) -> str:
    """Latin letters without the width and the gaps that typesetting gave them; Japanese stays as it is."""
    return _SPACED_LATIN.sub(lambda found: re.sub(r"\s", "", found[0]), text.translate(_WIDE_LATIN))


@register.filter
def long_date(value: date | datetime | str | None) -> str:
    """A day, month, year or fiscal year in words: 令和8年4月1日（2026年）, in English 1 April 2026.

    Takes what the rooms give: ``date``, ``datetime`` (as Japan's day), ``2026-04-01``, ``2026-04``, ``2026``,
    ``FY2026``. Any other text comes back unchanged, nothing comes back as nothing.
    """
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return _written(value.year, value.month, value.day, fiscal=False)
    found = _AS_OF.fullmatch(value)
    if found is None:
        return value
    month, day = (int(found[part]) if found[part] else None for part in ("month", "day"))
    try:
        return _written(int(found["year"]), month, day, fiscal=bool(found["fiscal"]))
    except ValueError:  # a day that is in no calendar stays as the document has it
        return value


@register.filter
def period(edition: Any) -> str:
    """An edition's period, first to last day, open where one end is not known."""
    if not edition.period_start and not edition.period_end:
        return ""
    return gettext("%(start)s～%(end)s") % {
        "start": long_date(edition.period_start),
        "end": long_date(edition.period_end),
    }


@register.filter
def number(value: float | Decimal | int | None) -> str:
    """A number with separators between thousands and no idle zeros; nothing for nothing."""
    if value is None:
        return ""
    exact = Decimal(str(value)).normalize()
    return f"{exact:,f}"


@register.filter
def area_name(area: AreaView) -> str:
    """The area's name in the language of the page."""
    return area.name_en if _english() and area.name_en else area.name


@register.filter
def field_title(item: FieldView | InitiativeSummary) -> str:
    """The heading that groups initiatives, of a ``FieldView`` or an ``InitiativeSummary``; a plain word where none is."""
    if isinstance(item, FieldView):
        return tidy(item.title or item.chapter) or gettext("取組")
    return tidy(item.field or next(iter(item.path), "")) or gettext("取組")


@register.filter
def figure_name(figure: Any) -> str:
    """The label of an area's figure in the language of the page."""
    label: str = figure.label_en if _english() else figure.label
    return label


@register.simple_tag(takes_context=True)
def sort_head(
    context: Mapping[str, Any], order: Any, key: str, label: str, classes: str = "", note: str = ""
) -> SafeString:
    """A table head that sorts by its column (``order`` is a ``listing.Order``) and keeps the rest of the address."""
    query = context["request"].GET.copy()
    query["sort"] = order.next_for(key)
    direction = order.aria_for(key)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="?{}">{} <span aria-hidden="true">{}</span>'
        "</a>{}</th>",
        classes, direction, query.urlencode(), label,
        {"none": "⇅", "ascending": "▲", "descending": "▼"}[direction],
        format_html('<br><span class="note">{}</span>', note) if note else "",
    )  # fmt: skip


@register.filter
def unit_name(unit: str) -> str:
    """The unit of an area's figure in the language of the page."""
    return str(_UNITS.get(unit, unit))


@register.simple_tag
def column_label(column: Any) -> str:
    """A column of a living area's table with its unit."""
    label = figure_name(column)
    if not column.unit:
        return label
    return gettext("%(label)s（%(unit)s）") % {"label": label, "unit": unit_name(column.unit)}


@register.simple_tag
def column_time(column: Any) -> str:
    """When the figures of a column were taken, and whether they are a forecast."""
    return " ".join(
        part
        for part in (long_date(column.as_of), gettext("推計") if column.kind == "forecast" else "")
        if part
    )


@register.filter
def joined_number(path: Sequence[str]) -> str:
    """The number path as one line, outermost first."""
    return " ".join(path)


@register.simple_tag(takes_context=True)
def region(context: Any) -> str:
    """The prefecture's name where the platform serves one; nothing where it serves none or several."""
    # Asked for in the head, the title and the text of a page: looked up once.
    if "hitotsu_region" not in context.render_context:
        prefectures = list_areas(None, kind="prefecture")
        context.render_context["hitotsu_region"] = area_name(prefectures[0]) if len(prefectures) == 1 else ""
    name: str = context.render_context["hitotsu_region"]
    return name


@register.simple_tag(takes_context=True)
def other_languages(context: Mapping[str, Any]) -> list[OtherLanguage]:
    """This page's address in the other languages; none where the page exists in one language only."""
    request: HttpRequest | None = context.get("request")
    if request is None or request.resolver_match is None:
        return []
    here = request.get_full_path()
    current = translation.get_language()
    return [
        {"code": code, "name": name, "address": address}
        for code, name in _LANGUAGE_NAMES
        if code != current and (address := translate_url(here, code)) != here
    ]


def _english() -> bool:
    return (translation.get_language() or "").startswith("en")


def _written(year: int, month: int | None, day: int | None, *, fiscal: bool) -> str:
    unit = "年度" if fiscal else "年"
    # Less than a day is named by the era in which it ends: 2019 is 令和元年, April 2019 is 平成31年4月.
    anchor = date(year, month or 12, day or 28)
    if _english():
        if fiscal:
            return f"fiscal year {year}"
        return " ".join(str(part) for part in (day, _MONTHS[month - 1] if month else None, year) if part)
    era = next(((name, start.year) for start, name in _ERAS if anchor >= start), None)
    rest = (f"{month}月" if month else "") + (f"{day}日" if day else "")
    if era is None:
        return f"{year}{unit}{rest}"
    count = year - era[1] + 1
    return f"{era[0]}{'元' if count == 1 else count}{unit}{rest}（{year}{unit}）"

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache

from hitotsu.people.queries import Reader, organisation_view, organisation_views
from hitotsu.plans.errors import InitiativeNotFound, PlanNotFound
from hitotsu.plans.models import Edition, EditionChange, Initiative, InitiativeVersion, Plan
from hitotsu.plans.queries import reading
from hitotsu.plans.searching import search_words
from hitotsu.plans.values import (
    Change,
    EditionView,
    FieldView,
    Figure,
    InitiativeSummary,
    InitiativeView,
    PlanSummary,
    PlanView,
    Term,
)


def list_plans(*, reader: Reader) -> list[PlanSummary]:
    """Every adopted plan with its current edition; open to everybody."""
    plans = list(Plan.objects.filter(current__isnull=False).order_by("slug"))
    organisations = organisation_views({plan.organisation_id for plan in plans})
    return [
        PlanSummary(
            plan.slug,
            organisations[plan.organisation_id].name,
            organisations[plan.organisation_id].area_key,
            _edition(plan.current_id)[0],
        )
        for plan in plans
        if plan.current_id is not None
    ]


def plan_view(*, reader: Reader, slug: str) -> PlanView:
    """A plan in its current edition, whole; open to everybody. Raises ``PlanNotFound``."""
    plan = _plan(slug)
    assert plan.current_id is not None
    return _plan_view(plan, plan.current_id)


def edition_view(*, reader: Reader, slug: str, ordinal: int) -> PlanView:
    """A plan as one of its editions had it; open to everybody. Raises ``PlanNotFound``."""
    plan = _plan(slug)
    edition = plan.editions.filter(ordinal=ordinal).values_list("pk", flat=True).first()
    if edition is None:
        raise PlanNotFound(f"{slug}・第{ordinal}版")
    return _plan_view(plan, edition)


def initiative_view(*, reader: Reader, slug: str, key: int) -> InitiativeView:
    """An initiative as the newest edition that has it says; open to everybody.

    Raises ``PlanNotFound`` and ``InitiativeNotFound``.
    """
    plan = _plan(slug)
    version = (
        InitiativeVersion.objects.filter(initiative__plan=plan, initiative__key=key)
        .order_by("-edition__ordinal")
        .values_list("pk", "edition_id")
        .first()
    )
    if version is None:
        raise InitiativeNotFound(slug, key)
    current = version[1] == plan.current_id
    view = _initiative(version[0], key)
    history = tuple(
        (change.edition.ordinal, _change(change))
        for change in EditionChange.objects.filter(initiative__plan=plan, initiative__key=key)
        .select_related("edition", "initiative", "other")
        .order_by("-edition__ordinal", "pk")
    )
    return replace(
        view,
        plan_slug=slug,
        organisation=organisation_view(plan.organisation_id).name,
        current=current,
        ended=not current,
        history=history,
    )


def plan_initiatives(*, reader: Reader, slug: str) -> tuple[InitiativeView, ...]:
    """Every initiative of the current edition, whole but without its history; open to everybody.

    Raises ``PlanNotFound``.
    """
    plan = _plan(slug)
    assert plan.current_id is not None
    organisation = organisation_view(plan.organisation_id).name
    versions = (
        InitiativeVersion.objects.filter(edition_id=plan.current_id)
        .select_related("initiative")
        .defer("search_text")
        .order_by("position")
    )
    return tuple(
        replace(
            _whole(version, version.initiative.key), plan_slug=slug, organisation=organisation, current=True
        )
        for version in versions
    )


def search_initiatives(
    *, reader: Reader, slug: str, text: str = "", field: str = ""
) -> tuple[InitiativeSummary, ...]:
    """The initiatives of the current edition in which every word stands, and of one field (its anchor).

    Width, case, hiragana and katakana are taken as equal. Open to everybody. Raises ``PlanNotFound``.
    """
    plan = _plan(slug)
    assert plan.current_id is not None
    found = InitiativeVersion.objects.filter(edition_id=plan.current_id)
    words = search_words(text)
    for word in words:
        found = found.filter(search_text__contains=word)
    keys = set(found.values_list("initiative__key", flat=True)) if words else None
    return tuple(
        initiative
        for initiative in _content(plan.current_id).initiatives
        if (keys is None or initiative.key in keys) and (not field or initiative.anchor == field)
    )


def _plan(slug: str) -> Plan:
    plan = Plan.objects.filter(slug=slug, current__isnull=False).first()
    if plan is None:
        raise PlanNotFound(slug)
    return plan


def _plan_view(plan: Plan, edition_id: int) -> PlanView:
    organisation = organisation_view(plan.organisation_id)
    editions = tuple(
        _edition(pk)[0] for pk in plan.editions.order_by("-ordinal").values_list("pk", flat=True)
    )
    return replace(
        _content(edition_id),
        slug=plan.slug,
        organisation=organisation.name,
        organisation_area=organisation.area_key,
        editions=editions,
    )


# An edition never changes once it is adopted, so what is built from it can be kept. Everything that can
# change (the plan's current edition, names of organisations, later changes) is read anew each time.


@lru_cache(maxsize=64)
def _edition(edition_id: int) -> tuple[EditionView, str]:
    edition = (
        Edition.objects.select_related("document").defer("content", "document__lines").get(pk=edition_id)
    )
    view = EditionView(
        edition.ordinal,
        edition.title,
        edition.issuer,
        edition.period_start,
        edition.period_end,
        edition.adopted_at,
        edition.initiatives.count(),
    )
    return view, edition.document.file_name


@lru_cache(maxsize=16)
def _content(edition_id: int) -> PlanView:
    content = Edition.objects.values_list("content", flat=True).get(pk=edition_id)
    versions = list(
        InitiativeVersion.objects.filter(edition_id=edition_id)
        .select_related("initiative")
        .defer("search_text")
        .order_by("position")
    )
    anchors = _anchors(versions)
    initiatives = tuple(
        InitiativeSummary(
            version.initiative.key,
            tuple(version.number),
            version.title,
            tuple(version.path),
            version.field,
            anchors[_group(version)],
            len(version.actions),
            len(version.figures),
        )
        for version in versions
    )
    owners = {index: version for version in reversed(versions) for index in version.figures}
    figures = tuple(
        _owned(reading.figure(index, value), owners.get(index))
        for index, value in enumerate(content["figures"])
    )
    counts = Counter(_group(version) for version in versions)
    return PlanView(
        slug="",
        organisation="",
        organisation_area=None,
        edition=_edition(edition_id)[0],
        editions=(),
        fields=tuple(
            FieldView(field, anchor, chapter, counts[chapter, field])
            for (chapter, field), anchor in anchors.items()
        ),
        initiatives=initiatives,
        reviews=tuple(map(reading.review, content["reviews"])),
        bodies=tuple(map(reading.body, content["bodies"])),
        terms=tuple(reading.term(index, value) for index, value in enumerate(content["terms"])),
        figures=figures,
        tables=tuple(reading.table(index, value) for index, value in enumerate(content["tables"])),
        changes=tuple(
            _change(change)
            for change in EditionChange.objects.filter(edition_id=edition_id)
            .select_related("initiative", "other")
            .order_by("pk")
        ),
    )


@lru_cache(maxsize=4096)
def _initiative(version_id: int, key: int) -> InitiativeView:
    return _whole(InitiativeVersion.objects.defer("search_text").get(pk=version_id), key)


def _whole(version: InitiativeVersion, key: int) -> InitiativeView:
    content = _content(version.edition_id)
    edition, document_name = _edition(version.edition_id)
    order = [initiative.key for initiative in content.initiatives]
    place = order.index(key)
    summary = content.initiatives[place]
    return InitiativeView(
        plan_slug="",
        plan_title=edition.title,
        organisation="",
        edition=edition,
        current=False,
        ended=False,
        key=key,
        number=tuple(version.number),
        title=version.title,
        path=tuple(version.path),
        field=version.field,
        anchor=summary.anchor,
        direction=version.direction,
        status=tuple(version.status),
        actions=tuple(version.actions),
        figures=tuple(content.figures[index] for index in version.figures),
        terms=_terms_used(version, content.terms),
        lines=(version.first_line, version.last_line),
        document_name=document_name,
        history=(),
        previous_key=order[place - 1] if place else None,
        next_key=order[place + 1] if place + 1 < len(order) else None,
    )


def _group(version: InitiativeVersion) -> tuple[str, str]:
    return (version.path[0] if version.path else ""), version.field


def _anchors(versions: list[InitiativeVersion]) -> dict[tuple[str, str], str]:
    anchors: dict[tuple[str, str], str] = {}
    for version in versions:
        anchors.setdefault(_group(version), f"f{len(anchors) + 1}")
    return anchors


def _owned(figure: Figure, owner: InitiativeVersion | None) -> Figure:
    if owner is None:
        return figure
    return replace(figure, initiative_key=owner.initiative.key, initiative_title=owner.title)


def _terms_used(version: InitiativeVersion, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    by_name: dict[str, Term] = defaultdict()
    for term in terms:
        by_name.setdefault(term.term, term)
        if term.mark:
            by_name.setdefault(term.mark, term)
    used = (by_name.get(name) for name in version.terms)
    return tuple(dict.fromkeys(term for term in used if term is not None))


def _change(change: EditionChange) -> Change:
    initiative: Initiative = change.initiative
    return Change(
        change.kind,
        EditionChange.Kind(change.kind).label,
        initiative.key,
        change.before_title,
        change.after_title,
        change.other.key if change.other else None,
    )

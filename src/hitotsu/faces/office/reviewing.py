"""What the review page shows: the list of initiatives, the one that is looked at, and the source beside it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from hitotsu.people.queries import Reader
from hitotsu.plans.queries import DraftItemView, DraftState, DraftView, ItemState, SourceLine

# Below this the reader itself doubts what it read, and the page says so.
SURE = 0.8
_LIST_BEFORE, _LIST_AFTER = 40, 80
_LINES_BEFORE, _LINES_AFTER, _LINES_AT_MOST = 30, 60, 260
# Source text of one page in characters, so that a page stays small whatever the document is like.
_SOURCE_CHARACTERS = 16_000
_LINE_CHARACTERS = 2_000

FILTERS = (("", "すべて"), ("pending", "未確認"), ("unsure", "不確か"))


@dataclass(frozen=True, slots=True)
class Looking:
    """What somebody looks at: an item, a filter (`pending`, `unsure` or all), words, and a source line."""

    item_id: int | None = None
    show: str = ""
    words: str = ""
    line: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> "Looking":
        """From the query of an address or the hidden fields of a form; nonsense counts as nothing."""
        show = query.get("show", "")
        return cls(
            _number(query.get("item", "")),
            show if show in dict(FILTERS) else "",
            query.get("q", "").strip()[:100],
            _number(query.get("line", "")),
        )

    def address(self, draft_id: int) -> str:
        """The review page with this in view."""
        asked: dict[str, object] = {
            "item": self.item_id,
            "show": self.show,
            "q": self.words,
            "line": self.line,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        path = reverse("office:review", args=[draft_id])
        return f"{path}?{query}" if query else path

    def at(self, item_id: int | None) -> "Looking":
        """The same list at another item."""
        return replace(self, item_id=item_id, line=None)


@dataclass(frozen=True, slots=True)
class ListEntry:
    item: DraftItemView
    unsure: bool
    selected: bool
    address: str


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A source line; `doubts` are the sentences about unsure places that begin here."""

    number: int
    text: str
    in_item: bool
    starts_item: bool
    unsure: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    total: int
    done: int
    pending: int
    dropped: int
    pending_unsure: int


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The window of the list around the selected item, with the addresses that lead out of it."""

    entries: tuple[ListEntry, ...]
    matching: int
    selected: DraftItemView | None
    previous: str | None
    next: str | None
    earlier: str | None
    later: str | None


def is_open(view: DraftView) -> bool:
    """Whether the draft is still under review."""
    return view.summary.state == DraftState.REVIEW.label


def may_review(reader: Reader, view: DraftView) -> bool:
    """Whether this person may change the draft now."""
    return is_open(view) and reader.may("plan.review", view.organisation_id)


def progress(view: DraftView) -> Progress:
    """How far the review is."""
    pending = [item for item in view.items if item.state == ItemState.PENDING]
    unsure = doubtful(view)
    return Progress(
        total=len(view.items),
        done=len(view.items) - len(pending),
        pending=len(pending),
        dropped=sum(item.state == ItemState.DROPPED for item in view.items),
        pending_unsure=sum(item.id in unsure for item in pending),
    )


def doubtful(view: DraftView) -> frozenset[int]:
    """The items (ids) that were read with little confidence or hold lines with an open doubt."""
    spans = [span for _, span, _ in open_doubts(view)]
    return frozenset(
        item.id
        for item in view.items
        if item.confidence < SURE or any(_overlap(item.lines, span) for span in spans)
    )


def open_doubts(view: DraftView) -> list[tuple[int, tuple[int, int], str]]:
    """The doubts that nobody has settled: index, lines, sentence."""
    return [(index, span, what) for index, what, span, _, settled in view.unsure if not settled]


def review_list(view: DraftView, looking: Looking) -> ReviewList:
    """The list as filtered, windowed around the selected item; without a choice the first pending one is selected."""
    unsure = doubtful(view)
    shown = [item for item in view.items if _matches(item, looking, unsure)]
    selected = _selected(view.items, shown, looking.item_id)
    place = _place(shown, selected)
    start = max(0, place - _LIST_BEFORE)
    window = shown[start : place + _LIST_AFTER]
    draft_id = view.summary.id

    def address(index: int) -> str | None:
        return looking.at(shown[index].id).address(draft_id) if 0 <= index < len(shown) else None

    inside = selected is not None and place < len(shown) and shown[place].id == selected.id
    return ReviewList(
        entries=tuple(
            ListEntry(
                item,
                item.id in unsure,
                selected is not None and item.id == selected.id,
                looking.at(item.id).address(draft_id),
            )
            for item in window
        ),
        matching=len(shown),
        selected=selected,
        previous=address(place - 1) if selected else None,
        next=address(place + 1 if inside else place) if selected else None,
        earlier=address(start - 1) if start else None,
        later=address(place + _LIST_AFTER),
    )


def next_pending(items: Sequence[DraftItemView], item_id: int, shown: frozenset[int] | None = None) -> int:
    """The pending item after that one (from the top again at the end); the item itself where none is left."""
    order = [item.id for item in items]
    start = order.index(item_id) + 1 if item_id in order else 0
    for item in (*items[start:], *items[:start]):
        if item.state == ItemState.PENDING and item.id != item_id and (shown is None or item.id in shown):
            return item.id
    return item_id


def shown_ids(view: DraftView, looking: Looking) -> frozenset[int]:
    """The items (ids) that the filter and the words leave in the list."""
    unsure = doubtful(view)
    return frozenset(item.id for item in view.items if _matches(item, looking, unsure))


def source_window(item: DraftItemView | None, line: int | None) -> tuple[int, int]:
    """The lines to show (first, last): around a line that was asked for, else around the item."""
    if line is not None:
        return max(1, line - _LINES_BEFORE), line + _LINES_AFTER
    first, last = item.lines if item else (1, 1)
    return max(1, first - _LINES_BEFORE), min(last + _LINES_AFTER, first + _LINES_AT_MOST)


def marked_lines(
    lines: Sequence[SourceLine], view: DraftView, item: DraftItemView | None, focus: int
) -> list[MarkedLine]:
    """The lines with what is known of them, as many around line `focus` as one page can carry."""
    first, last = item.lines if item else (0, -1)
    doubts = open_doubts(view)
    starts: Mapping[int, list[str]] = _starting(doubts)
    return [
        MarkedLine(
            line.number,
            line.text[:_LINE_CHARACTERS] + ("…（続きは省略）" if len(line.text) > _LINE_CHARACTERS else ""),
            first <= line.number <= last,
            line.number == first,
            any(span[0] <= line.number <= span[1] for _, span, _ in doubts),
            tuple(starts.get(line.number, ())),
        )
        for line in _within_budget(lines, focus)
    ]


def _within_budget(lines: Sequence[SourceLine], focus: int) -> Sequence[SourceLine]:
    start, end = 0, len(lines)
    size = sum(min(len(line.text), _LINE_CHARACTERS) for line in lines)
    while size > _SOURCE_CHARACTERS and end - start > 1:
        # What is farther from the focus goes first, and what follows it is worth twice what comes before.
        if 2 * (focus - lines[start].number) >= lines[end - 1].number - focus and lines[start].number < focus:
            size -= min(len(lines[start].text), _LINE_CHARACTERS)
            start += 1
        else:
            end -= 1
            size -= min(len(lines[end].text), _LINE_CHARACTERS)
    return lines[start:end]


def _starting(doubts: Sequence[tuple[int, tuple[int, int], str]]) -> dict[int, list[str]]:
    starts: dict[int, list[str]] = {}
    for _, span, what in doubts:
        starts.setdefault(span[0], []).append(what)
    return starts


def _matches(item: DraftItemView, looking: Looking, unsure: frozenset[int]) -> bool:
    if looking.show == "pending" and item.state != ItemState.PENDING:
        return False
    if looking.show == "unsure" and item.id not in unsure:
        return False
    if not looking.words:
        return True
    said = _search_form("\n".join([*item.number, item.title, item.direction, *item.status, *item.actions]))
    return all(_search_form(word) in said for word in looking.words.split())


def _search_form(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _selected(
    items: Sequence[DraftItemView], shown: Sequence[DraftItemView], item_id: int | None
) -> DraftItemView | None:
    chosen = next((item for item in items if item.id == item_id), None)
    if chosen is not None:
        return chosen
    waiting = (item for item in shown if item.state == ItemState.PENDING)
    return next(waiting, shown[0] if shown else None)


def _place(shown: Sequence[DraftItemView], selected: DraftItemView | None) -> int:
    if selected is None:
        return 0
    # An item that its new state took out of the filter still has its place between the others.
    return next(
        (
            index
            for index, item in enumerate(shown)
            if (item.position, item.id) >= (selected.position, selected.id)
        ),
        len(shown),
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _number(text: str) -> int | None:
    # Longer than any id or line number there is.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None

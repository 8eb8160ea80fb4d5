import re
from bisect import bisect_right
from collections.abc import Iterable

from hitotsu.plans.reading.dates import When, find_dates, narrow
from hitotsu.plans.reading.quantities import Quantity, find_quantities
from hitotsu.plans.reading.structure import Compare, Figure, FigureKind, Relation

_MARKS = re.compile(r"<sup>.{0,20}?</sup>|\*\*")
_SINCE = re.compile(
    r"(?:当初|頃|ごろ|末)?\s?(?:から(?!の)|以降|以来|より|にかけ|に策定|に制定|に公布|に閣議|閣議|に設置|に成立|に開始|に運用)"
)
_ASIDE_DATE = re.compile(r"\s?[(\[][^()\[\]]{0,8}$")
_TARGET_AFTER = re.compile(
    r"目標|目指|めざ|まで(?:に)?(?:引き上げ|増や|拡大|削減|減ら|高め)|達成(?:を|する|します|に向け)|にする。|とする。|とします"
)
_TARGET_BEFORE = re.compile(r"目標値?[はを:：とが、]|KPI|目標として")
_FORECAST = re.compile(r"見込|推計|予測|想定され|予想|試算|見通し|おそれ|可能性")
_ACTUAL = re.compile(
    r"実績|現状|現在|ました|でした|であった|だった|ている|ています|となっ|となり|に達し|に上り|にのぼ|占め|と?少ない|と?多い|にとどま|[でに]あり|です|である"
)
_PAST_CLAUSE = re.compile(r"ピーク|でしたが|であった|だった|ましたが|から|と比べ|に比べ|より")
_CLAUSE_END = re.compile(r"[、。]")
_SETTLED = re.compile(r"となり|となっ|ました|ており|ている|ています|したところ|であり|を占め")
# 18.2％（令和4年度）→ 75％（令和10年度）: from what is to what shall be.
_ARROW_AFTER = re.compile(r"\s?(?:[(（][^()（）]{1,20}[)）])?\s{0,3}[→⇒➡]")
_ARROW_BEFORE = re.compile(r"[→⇒➡]\s{0,3}(?:目標値?\s?[::]?\s?)?(?:年間?|約)?\s?$")
_BY_THEN = re.compile(r"までに\S{0,30}$")
_MEASURED = re.compile(r"実績|現状")
_DONE = re.compile(r"(?:ました|ています|ていた|ている|でした|であった)。?$")
_INTENDED = re.compile(r"(?:[しりみめえきれげ]|(?<!て)い)ます。?$|ていく(?:こと)?。?$|予定|必要が")
_LENGTHS = {"年", "か月", "日間", "週間"}
_SCOPE = (
    r"(?P<scope>全国|国|都道府県|東北|県内|県下|県|市町村|前年度?|前回|昨年度?|震災前|基準年度?|計画策定時|類似団体|(?:令和|平成|昭和|[RH]|19|20)[^、。()]{1,14}?年度?末?)"
    r"(?P<mean>の?平均|全体)?"
)
_ASIDE_COMPARE = re.compile(rf"\s?\(\s?{_SCOPE}(?:値|では|は|で|の|:|:|：)?\s?")
_RANK_SCOPE = re.compile(
    r"(?P<scope>全国|東北|県内|県下|都道府県|世界|国内|管内)(?P<mean>)?(?:ワースト|ベスト|最下位から|中|で|の|:|は|第)?\s?$"
)
_DIFFERENCE = re.compile(
    rf"{_SCOPE}(?:の値|の水準)?(?:と比較して|と比べて?|に比べて?|に対して?|よりも?|から|比で?|を)、?[^、。]{{0,12}}$"
)
_MORE = re.compile(r"[^、。]{0,6}?(?:上回|増|多|高|上昇|拡大|延び|伸び|プラス)")
_LESS = re.compile(r"[^、。]{0,6}?(?:下回|減|少な|低|下落|縮小|短縮|マイナス)")
_BEYOND = re.compile(
    rf"[^、。]{{0,10}}?(?:で|と|であり|となり|となっており)、?\s?{_SCOPE}(?P<value>[^、。]{{0,12}}?)を\S{{0,8}}?(?P<way>上回|下回)"
)
_RATIO_OF = re.compile(r"(?:の|と比べて?|に比べて?|と比較して|比で?|から|より)\s?$")
_CLAUSE_START = re.compile(r"[、。「」（(]|は(?!じ)|が(?!い)|おり")
_WINDOW = 60
_DIGIT = re.compile(r"[0-9０-９]|半数|一人以|一時間")
_LONGEST_SENTENCE = 2_000
_PIECE = re.compile(
    rf"(?:.{{1,{_LONGEST_SENTENCE - 1}}}[、,\s]|.{{1,{_LONGEST_SENTENCE}}})(?![0-9])|.{{1,{_LONGEST_SENTENCE}}}",
    re.DOTALL,
)
MOST_FIGURES = 20_000
"""So many figures are read from one document at most; no plan has a tenth of it."""
SENTENCE_LIMIT = 200_000
"""So much of one sentence is searched for figures, in characters."""


def find_figures(sentences: Iterable[tuple[str, tuple[int, int]]]) -> list[Figure]:
    """The measured numbers in the sentences (each with its first and last line), in order.

    The as-of date is the nearest before the number in its sentence, or the one in brackets behind it. A value that only
    stands in brackets for comparison (全国80.8%) belongs to the figure before it and is no figure of its own. What goes
    on without a full stop beyond all sentences is read in pieces, and after `MOST_FIGURES` nothing more is read.
    """
    figures: list[Figure] = []
    for sentence, lines in sentences:
        text = _MARKS.sub("", sentence).strip()
        for piece in _pieces(text):
            if _DIGIT.search(piece):
                figures.extend(_SentenceReader(piece, lines).figures())
            if len(figures) >= MOST_FIGURES:
                return figures[:MOST_FIGURES]
    return figures


def _pieces(text: str) -> Iterable[str]:
    if len(text) <= _LONGEST_SENTENCE:
        return (text,)
    return (match.group() for match in _PIECE.finditer(text, 0, SENTENCE_LIMIT))


class _SentenceReader:
    def __init__(self, text: str, lines: tuple[int, int]) -> None:
        self._printed = text
        self._text = narrow(text)
        self._lines = lines
        self._dates = find_dates(text)
        self._starts = [date.start for date in self._dates]
        ending = self._text[-_WINDOW:]
        self._done = bool(_DONE.search(ending))
        self._intended = bool(_INTENDED.search(ending))
        self._first_date: When | None = None
        self._quantities = find_quantities(text, self._dates)

    def figures(self) -> list[Figure]:
        figures: list[Figure] = []
        skip = -1
        for index, quantity in enumerate(self._quantities):
            if quantity.start < skip:
                continue
            compare, skip = self._compare(index)
            as_of = self._as_of(index)
            figures.append(
                Figure(
                    value=quantity.value,
                    text_value=quantity.text_value,
                    unit=quantity.unit,
                    as_of=as_of,
                    kind=self._kind(quantity, as_of),
                    compare=compare,
                    text=self._printed,
                    lines=self._lines,
                )
            )
        return figures

    def _as_of(self, index: int) -> str | None:
        quantity = self._quantities[index]
        if quantity.unit == "倍" and index and _RATIO_OF.search(self._before(quantity)):
            # 令和6年は13件で、平成27年の8件の1.6倍: the ratio is of the year spoken about, not of the one compared with.
            return self._first_date.iso() if self._first_date else None
        date = self._date_for(quantity)
        self._first_date = self._first_date or date
        return date.iso() if date else None

    def _date_for(self, quantity: Quantity) -> When | None:
        place = bisect_right(self._starts, quantity.start)
        if place < len(self._dates) and _ASIDE_DATE.fullmatch(
            self._text[quantity.end : self._dates[place].start]
        ):
            return self._dates[place]
        for date in reversed(self._dates[max(0, place - 3) : place]):
            if not _SINCE.match(self._text, date.end):
                return date
        return None

    def _before(self, quantity: Quantity) -> str:
        return self._text[max(0, quantity.start - _WINDOW) : quantity.start]

    def _after(self, quantity: Quantity) -> str:
        return self._text[quantity.end : quantity.end + _WINDOW]

    def _kind(self, quantity: Quantity, as_of: str | None) -> FigureKind | None:
        before, after = self._before(quantity), self._after(quantity)
        near = _CLAUSE_END.split(after, maxsplit=1)[0]
        if _ARROW_AFTER.match(after):
            return "actual"
        if _ARROW_BEFORE.search(before):
            return "target"
        if _PAST_CLAUSE.search(near) and as_of:
            return "actual"
        if _TARGET_BEFORE.search(before) and not _MEASURED.search(before[-12:]):
            return "target"
        by_then = _BY_THEN.search(before) and not self._done and not _ACTUAL.search(near)
        if _TARGET_AFTER.search(near) or by_then:
            return None if quantity.unit in _LENGTHS and "目" not in near else "target"
        if _SETTLED.search(near) and not _FORECAST.search(near):
            return "actual"
        if _FORECAST.search(after) or _FORECAST.search(before):
            return "forecast"
        if "目標" in after and not _ACTUAL.search(near):
            return "target"
        if quantity.unit in _LENGTHS and not as_of:
            return None
        # A plain statement or a caption says what is; a sentence about what will be done says nothing of the kind.
        return None if self._intended and not as_of and not _ACTUAL.search(near) else "actual"

    def _compare(self, index: int) -> tuple[Compare | None, int]:
        """What the figure is compared with, and up to where the words of the comparison reach (-1 for none)."""
        quantity = self._quantities[index]
        if aside := _ASIDE_COMPARE.match(self._text, quantity.end):
            other = self._quantity_at(index + 1, aside.end())
            if other:
                return _with(_scope(aside, self._printed), other, _direction(quantity, other)), other.end
        before = self._before(quantity)
        if quantity.unit == "位":
            scope = _RANK_SCOPE.search(before)
            return (Compare(scope["scope"], None, None, "rank") if scope else None), -1
        if quantity.unit == "倍":
            return self._ratio(index), -1
        rank = self._quantities[index - 1] if index else None
        if rank is not None and rank.unit == "位" and rank.end == quantity.start:
            scope = _RANK_SCOPE.search(self._before(rank))
            if scope is not None:
                return _with(scope["scope"], rank, "rank"), -1
        if difference := _DIFFERENCE.search(before):
            start = quantity.start - len(before) + difference.start("scope")
            name = self._printed[start : start + len(_scope(difference, before))]
            if _MORE.match(self._text, quantity.end):
                return Compare(name, None, None, "more"), -1
            if _LESS.match(self._text, quantity.end):
                return Compare(name, None, None, "less"), -1
        if beyond := _BEYOND.match(self._text, quantity.end):
            other = self._quantity_at(index + 1, beyond.start("value"), beyond.end("value"))
            way: Relation = "more" if beyond["way"] == "上回" else "less"
            return _with(_scope(beyond, self._printed), other, way), -1
        return None, -1

    def _ratio(self, index: int) -> Compare | None:
        """8件の1.6倍, 前年度の2倍: the words before の, back to the start of their clause."""
        quantity = self._quantities[index]
        before = self._before(quantity)
        end = _RATIO_OF.search(before)
        if end is None:
            return None
        starts = [match.end() for match in _CLAUSE_START.finditer(before, 0, end.start())]
        opening = [start for start in starts if before[start - 1] not in "(（" or ")" not in before[start:]]
        first = opening[-1] if opening else 0
        offset = quantity.start - len(before)
        name = self._printed[offset + first : offset + end.start()].strip(" 　、")
        other = self._quantities[index - 1] if index else None
        if other is not None and other.end < offset + end.start() - 1:
            other = None
        if not name or (other is None and not re.search(_SCOPE, narrow(name))):
            return None
        return _with(name, other, "ratio")

    def _quantity_at(self, index: int, start: int, end: int | None = None) -> Quantity | None:
        if index >= len(self._quantities):
            return None
        quantity = self._quantities[index]
        inside = quantity.start <= start + 1 if end is None else start <= quantity.start < end
        return quantity if inside and quantity.start >= start - 1 else None


def _scope(match: re.Match[str], text: str) -> str:
    end = match.end("mean") if match["mean"] else match.end("scope")
    return text[match.start("scope") : end]


def _with(name: str, other: Quantity | None, relation: Relation | None) -> Compare:
    return Compare(name, other.value if other else None, other.unit if other else None, relation)


def _direction(one: Quantity, other: Quantity) -> Relation | None:
    if one.value is None or other.value is None or one.unit != other.unit or one.value == other.value:
        return None
    return "more" if one.value > other.value else "less"

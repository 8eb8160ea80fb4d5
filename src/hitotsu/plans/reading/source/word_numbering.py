import re
from dataclasses import dataclass, field

from lxml import etree

from hitotsu.plans.reading.source.word_package import value, w

_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_HALF_KATAKANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_SERIES = {
    "aiueo": _HALF_KATAKANA,
    "aiueoFullWidth": _KATAKANA,
    "iroha": _IROHA,
    "irohaFullWidth": _IROHA,
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_PLACEHOLDER = re.compile(r"%([1-9])")
_LEVELS = 9


def format_number(number: int, style: str) -> str:
    """A list number as Word prints it in the given `w:numFmt`, e.g. 3 as ウ in `aiueoFullWidth`."""
    series = _SERIES.get(style)
    if series and 1 <= number <= len(series):
        return series[number - 1]
    if style in {"upperRoman", "lowerRoman"} and 0 < number < 4000:
        roman = _roman(number)
        return roman.upper() if style == "upperRoman" else roman
    if style in {"upperLetter", "lowerLetter"} and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if style == "upperLetter" else letters
    if (
        style in {"japaneseCounting", "ideographDigital", "chineseCounting", "japaneseDigitalTenThousand"}
        and 0 < number < 100
    ):
        return _kanji(number)
    if style in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(number).translate(_WIDE)
    if style == "decimalZero":
        return f"{number:02}"
    return "" if style == "none" else str(number)


def _roman(number: int) -> str:
    letters = []
    for size, sign in _ROMAN:
        count, number = divmod(number, size)
        letters.append(sign * count)
    return "".join(letters)


def _kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return ("" if tens < 1 else ("" if tens == 1 else digits[tens]) + "十") + (digits[ones] if ones else "")


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    pattern: str
    start: int


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)

    def advance(self, depth: int) -> str | None:
        """The next label at this depth; None for a bullet."""
        level = self.levels.get(depth, _Level("decimal", f"%{depth + 1}", 1))
        if level.style == "bullet":
            return None
        self.counts[depth] = self.counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in self.counts if d > depth]:
            del self.counts[deeper]
        return _PLACEHOLDER.sub(self._shown, level.pattern)

    def _shown(self, match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        level = self.levels.get(depth, _Level("decimal", "", 1))
        return format_number(self.counts.get(depth, level.start), level.style)


class Numbering:
    """The running list numbers of a Word document, counted as Word counts them while paragraphs go by in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        abstract = {node.get(w("abstractNumId"), ""): node for node in root.iterfind(w("abstractNum"))}
        shared: dict[str, _List] = {}
        for number in root.iterfind(w("num")):
            key = value(number, "abstractNumId") or ""
            levels = _levels(abstract.get(key))
            overrides = list(number.iterfind(w("lvlOverride")))
            if not overrides:
                # Lists made from one definition go on counting together.
                self._lists[number.get(w("numId"), "")] = shared.setdefault(key, _List(levels))
                continue
            for override in overrides:
                depth = _integer(override.get(w("ilvl")), 0)
                if (own := override.find(w("lvl"))) is not None:
                    levels[depth] = _level(own)
                if (start := value(override, "startOverride")) is not None and depth in levels:
                    old = levels[depth]
                    levels[depth] = _Level(old.style, old.pattern, _integer(start, old.start))
            self._lists[number.get(w("numId"), "")] = _List(levels)

    def label(self, number_id: str, depth: int) -> str | None:
        """What Word prints before the next paragraph of this list: a number, "" for a list unknown, None for a bullet."""
        known = self._lists.get(number_id)
        return "" if known is None else known.advance(min(max(depth, 0), _LEVELS - 1))


def _levels(node: etree._Element | None) -> dict[int, _Level]:
    if node is None:
        return {}
    return {_integer(level.get(w("ilvl")), 0): _level(level) for level in node.iterfind(w("lvl"))}


def _level(node: etree._Element) -> _Level:
    return _Level(
        style=value(node, "numFmt") or "decimal",
        pattern=value(node, "lvlText") or "",
        start=_integer(value(node, "start"), 1),
    )


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise

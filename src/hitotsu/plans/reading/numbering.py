import re
from dataclasses import dataclass

from hitotsu.plans.reading.characters import narrow

_KANJI_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_ROMAN = {char: value for value, char in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", 1)}
_SMALL_ROMAN = {char: value for value, char in enumerate("ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ", 1)}
_LETTER_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_CIRCLED = {char: value for value, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", 1)}
_CIRCLED |= {char: value for value, char in enumerate("❶❷❸❹❺❻❼❽❾❿", 1)}

# Words that Japanese plans count their parts by. The number may stand in the word's own parentheses.
_WORDS = (
    "基本目標|基本方針|基本方向|基本施策|基本戦略|基本理念|基本的方向|重点目標|重点施策|重点戦略|重点分野|重点取組|"
    "重点プロジェクト|推進施策|個別施策|具体的施策|政策の柱|施策の柱|取組の柱|柱|政策目標|政策分野|政策|施策目標|"
    "施策の方向性|施策の方向|施策|事業番号|取組番号|主要施策|中施策|小施策|大柱|中柱|小柱|戦略目標|戦略|方針|指針|目標|取組方針|取組項目|取組事項|取組|取り組み|プロジェクト|"
    "アクション|分野|視点|事業|方策|項目|重点|テーマ|ミッション|チャレンジ|ステップ|フェーズ|Step|Phase|Project|Vision|Action"
)
_NUM = r"[0-9０-９]{1,3}"
_KAN = r"[一二三四五六七八九十〇]{1,4}"
_HY = r"[-‐‑–—－−ー・.．]"
_SEP = r"(?=[\s　.．、,:：」】〉》）)]|$)"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("編部", re.compile(rf"第\s*({_NUM}|{_KAN})\s*([編部])(?![会門署署長課隊])")),
    ("章", re.compile(rf"第\s*({_NUM}|{_KAN})\s*(章)")),
    ("節", re.compile(rf"第\s*({_NUM}|{_KAN})\s*(節)")),
    ("款", re.compile(rf"第\s*({_NUM}|{_KAN})\s*([款項])")),
    ("条", re.compile(rf"第\s*({_NUM}|{_KAN})\s*(条)(?=[\s　(（]|$)")),
    ("第", re.compile(rf"第\s*({_NUM}|{_KAN})(?=[\s　]|$)")),
    ("章英", re.compile(r"(?:Chapter|CHAPTER)\s*([0-9]{1,2})")),
    (
        "語",
        re.compile(
            rf"({_WORDS})\s*[(（]?\s*({_NUM}(?:{_HY}{_NUM}){{0,3}}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[①-⑳]|{_KAN}(?=[\s　:：]))[)）]?(?![0-9０-９])"
        ),
    ),
    ("番号", re.compile(rf"(?:No\.?|Ｎｏ[.．]?|№)\s*({_NUM})(?=[\s　:：]|$)")),
    ("ローマ", re.compile(r"([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ])\s*[.．、]?(?![ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ])(?![-‐－ー])")),
    ("ローマ字", re.compile(r"(I{1,3}|IV|VI{0,3}|IX|X)(?:[.．]\s*|[\s　]+)(?=[^\sA-Za-z])")),
    (
        "枝3",
        re.compile(
            rf"({_NUM}\s*[-‐‑–—－−.．]\s*{_NUM}\s*[-‐‑–—－−.．]\s*{_NUM})(?![0-9０-９%％])[.．]?(?=[\s　]|[^0-9０-９\s])"
        ),
    ),
    (
        "枝2",
        re.compile(rf"([0-9０-９]{{1,2}}\s*[-‐‑–—－−.．]\s*[0-9０-９]{{1,2}})(?![0-9０-９%％])[.．]?{_SEP}"),
    ),
    ("括弧", re.compile(rf"[(（]\s*({_NUM})\s*[)）]")),
    ("片括弧", re.compile(rf"({_NUM})\s*[)）]")),
    ("算", re.compile(rf"({_NUM})(?:\s*[.．、](?![0-9０-９])|(?=[\s　]|$))")),
    ("丸", re.compile(r"([①-⑳❶-❿])")),
    ("括弧カナ", re.compile(rf"[(（]\s*([{_KANA}])\s*[)）]")),
    ("カナ", re.compile(rf"([{_KANA}])(?:\s*[.．、)）](?=.)|(?=[\s　]))")),
    ("括弧漢", re.compile(rf"[(（]\s*({_KAN})\s*[)）]")),
    ("漢", re.compile(rf"({_KAN})(?:\s*[.．、]|(?=[\s　]))")),
    ("小ローマ", re.compile(r"([ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ])\s*[.．、)）]?(?=\s|[^\sⅰ-ⅹ])")),
    ("括弧英", re.compile(r"[(（]\s*([a-zａ-ｚ])\s*[)）]")),
    ("英", re.compile(r"([a-zａ-ｚA-HＡ-Ｈ])(?:\s*[.．、)）](?=[^A-Za-z0-9])|(?=[\s　]+[^\sA-Za-z0-9.．]))")),
)

# From the outside in, as the official writing rules and most plans nest them. Counting words have no fixed place.
RANKS = {
    "編部": 0,
    "章": 1,
    "章英": 1,
    "第": 1,
    "節": 2,
    "款": 3,
    "条": 3,
    "ローマ": 2,
    "ローマ字": 2,
    "漢": 2,
    "枝2": 4,
}
RANKS |= {
    "算": 3,
    "枝3": 5,
    "括弧漢": 4,
    "括弧": 5,
    "片括弧": 6,
    "丸": 7,
    "カナ": 7,
    "括弧カナ": 8,
    "英": 9,
    "括弧英": 10,
    "小ローマ": 11,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: its kind of numbering (`style`), as written in half-width (`label`), its place in the row."""

    style: str
    label: str
    ordinal: int


def read_number(text: str) -> tuple[Number, str] | None:
    """The number at the start of `text` and what follows it, or None if `text` does not start with one."""
    head = text[:48]
    if not head or head[0] not in _STARTS:
        return None
    for style, rule in _RULES:
        match = rule.match(head)
        if match is None:
            continue
        rest = text[match.end() :].lstrip(" 　\t:：.．、")
        if style == "番号":
            return Number("語:No:1", f"No.{narrow(match.group(1))}", _ordinal(match.group(1))), rest
        if style == "語":
            word, value = match.group(1), match.group(2)
            return Number(f"語:{word}:{_depth(value)}", _label(match.group()), _ordinal(value)), rest
        label = _label(
            match.group()
            if style not in ("算", "ローマ", "ローマ字", "漢", "英", "枝2", "枝3")
            else match.group(1)
        )
        return Number(style, label, _ordinal(match.group(1))), rest
    return None


def _label(text: str) -> str:
    text = narrow(text).replace(" ", "")
    for dash in "‐‑–—−ー":
        text = text.replace(dash, "-") if dash != "ー" else re.sub(r"(?<=\d)ー(?=\d)", "-", text)
    return text.rstrip(".、:")


def _depth(value: str) -> int:
    return 1 + len(re.findall(_HY, value))


def _ordinal(value: str) -> int:
    value = narrow(value).strip()
    last = re.split(_HY, value)[-1].strip() if re.search(r"\d", value) else value
    if last.isdecimal():
        return int(last)
    for table in (_CIRCLED, _ROMAN, _SMALL_ROMAN, _LETTER_ROMAN):
        if last in table:
            return table[last]
    if last in _KANA:
        return _KANA.index(last) + 1
    if len(last) == 1 and last.isascii() and last.isalpha():
        return ord(last.lower()) - ord("a") + 1
    return _kanji(last)


def _kanji(value: str) -> int:
    if "十" in value:
        tens, _, ones = value.partition("十")
        return _KANJI_DIGITS.get(tens, 1) * 10 + _KANJI_DIGITS.get(ones, 0)
    return sum(_KANJI_DIGITS.get(char, 0) * 10**place for place, char in enumerate(reversed(value)))


_STARTS = frozenset(
    "第CＣNＮ№(（0123456789０１２３４５６７８９一二三四五六七八九十〇IVXSPA"
    + "".join(_ROMAN)
    + "".join(_CIRCLED)
    + "".join(_SMALL_ROMAN)
    + _KANA
    + "abcdefghijklmnopqrstuvwxyzABCDEFGH"
    + "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚＡＢＣＤＥＦＧＨ"
    + "".join(word[0] for word in _WORDS.split("|"))
)

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from hitotsu.plans.reading.dates import When, narrow

_KANJI_SIZE = {"兆": 10**12, "億": 10**8, "万": 10**4, "千": 1000, "百": 100}
# Every repeat is bounded: a file may hold a line of a million digits.
_PLAIN = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d{1,15}(?!\d))(?:\.\d{1,9}(?!\d))?"
_SMALL = rf"{_PLAIN}[千百]?"
_NUMBER = rf"{_SMALL}(?:\s?[万億兆](?:{_SMALL})?){{0,3}}"
_BEFORE = r"(?P<about>(?:約|およそ|おおよそ|おおむね|概ね|ほぼ|最大|最低|最高|最低でも|延べ|のべ|計|[▲△]|マイナス|\+)?\s?)"
_AFTER = r"(?P<bound>\s?(?:以上|以下|未満|以内|程度|超|余り|余|強|弱|前後)(?!過|的))?"

# Longer names first; what may not follow keeps 社会 from being read as 社, or 分野 as minutes.
_UNITS = (
    (r"平方キロメートル|km²|km2|㎢|平方km", "km²"),
    (r"平方メートル|m²|m2|㎡", "m²"),
    (r"%|パーセント", "%"),
    (r"(?:[千百]?万|[百千億兆])?円(?:/[年月日人件])?(?!滑|安|高|卓|熟)", None),
    (r"ポイント|pt(?![a-z])", "ポイント"),
    (r"都道府県|道府県|市区町村|市町村|市町|町村|自治体|団体|法人|企業|事業所|事業者|事業体|事業(?!者|所|費|化)", None),
    (r"業務|手続き?|様式|申請|サービス|システム|アカウント|ライセンス|データセット|件数", None),
    (r"分野|部署|場面|テーマ|項目|種類|品目|施策|取組|課題|事例|プロジェクト|講座|コース|教室|チーム|グループ|会場|地区|地域|拠点|基地局", None),
    (r"か所|カ所|ヶ所|ヵ所|箇所|施設|世帯|路線|か国|カ国|ヶ国|言語|チャンネル|ダウンロード|アクセス|部局|課室|課所|機関", None),
    (r"時間(?!体制|帯|外|割|対応|営業|\s?365|いつでも|受付|稼働|監視|見守)", "時間"),
    (r"か年|カ年|ヶ年|箇年|年間(?!\s?約?\d|を通)|年(?=以上|以内|程度|余|ぶり|にわた|ごと|分の(?!\d))", "年"),
    (r"か月間?|カ月間?|ヶ月間?|ヵ月間?|箇月間?", "か月"),
    (r"日間|営業日|週間|人日|人月|人時", None),
    (r"km(?![a-z])|kg|ha(?![a-z])|ヘクタール|キロメートル|メートル|トン|[kMG]Wh?|t-CO2|[MG]bps|[MGT]B(?![a-z])|cm(?![a-z])|mm(?![a-z])", None),
    (r"人(?!権|口|生|材|工|間|情|物|格|事|体|当)", "人"),
    (r"名(?!称|前|簿|様|刺|義)", "名"),
    (r"件(?!名)", "件"),
    (r"分(?!野|の\d|類|割|析|科|担|庁|離|岐|散|前|後|布|子|権|団|以)|分(?=以[上下内])", "分"),
    (r"つ(?=の)", "つ"),
    (r"秒|倍(?!率|増)|位(?!置|相)|台(?!帳|風|数)|室(?!長)|社(?!会|長|員|内)|校(?!長|区|舎|庭)|戸(?!籍|別|建)|棟", None),
    (r"回(?!目|答|線|収|復|避|路|転|帰)|点(?!検|在|灯|数)|本(?!部|社|格|庁|県|市|人|文|年|方針|戦略|計画|町|村|校|来|柱)", None),
    (r"市(?!街|場|民|長|役|内)|県(?!下|内|庁|民|外|境)|町(?!民|内|長|役)|村(?!民|内|長)|局(?!長|面|地|所)|課(?!題|税|長|室|所)", None),
    (r"個(?!人|別|所|性)|枚|冊|頭|羽|隻|便(?!利)|基(?!本|準|盤|礎|づ|幹|調|金)|機(?!関|能|器|会|械)|店(?!舗|長)|者(?!数)|国(?!内|民|際|土|の|が|や|は|と)", None),
)  # fmt: skip
_UNIT = "|".join(f"(?P<u{index}>{pattern})" for index, (pattern, _) in enumerate(_UNITS))
_UNIT_NAMES = {f"u{index}": name for index, (_, name) in enumerate(_UNITS)}
_RANGE = rf"(?:{_NUMBER}\s?[~〜～\-–―−]\s?)?"
_QUANTITY = re.compile(
    rf"{_BEFORE}(?<![\d.,])(?:"
    rf"(?P<hours>\d{{1,3}})時間(?P<minutes>\d{{1,2}})分"
    rf"|(?P<below>\d{{1,3}})分の(?P<above>\d{{1,3}})"
    rf"|(?P<tenths>\d(?:\.\d)?)割(?:(?P<hundredths>\d)分)?(?!合|引|り)"
    rf"|(?P<age>\d{{1,3}}(?:\.\d{{1,4}})?)(?=[歳才])(?P<years>[歳才](?!代|児))"
    rf"|(?P<low>{_RANGE})(?P<number>{_NUMBER}|一(?=人以[上下]|人未満|時間))\s?(?:つの)?(?:{_UNIT}))"
    rf"{_AFTER}"
)
_UNITLESS = re.compile(
    rf"{_BEFORE}(?<![\d.,A-Za-z第])(?:(?P<decimal>\d{{1,9}}\.\d{{1,9}})(?![\d.%A-Za-z版章節])|(?P<aim>\d[\d,]{{0,20}})(?=を目標|を目指|をめざ))"
)
_MAJORITY = re.compile(r"過半数|(?P<half>(?:約|ほぼ)?半数)(?:以上)?")
_PER = re.compile(r"\s?(?:当たり|あたり|につき|[一1]台|ひとり)")
_ORDINAL = re.compile(r"\s?(?:目(?!標|的|指)|様)")
_NAMED_NUMBER = re.compile(
    r"(?:第|No\.?|№|資料|別紙|別表|図表?|表|指針|方針|柱|施策|戦略|プロジェクト|章|節|ステップ|フェーズ|レベル|段階|注|問|[A-Za-z])\s?$|目標$"
)
_AT_HEAD = re.compile(r"(?:^|[「『（(【#・○●◆■▶])[\s#*・-]*$")
_PLAIN_YEAR = re.compile(
    r"(?:約|今後|概ね|おおむね|過去|最近|直近|期間は|期間を|年数は|のべ|向こう)\s?\d{1,3}\s?年(?!度|代|齢|生|目|次|金|前|後|来|頃|ごろ|月|\d)"
)
_NOT_QUANTITIES = re.compile(
    r"https?://[!-~]{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,80}|〒\s?\d{3}-\d{4}|\(?\d{2,5}\)?[-\s]\d{1,4}-\d{3,4}|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2}時(?!間)(?:\d{1,2}分)?|\d{1,2}月(?:\s?\d{1,2}\s?日)?(?!間)|(?<!\d)\d{1,2}/\d{1,2}(?!\d)|法律第\s?\d{1,5}\s?号|第\s?[\d.]{1,12}\s?\S"
    r"|人生\s?100\s?年|(?<![A-Za-z])[A-Za-z]{1,40}\s?\d{1,9}(?:\.\d{1,9})?|\d{1,3}次(?:元|産業)|24時間\s?365日|365日|[1一]人[1一]台"
)
_ALONE = re.compile(
    rf"(?P<about>(?:約|およそ|おおむね|概ね|ほぼ|延べ|のべ|計|累計|年間?|月|[▲△\-+]|マイナス|全)?\s?)(?P<number>{_NUMBER})\s?"
    r"(?P<unit>[^\d\s()、。→~〜～]{0,8}?)(?P<bound>\s?(?:以上|以下|未満|以内|程度|超|余り|強|弱|前後))?"
)
_INDEX_WORD = re.compile(r"指数|係数|倍率|比率|値|率")
_ASIDE_SIGNS = {"(", ")", "。", "・", ""}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit at `start:end` of a sentence.

    `text_value` is the number as printed with 約, 以上 and the like but without its unit; `value` is None where the
    words give no number (過半数) or two (50～100名).
    """

    start: int
    end: int
    value: float | None
    text_value: str
    unit: str | None


def find_quantities(text: str, dates: list[When]) -> list[Quantity]:
    """The quantities in a sentence, in order, kanji sizes and fractions worked out (1万5千件 = 15000, 4割 = 40 %).

    `dates` are those of the same text. Dates, times, ordinals, section, law and telephone numbers, addresses and
    names such as 5G or Society5.0 are no quantities.
    """
    plain = narrow(text)
    taken = sorted(
        [(date.start, date.end) for date in dates]
        + [match.span() for match in _NOT_QUANTITIES.finditer(plain)]
    )
    found = [quantity for quantity in _scan(plain) if not _overlaps(quantity, taken)]
    return sorted(found, key=lambda quantity: quantity.start)


def read_measured(text: str) -> Quantity | None:
    """The quantity that a half-width text such as a table's cell is as a whole: `85.0%`, `約1,200件/年`, `12`, `0種類以上`.

    Any short word may be the unit here; None where the text says more than one number or something else.
    """
    match = _ALONE.fullmatch(text)
    if match is None:
        return None
    about, bound = match["about"].strip(), (match["bound"] or "").strip()
    value = _value(match["number"])
    if about in {"▲", "△", "マイナス", "-"}:
        value = -value
    unit = match["unit"].strip() or None
    written = about + re.sub(r"\s", "", match["number"]) + bound
    return Quantity(0, len(text), value, written, unit)


def is_unit(text: str) -> bool:
    """Whether a half-width word is a unit by itself or for another one: %, 人, 件/年, 日."""
    return text == "日" or all(
        part == "日" or _QUANTITY.fullmatch(f"1{part}") is not None or (at > 0 and part in "年月人件回")
        for at, part in enumerate(text.split("/"))
    )


def _overlaps(quantity: Quantity, taken: list[tuple[int, int]]) -> bool:
    """Whether a name or date takes the place of the quantity; names are short, so only the nearest few are looked at."""
    index = bisect_right(taken, (quantity.end, -1))
    return any(
        start < quantity.end and end > quantity.start and not (start > quantity.start and end <= quantity.end)
        for start, end in taken[max(0, index - 4) : index]
    )


def _scan(text: str) -> Iterator[Quantity]:
    position = 0
    while match := _QUANTITY.search(text, position):
        quantity = _quantity(match, text)
        position = match.end() if quantity else max(match.start() + 1, _number_end(match))
        if quantity:
            yield quantity
    for match in _PLAIN_YEAR.finditer(text):
        digits = re.search(r"\d+", match.group())
        assert digits is not None
        about = "約" if match.group().startswith("約") else ""
        yield Quantity(
            match.start() + digits.start(), match.end(), int(digits.group()), about + digits.group(), "年"
        )
    indexed = bool(_INDEX_WORD.search(text))
    for match in _UNITLESS.finditer(text):
        start = match.start("decimal")
        counts = match["aim"] or (indexed and not _NAMED_NUMBER.search(text, max(0, start - 8), start))
        if counts and not _QUANTITY.match(text, match.start()):
            written = match["aim"] or match["decimal"]
            yield Quantity(
                match.start(), match.end(), _plain(written), match["about"].strip() + written, None
            )
    for match in _MAJORITY.finditer(text):
        yield Quantity(
            match.start(),
            match.end(),
            0.5 if match["half"] and "以上" not in match.group() else None,
            match.group(),
            None,
        )


def _number_end(match: re.Match[str]) -> int:
    """Where to go on after a number that is no quantity: behind its digits, so that their tail is not read as one."""
    end = match.end("about")
    while end < len(match.string) and (match.string[end].isdigit() or match.string[end] in ".,"):
        end += 1
    return end


def _quantity(match: re.Match[str], text: str) -> Quantity | None:
    first = match.end("about")
    before = text[max(0, first - 8) : first]
    if _PER.match(text, match.end()) or _ORDINAL.match(text, match.end()):
        return None
    if not match["about"].strip() and (_NAMED_NUMBER.search(before) or _is_section_number(match, text)):
        return None
    about, bound = match["about"].strip(), (match["bound"] or "").strip()
    measured = _measured(match, text)
    if measured is None:
        return None
    value, written, unit = measured
    if value is not None and about in {"▲", "△", "マイナス"}:
        value = -value
    return Quantity(match.start(), match.end(), value, f"{about}{written}{bound}", unit)


def _is_section_number(match: re.Match[str], text: str) -> bool:
    """`2 市町村の現状` at the start of a line or quotation is a heading's number; `2市町村` is not."""
    number = match["number"]
    if not number or not number.isdigit() or len(number) > 2 or not text[match.end("number")].isspace():
        return False
    return bool(_AT_HEAD.search(text[max(0, match.start() - 8) : match.start()]))


def _measured(match: re.Match[str], text: str) -> tuple[float | None, str, str | None] | None:
    if match["hours"]:
        value = round(int(match["hours"]) + int(match["minutes"]) / 60, 4)
        return value, f"{match['hours']}時間{match['minutes']}分", "時間"
    if match["below"]:
        if not int(match["below"]):
            return None
        return (
            round(int(match["above"]) / int(match["below"]), 4),
            f"{match['below']}分の{match['above']}",
            None,
        )
    if match["tenths"]:
        percent = float(match["tenths"]) * 10 + int(match["hundredths"] or 0)
        written = match["tenths"] + "割" + (f"{match['hundredths']}分" if match["hundredths"] else "")
        return _whole(percent), written, "%"
    if match["age"]:
        # In 甲野氏(57歳) the age tells who somebody is.
        if (
            text[max(0, match.start() - 1) : match.start()] in _ASIDE_SIGNS
            and text[match.end() : match.end() + 1] in _ASIDE_SIGNS
        ):
            return None
        return _plain(match["age"]), match["age"], "歳"
    unit = _unit(match)
    written = match["low"] + match["number"]
    if match["low"]:
        return None, re.sub(r"\s", "", written), unit
    return _value(match["number"]), re.sub(r"\s", "", written), unit


def _unit(match: re.Match[str]) -> str:
    last = match.lastgroup
    group = last if last != "bound" and last else next(name for name in _UNIT_NAMES if match[name])
    return _UNIT_NAMES[group] or match[group].strip()


def _value(written: str) -> float:
    """The number that digits and 千, 万, 億, 兆 spell, e.g. 1万5千 as 15000."""
    if written == "一":
        return 1
    if written.isdecimal():
        return int(written)
    total = 0.0
    part = 0.0
    for digits, size in re.findall(r"([\d,.]*)\s?([兆億万千百]?)", written):
        amount = _plain(digits) if digits else 0.0
        if size in {"千", "百"}:
            part += (amount or 1) * _KANJI_SIZE[size]
        elif size:
            total += (part + amount) * _KANJI_SIZE[size]
            part = 0.0
        else:
            part += amount
    return _whole(round(total + part, 6))


def _plain(digits: str) -> float:
    return _whole(float(digits.replace(",", "").rstrip(".") or 0))


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number

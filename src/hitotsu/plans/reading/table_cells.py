import html
import re

from hitotsu.plans.reading.dates import narrow

_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|s|ul|ol|li|br|p|span|small|big|sub|div|font|a|center|table|tbody|thead|tr|td|th|img|code)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*")
_SPACES = re.compile(r"[ \xa0]{2,}")
_BULLETS = "・●○■□◆◇▪‣•-–"
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{1,6});")
_NUMERIC = re.compile(
    r"[▲△+\-−約]?\s*\d[\d,.]*\s*(?:[%‰]|[^\d\s()]{1,4})?(?:\s*(?:\(.{1,20}\)|\S{1,4}\d+位))?"
)
_YEAR = re.compile(
    r"(?:[HRS]\d{1,2}|(?:令和|平成|昭和)(?:元|\d{1,2})|(?:19|20)\d\d)(?:\s?\(.{1,8}\))?(?:年度?)?(?:\s?\(.{1,8}\))?"
    r"|\d{1,2}月|第?[1-4]四半期|[1-4]Q"
)
_AGES = re.compile(r"[歳代才](?:以上|以下|未満)?$")
_NUMBER_FIRST = re.compile(r"\d{1,3}(?![\d,])")
_HEADER_WORD = re.compile(
    r"(?:区分|番号|No\.?|氏名|名称|名前|所属|役職|職名|項目|指標|KPI|単位|年度|年月日?|時期|期間|日程|日時|開催日|現状値?|基準値?|目標値?"
    r"|実績値?|見込値?|分野|主な取組|取組(?:内容|名|事項)?|施策(?:名)?|事業(?:名|内容)?|内容|概要|課題|テーマ|段階|ステップ|ステージ|順位|市町村名?"
    r"|自治体名?|団体名?|担当(?:課|部署|部局)?|所管(?:課)?|部局名?|備考|摘要|用語|説明|定義|解説|役割|構成員?|人数|割合|件数|金額|予算額?|合計|計"
    r"|人口|面積|意見|要旨|考え方|理由|反映|回答|選択肢|略語|意味|正式名称|議題|議事|会場|出席|種別|種類|対象|方法|効果|スケジュール|達成率|進捗|評価|参考|資料|ページ|頁)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[<＜〈《【\[].{1,20}[>＞〉》】\]]")
_LONGEST_HEADER_CELL = 30


def clean_cell(text: str) -> str:
    """A cell as plain text: tags that an extraction left in it are taken out, list items get a ・; footnote marks stay."""
    if "<" in text:
        text = _TAG.sub(_in_place_of_tag, text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    return _SPACES.sub(" ", _BOLD.sub("", text).replace("\xa0", " ")).strip(" \u3000\r")


def _in_place_of_tag(match: re.Match[str]) -> str:
    tag = match.group().lower()
    if tag.startswith("<li"):
        following = match.string[match.end() :].lstrip()[:1]
        return " " if following and following in _BULLETS else " ・"
    return " " if tag.startswith(("<br", "</li", "</p", "</div")) else ""


def is_numeric(cell: str) -> bool:
    """Whether a cell holds a measured value: a number with at most a unit and a remark. Years and months are not."""
    plain = narrow(cell.strip())
    return bool(_NUMERIC.fullmatch(plain)) and not is_year(plain)


def is_year(cell: str) -> bool:
    """Whether a cell names a year, a month or a quarter."""
    return bool(_YEAR.fullmatch(narrow(cell.strip())))


def starts_with_number(cell: str) -> int | None:
    """The running number that a row begins with (`3 北塩原村`, `12`), or None."""
    match = _NUMBER_FIRST.match(narrow(cell.strip()))
    return int(match.group()) if match else None


def is_header(first: list[str], body: list[list[str]]) -> bool:
    """Whether the first row names the columns of the rows below it."""
    filled = [cell for cell in first if cell]
    if len(filled) < 2 and len(first) > 1 and not any(is_year(cell) for cell in filled):
        return False
    if any(is_numeric(cell) and not _AGES.search(cell) for cell in filled) or any(
        len(cell) > _LONGEST_HEADER_CELL for cell in filled
    ):
        return False
    if all(_BRACKETED.fullmatch(cell) for cell in filled) or (not first[0] and all(first[1:])):
        return True
    if body and continues_header(body[0], first) and all(is_year(cell) for cell in body[0] if cell):
        return True
    named = sum(bool(_HEADER_WORD.search(cell)) or is_year(cell) for cell in filled)
    if 2 * named >= len(filled):
        return True
    for column, cell in enumerate(first):
        below = [row[column] for row in body if column < len(row) and row[column]]
        # A word above a column of values is the name of the column.
        if column and cell and len(below) > 1 and sum(map(is_numeric, below)) * 2 > len(below):
            return True
    return False


def continues_header(row: list[str], above: list[str]) -> bool:
    """Whether a row goes on telling the columns apart under a header cell that spans several of them."""
    filled = [cell for cell in row if cell]
    if not filled or any(is_numeric(cell) for cell in filled) or max(map(len, filled)) > _LONGEST_HEADER_CELL:
        return False
    if len(filled) > 1 and len(set(filled)) == 1:
        return False
    spans = any(not cell for cell in above[1:]) or not above[0]
    if not row[0]:
        return spans or (above[0] != "" and _fills_gaps(row, above))
    return spans and all(is_year(cell) for cell in filled)


def _fills_gaps(row: list[str], above: list[str]) -> bool:
    """Under a first column that names the rows, a second line of names leaves the first cell open."""
    return len(above) > 2 and sum(bool(cell) for cell in row) >= 2 and all(len(cell) <= 20 for cell in row)

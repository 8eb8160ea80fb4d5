import re
from enum import Enum

from hitotsu.plans.reading.characters import key, narrow


class Role(Enum):
    """What the text under a label says about a measure."""

    STATUS = "status"
    ACTIONS = "actions"
    DIRECTION = "direction"
    INDICATOR = "indicator"
    OWNER = "owner"
    SCHEDULE = "schedule"


# Every label is a short noun phrase; alternatives are compared to the whole label (see `key`), never to a part of it.
_OWN = r"本県の?|県の?|本市の?|市の?|町の?|村の?|本町の?|区の?|施策の|事業の|取組の|取り組みの|主な"
_PREFIX = rf"(?:{_OWN})?"
_PAST = rf"(?:{_OWN}|これまでの|現在の)?"
_TAIL = r"(?:について|等|など)?"
_AND = r"(?:[・と、/&\-]|及び|および|ならびに|並びに)"
_STATE = r"(?:現状|現況|現在の状況|状況|実態|背景|課題|問題点|取組状況|取組の状況|これまでの(?:主な)?取り?組み?|取組と成果|実績|必要性|取組の背景|現状分析|現状認識|成果)"
_DO = (
    r"(?:取組内容|取組の内容|取り組み内容|取り組む内容|取組|取り組み|取組事項|取組項目|取組例|取組事例|具体的な?取組(?:内容|事項|例)?|具体的な?取り組み(?:内容)?|主な取組(?:内容|事項|施策|例)?|主な取り組み(?:内容)?|"
    r"今後の取組(?:内容|方針)?|今後の取り組み|今後の対応|今後の展開|今後の進め方|これからの取組|主な施策|主要施策|主要な施策|主要事業|主要な取組|主な事業|具体的な?施策|具体的な?事業|施策内容|施策の内容|施策の展開|"
    r"施策概要|施策の概要|事業内容|事業の内容|内容|事業概要|実施内容|推進内容|取組概要|取組の概要|対応策|対策|具体策|推進方策|実施事項|行動計画|アクション|アクションプラン|やること|取り組むこと|何をするか|重点取組|重点的な取組|計画期間(?:中|内)の取組)"
)
_WAY = (
    r"(?:施策の(?:基本的?)?方向性?|取組の(?:基本的?)?方向性?|取り組みの方向性?|基本的な方向性?|基本方向|今後の方向性?|対応の方向性?|方向性|基本的な考え方|取組方針|取組の方針|施策の方針|推進方針|基本方針|"
    r"目指す(?:べき)?(?:姿|成果|社会|方向性?|将来像|状態)|めざす(?:べき)?(?:姿|成果|社会|方向性?|将来像|状態)|将来像|将来の姿|あるべき姿|ありたい姿|[0-9]+年後の姿|期待される(?:効果|成果)|"
    r"目標|基本目標|施策目標|施策の目標|施策の目的|目的|ねらい|狙い|施策のねらい|実現する姿|到達目標)"
)
_MEASURE = (
    r"(?:kpi|kgi|数値目標|成果指標|目標指標|指標|目標値|評価指標|活動指標|進捗指標|達成指標|達成目標|施策指標|重要業績評価指標|成果目標|目標数値|現状値|基準値|実績値|参考指標|モニタリング指標|"
    r"(?:指標|目標)(?:と|・|及び)目標値?|現状値(?:と|・)目標値)"
)
_WHO = r"(?:担当(?:課|部局|部署|所属|室|部)?(?:室|等|名)?|所管(?:課|部局|部署|室)?|主管課|主担当|担当部課|関係(?:課|部局|部署|機関|団体)|関連(?:課|部局)|実施主体|取組主体|推進主体|実施機関|担当者|所管部局・課)"
_WHEN = r"(?:スケジュール|実施スケジュール|年次計画|年度別計画|工程表?|ロードマップ|実施時期|実施年度|取組時期|取組期間|実施期間|工程計画|年度計画|取組工程|取組スケジュール)"

_TABLE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.ACTIONS, re.compile(rf"{_PREFIX}{_DO}{_TAIL}(?:{_AND}{_DO}{_TAIL})*")),
    (Role.STATUS, re.compile(rf"{_PAST}{_STATE}{_TAIL}(?:{_AND}?{_PAST}{_STATE}{_TAIL})*")),
    (Role.DIRECTION, re.compile(rf"{_PREFIX}{_WAY}{_TAIL}(?:{_AND}{_PREFIX}{_WAY}{_TAIL})*")),
    (Role.INDICATOR, re.compile(rf"{_PREFIX}{_MEASURE}(?:{_AND}?{_MEASURE})?{_TAIL}")),
    (Role.OWNER, re.compile(rf"{_WHO}(?:{_AND}{_WHO})?")),
    (Role.SCHEDULE, re.compile(rf"{_PREFIX}{_WHEN}(?:{_AND}{_WHEN})?")),
)
_OPEN = "【〔［[〈《＜<≪「『("
_CLOSE = "】〕］]〉》＞>≫」』)"
_BRACKETS = dict(zip(_OPEN, _CLOSE, strict=True))
_GLOSSARY = re.compile(
    r"(?:主な)?(?:用語|(?:英字?)?略語|語句|言葉|ことば|用語・略語)の?(?:解説|集|説明|定義|一覧|意味)?(?:集|一覧)?"
)
_GLOSSARY_EDGES = re.compile(r"^(?:参考|資料|付録|巻末)[0-9]*[:・]?|[(（].*[)）]$")
_NOTE = re.compile(r"[(（][^()（）]{0,40}[)）]$")
LABEL_LIMIT = 40
"""Longest label with its brackets, in characters."""


def role_of(text: str) -> Role | None:
    """What `text` announces if it is as a whole a label such as 【現状・課題等】 or 主な取組, otherwise None."""
    if not text or len(text) > LABEL_LIMIT:
        return None
    name = key(bare(text)).rstrip(":")
    if not name:
        return None
    role = _lookup(name)
    if role is None and name.endswith(")"):
        role = _lookup(_NOTE.sub("", name))
    return role


def labelled(text: str) -> tuple[Role, str, str] | None:
    """A label in front of text on its own line (【現状】…, 担当課：…): role, label as printed, the text; else None."""
    head = text[: LABEL_LIMIT + 1]
    if head[:1] in _BRACKETS and head[:1] not in "「『(（":
        end = head.find(_BRACKETS[head[0]])
        if end > 1:
            role = role_of(head[1:end])
            rest = text[end + 1 :].lstrip(" 　:：")
            return (role, head[1:end], rest) if role is not None and rest else None
    for mark in ("：", ":"):
        at = head.find(mark)
        if at > 0:
            role = role_of(head[:at])
            rest = text[at + 1 :].strip()
            return (role, head[:at].strip(), rest) if role is not None and rest else None
    return None


def is_glossary(title: str) -> bool:
    """Whether a heading announces a list of terms: 用語解説, 用語集, ことばの説明 …"""
    return _GLOSSARY.fullmatch(_GLOSSARY_EDGES.sub("", key(title))) is not None


def bare(text: str) -> str:
    """`text` without a pair of brackets that encloses all of it, and without outer white space."""
    text = text.strip()
    for _ in range(3):
        same_width = narrow(text)
        pair = _BRACKETS.get(same_width[:1])
        close = narrow(pair) if pair is not None else ""
        if len(text) < 3 or not close or same_width[-1] != close or close in same_width[1:-1]:
            break
        text = text[1:-1].strip()
    return text


def _lookup(name: str) -> Role | None:
    for role, rule in _TABLE:
        if rule.fullmatch(name):
            return role
    return None

import re
from collections.abc import Iterable, Iterator

from hitotsu.plans.reading.blocks import Block
from hitotsu.plans.reading.structure import Span, Term

_LAW = re.compile(r"(?:法律?|条例|規則|政令|省令|憲法)$")
_SHORT_FOR = re.compile(
    r"(?:[「『](?P<quoted>[^「」『』]{2,120})[」』]|(?P<bare>(?:「[^「」]{2,80}」)?[一-龠々ァ-ヴーA-Za-z0-9・]{2,60}))\s*(?:[（(][^（）()]{0,40}[)）])?"
    r"[（(]以下[、，]?\s*[「『]?(?P<term>[^「」『』（）()、。]{1,30}?)[」』]?(?:という|とする|と略す|と表記)?[。．]?[）)]"
)
_SHORT_FOR_INSIDE = re.compile(
    r"[「『](?P<quoted>(?:[^「」『』（）()]|[（(][^（）()]{1,10}[）)]){2,120})[（(]以下[、，]?\s*[「『]?(?P<term>[^「」『』（）()、。]{1,30}?)[」』]?(?:という|とする)?[。．]?[）)][」』]?"
)
_MEANS = re.compile(
    r"(?:^|[、。])(?:[「『](?P<quoted>[^「」『』]{1,40})[」』]|(?P<bare>[^、。「」『』\s]{1,30}))\s?とは、?\s*(?P<said>.{8,400}?)"
    r"(?:のこと)?(?:と定義|をいう|をいいます|を指す|を指します|を意味)"
)
_NAMED = re.compile(
    r"を[「『]?(?P<term>[^「」『』、。をはがに\s]{1,24}(?<![ぁ-ん]))[」』]?(?:、|として?(?=表記|記載|呼|称|定義|い[うい]))"
)
_NAMES = re.compile(r"と(?:して)?(?:表記|記載|呼称|呼[ぶびん]|称[しす]|定義|いう|いい)[^、。]{0,12}[。．]?$")
_HERE = re.compile(r"^[※\s]*(?:本|この|ここ|以下)[^、。]{0,12}?(?:では|において(?:は)?|の中では)、?")
_CARRIER = re.compile(r"(?P<term>[一-龠々〆ヶァ-ヴーA-Za-zＡ-Ｚａ-ｚ0-9０-９・]{2,30})※(?![0-9０-９※])")
_NOTE_REACH = 5


def find_definitions(blocks: Iterable[Block]) -> list[Term]:
    """Words that the running text defines: 以下「X」という, 「X」とは…をいう, …をXと表記する, and X※ with ※… below it."""
    found: list[Term] = []
    waiting: list[tuple[str, int]] = []
    for block in blocks:
        if block.kind not in ("item", "text"):
            continue
        raw = block.raw()
        starred = block.symbol == "※" or raw.lstrip().startswith("※")
        if starred and waiting and not _HERE.match(raw):
            # A bare ※ belongs to the nearest words above that carry one.
            near = [term for term, line in waiting if block.first - line <= _NOTE_REACH]
            text = block.text().lstrip("※ 　")
            found += [Term("※", term, text, (block.first + 1, block.last + 1)) for term in near[:1] if text]
            waiting = []
            continue
        if "※" in raw[:4000]:
            waiting = [
                (match.group("term"), block.last) for match in _CARRIER.finditer(raw[:4000])
            ] or waiting
        for sentence, lines in block.sentences():
            found += _from_sentence(sentence[:2000], lines, starred=starred)
    return found


def _from_sentence(sentence: str, lines: Span, *, starred: bool) -> Iterator[Term]:
    if "以下" in sentence:
        yield from _short_names(sentence, lines)
    if "とは" in sentence:
        match = _MEANS.search(sentence)
        if match is not None:
            said = match.group("said").strip()
            if said[:1] in "「『" and said[-1:] in "」』":
                said = said[1:-1]
            yield Term(None, match.group("quoted") or match.group("bare"), said, lines)
    if (starred or _HERE.match(sentence)) and _NAMES.search(sentence):
        text = sentence.lstrip("※ 　")
        for match in _NAMED.finditer(sentence):
            yield Term("※" if starred else None, match.group("term"), text, lines)


def _short_names(sentence: str, lines: Span) -> Iterator[Term]:
    seen: set[str] = set()
    for rule in (_SHORT_FOR, _SHORT_FOR_INSIDE):
        for match in rule.finditer(sentence):
            inside = rule is _SHORT_FOR_INSIDE or match.group("quoted")
            full = match.group("quoted") if inside else match.group("bare")
            if not _LAW.search(full) and match.group("term") + full not in seen:
                seen.add(match.group("term") + full)
                yield Term(None, match.group("term"), full, lines)

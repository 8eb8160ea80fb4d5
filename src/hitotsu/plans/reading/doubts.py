import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hitotsu.plans.reading.blocks import LONG, Block
from hitotsu.plans.reading.characters import key
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.contents import heading_key
from hitotsu.plans.reading.initiatives import COUNTED, Draft
from hitotsu.plans.reading.labels import Role
from hitotsu.plans.reading.outline import Node
from hitotsu.plans.reading.structure import Kind as DocumentKind
from hitotsu.plans.reading.structure import Span, Term, Unsure

_FOREIGN = re.compile(
    r"[ぁ-んァ-ヴー一-龠々]?[\u0400-\u04ff\uac00-\ud7af\u0e00-\u0e7f\u0600-\u06ff\ufffd]+[ぁ-んァ-ヴー一-龠々]?"
)
_DIGITS = re.compile(r"[0-9]+")
_DOUBLED = re.compile(r"。。|、、|，，|。、|、。")
_TEXT_LIMIT = 160
_MISSING_LIMIT = 20
_SURE = 0.75
_BARE_CHAPTER = re.compile(r"第\s*[0-9０-９]{1,40}\s*[章節編部]")
_COLUMNS = re.compile(r"\S(?:　{3,}|[ 　]{6,})\S")
_COLUMNS_LIMIT = 300
_COLUMN_LINES = 3


def find_doubts(
    cleaned: Cleaned,
    root: Node,
    blocks: Sequence[Block],
    drafts: Sequence[Draft],
    terms: Sequence[Term],
    known: frozenset[int],
    kind: DocumentKind,
) -> list[Unsure]:
    """What the reader could not place or doubts, by line; `known` are lines (0-based) that were read as something.

    Slides number each page for itself and are full of phrases, so gaps and open sentences mean nothing there.
    """
    found = [
        *_unplaced(root, known),
        *(_numbering(root) if kind != "slides" else ()),
        *_contents(root, cleaned),
        *_measures(drafts, _repeated(blocks)),
        *_untitled(blocks),
        *_side_by_side(cleaned),
        *_notes(cleaned, terms),
        *_characters(cleaned),
        *(_cut_off(blocks, known) if kind in ("plan", "report", "minutes") else ()),
    ]
    return sorted(found, key=lambda unsure: unsure.lines)


def _unplaced(root: Node, known: frozenset[int]) -> list[Unsure]:
    """Text before the first heading that is neither title page nor meeting, run by run."""
    found: list[Unsure] = []
    run: list[Block] = []
    blocks = [block for block in root.body if any(line not in known for line, _ in block.pieces)]
    for block in blocks:
        if run and block.first - run[-1].last > 30:
            found.append(_unplaced_run(run, root))
            run = []
        run.append(block)
    if run:
        found.append(_unplaced_run(run, root))
    return found


def _unplaced_run(run: Sequence[Block], root: Node) -> Unsure:
    lines = (run[0].first + 1, run[-1].last + 1)
    if root.children:
        what = f"{_where(lines)}の文は最初の見出しより前にあり、どの章にも入れられません。表紙や前書きかどうかを確かめてください。"
    else:
        what = f"{_where(lines)}に番号や印の付いた見出しが見つからず、章に分けられません。見出しを手で指定してください。"
    return Unsure(what, lines, run[0].text()[:_TEXT_LIMIT])


def _numbering(root: Node) -> list[Unsure]:
    found: list[Unsure] = []
    for node in [root, *root.walk()]:
        last: dict[str, Node] = {}
        for child in node.children:
            number = child.head.number if child.head is not None else None
            if number is None:
                continue
            before = last.get(child.style)
            previous = (
                before.head.number.ordinal
                if before is not None and before.head is not None and before.head.number
                else 0
            )
            if number.ordinal != previous + 1 and not (before is None and number.ordinal == 0):
                lines = (child.first + 1, child.first + 1)
                expected = (
                    "番号が1から始まっていません"
                    if before is None
                    else f"前の見出し「{before.label}」から番号が続いていません"
                )
                found.append(
                    Unsure(
                        f"{lines[0]}行目の見出し「{child.label}」は{expected}。抜けや読み違いがないか原文を確かめてください。",
                        lines,
                        f"{child.label} {child.title}"[:_TEXT_LIMIT],
                    )
                )
            last[child.style] = child
    return found


def _contents(root: Node, cleaned: Cleaned) -> list[Unsure]:
    if not cleaned.contents.titles:
        return []
    headings = {key(node.label + node.title) for node in root.walk()} | {
        key(node.title) for node in root.walk()
    }
    entries = [title for title in cleaned.contents.titles if heading_key(title) not in headings]
    wrapped: set[str] = set()
    for one, two in zip(cleaned.contents.titles, cleaned.contents.titles[1:], strict=False):
        if heading_key(one + two) in headings:
            wrapped |= {one, two}
    line = min(cleaned.contents.lines) + 1
    found = []
    for title in entries:
        if title in wrapped:
            continue
        what = f"目次にある「{title[:60]}」が本文の見出しに見つかりません。表記の違いか、見出しの読み落としかを確かめてください。"
        found.append(Unsure(what, (line, max(cleaned.contents.lines) + 1), title[:_TEXT_LIMIT]))
        if len(found) >= _MISSING_LIMIT:
            break
    return found


def _untitled(blocks: Sequence[Block]) -> list[Unsure]:
    return [
        Unsure(
            f"{block.first + 1}行目の見出しは番号だけで題名がありません。題名の読み落としがないか原文を確かめてください。",
            (block.first + 1, block.last + 1),
            block.text()[:_TEXT_LIMIT],
        )
        for block in blocks
        if block.kind == "untitled" or (block.kind == "text" and _BARE_CHAPTER.fullmatch(block.text()))
    ]


def _side_by_side(cleaned: Cleaned) -> list[Unsure]:
    """Lines that are cut by a wide gap, several in a row: two columns that stand beside each other."""
    found: list[Unsure] = []
    run: list[int] = []
    for index in range(len(cleaned.lines) + 1):
        line = cleaned.lines[index] if index < len(cleaned.lines) else ""
        if (
            line
            and len(line) <= _COLUMNS_LIMIT
            and cleaned.kinds[index] is Kind.TEXT
            and _COLUMNS.search(line)
        ):
            run.append(index)
            continue
        if len(run) >= _COLUMN_LINES:
            lines = (run[0] + 1, run[-1] + 1)
            what = f"{_where(lines)}は二段に並んだ文のようで、読む順が分かりません。原文に合わせて並べ直してください。"
            found.append(Unsure(what, lines, cleaned.lines[run[0]][:_TEXT_LIMIT]))
        run = []
    return found


def _repeated(blocks: Sequence[Block]) -> frozenset[str]:
    """Short lines that stand alone on many pages and say nothing about what stands beside them, without digits."""
    counts = Counter(
        _DIGITS.sub("", key(block.text()))
        for block in blocks
        if block.kind == "text" and len(block.pieces) == 1 and len(block.pieces[0][1]) < LONG
    )
    return frozenset(text for text, count in counts.items() if count >= 3)


def _measures(drafts: Iterable[Draft], repeated: frozenset[str]) -> list[Unsure]:
    found: list[Unsure] = []
    for draft in drafts:
        name = f"{draft.node.label} {draft.node.title}".strip()[:60]
        head = (draft.node.first + 1, draft.node.first + 1)
        if draft.confidence < COUNTED and draft.confidence < _SURE:
            what = (
                f"{head[0]}行目の「{name}」は施策と推定しました。施策として扱ってよいかを確かめてください。"
            )
            found.append(Unsure(what, head, name))
        elif Role.STATUS in draft.roles and not draft.status:
            found.append(
                Unsure(
                    f"{head[0]}行目の「{name}」は現状・課題の見出しの下に文がありません。原文を確かめてください。",
                    head,
                    name,
                )
            )
        for block in draft.loose:
            if block.kind == "table" or _DIGITS.sub("", key(block.text())) in repeated:
                continue
            lines = (block.first + 1, block.last + 1)
            what = f"{_where(lines)}の文は「{name}」の現状・取組のどちらか分かりません。当てはまる欄に移してください。"
            found.append(Unsure(what, lines, block.text()[:_TEXT_LIMIT]))
    return found


def _notes(cleaned: Cleaned, terms: Sequence[Term]) -> list[Unsure]:
    found: list[Unsure] = []
    defined: set[str] = set()
    for note in cleaned.notes:
        lines = (note.first + 1, note.last + 1)
        text = "".join(note.text)[:_TEXT_LIMIT]
        if note.mark in defined:
            found.append(
                Unsure(
                    f"{_where(lines)}の脚注{note.mark}は番号が重なっています。どちらが正しいかを確かめてください。",
                    lines,
                    text,
                )
            )
        elif not cleaned.used.get(note.mark):
            found.append(
                Unsure(
                    f"{_where(lines)}の脚注{note.mark}の印が本文に見つかりません。どの語の説明かを確かめてください。",
                    lines,
                    text,
                )
            )
        if _unbalanced(text):
            found.append(
                Unsure(
                    f"{_where(lines)}の脚注{note.mark}は途中で切れているようです。続きがないか原文を確かめてください。",
                    lines,
                    text,
                )
            )
        defined.add(note.mark)
    for mark, places in cleaned.used.items():
        if (
            mark not in defined
            and any("<sup>" in cleaned.lines[line] for line in places)
            and mark.isdecimal()
        ):
            lines = (places[0] + 1, places[0] + 1)
            what = f"{lines[0]}行目の脚注の印{mark}に対応する説明が見つかりません。脚注の読み落としがないかを確かめてください。"
            found.append(Unsure(what, lines, cleaned.lines[places[0]][:_TEXT_LIMIT]))
    found += [
        Unsure(
            f"{_where(t.lines)}の脚注{t.mark}が説明する語が分かりません。語を入力してください。",
            t.lines,
            t.definition[:_TEXT_LIMIT],
        )
        for t in terms
        if not t.term
    ]
    return found


def _characters(cleaned: Cleaned) -> list[Unsure]:
    found: list[Unsure] = []
    for index, line in enumerate(cleaned.lines):
        if cleaned.kinds[index] is Kind.BLANK:
            continue
        lines = (index + 1, index + 1)
        foreign = None if line.isascii() else _FOREIGN.search(line)
        if foreign is not None and re.search(r"[ぁ-んァ-ヴー一-龠々\ufffd]", foreign.group()):
            what = f"{index + 1}行目の「{foreign.group()}」に日本語でない文字が混じっています。正しい文字に直してください。"
            found.append(Unsure(what, lines, line[:_TEXT_LIMIT]))
        doubled = _DOUBLED.search(line)
        if doubled is not None:
            what = f"{index + 1}行目の「{doubled.group()}」は句読点が重なっています。原文を確かめてください。"
            found.append(Unsure(what, lines, line[max(0, doubled.start() - 40) : doubled.end() + 40]))
    return found


def _cut_off(blocks: Sequence[Block], known: frozenset[int]) -> list[Unsure]:
    """Long paragraphs that end no sentence, in a document whose paragraphs otherwise do."""
    long = [
        block
        for block in blocks
        if block.kind in ("item", "text") and len(block.pieces[-1][1]) >= LONG and block.first not in known
    ]
    texts = [(block, block.text()) for block in long]
    whole = sum(text.endswith("。") for _, text in texts)
    if whole * 10 < len(texts) * 7:
        return []
    found: list[Unsure] = []
    for block, text in texts:
        if (
            re.search(r"[。．！？!?」』）)】》>…:：]$|(?:等|など|こと|もの|ため)$", text)
            or block.symbol == "※"
            or text[:1] in "※(（"
        ):
            continue
        lines = (block.first + 1, block.last + 1)
        found.append(
            Unsure(
                f"{_where(lines)}の文は途中で終わっているようです。続きがないか原文を確かめてください。",
                lines,
                text[-_TEXT_LIMIT:],
            )
        )
    return found


def _unbalanced(text: str) -> bool:
    return len(text) < _TEXT_LIMIT and (
        text.count("「") > text.count("」") or text.count("【") > text.count("】")
    )


def _where(lines: Span) -> str:
    return f"{lines[0]}行目" if lines[0] == lines[1] else f"{lines[0]}～{lines[1]}行目"

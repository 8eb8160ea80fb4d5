import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hitotsu.plans.reading.blocks import LONG, Block
from hitotsu.plans.reading.characters import key
from hitotsu.plans.reading.cleaning import Cleaned
from hitotsu.plans.reading.contents import heading_key
from hitotsu.plans.reading.drafts import COUNTED, Draft
from hitotsu.plans.reading.labels import Role
from hitotsu.plans.reading.line_doubts import (
    TEXT_LIMIT,
    character_doubts,
    lost_columns,
    note_doubts,
    side_by_side,
    too_many_figures,
    where,
)
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.structure import Figure, Term, Unsure
from hitotsu.plans.reading.structure import Kind as DocumentKind

_DIGITS = re.compile(r"[0-9]+")
_MISSING_LIMIT = 20
_SURE = 0.75
_BARE_CHAPTER = re.compile(r"第\s*[0-9０-９]{1,40}\s*[章節編部]")


def find_doubts(
    cleaned: Cleaned,
    root: Node,
    blocks: Sequence[Block],
    drafts: Sequence[Draft],
    terms: Sequence[Term],
    known: frozenset[int],
    kind: DocumentKind,
    figures: Sequence[Figure],
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
        *side_by_side(cleaned),
        *(lost_columns(cleaned, known) if kind == "plan" else ()),
        *note_doubts(cleaned, terms),
        *character_doubts(cleaned),
        *too_many_figures(figures, blocks, cleaned),
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
        what = f"{where(lines)}の文は最初の見出しより前にあり、どの章にも入れられません。表紙や前書きかどうかを確かめてください。"
    else:
        what = f"{where(lines)}に番号や印の付いた見出しが見つからず、章に分けられません。見出しを手で指定してください。"
    return Unsure(what, lines, run[0].text()[:TEXT_LIMIT])


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
                        f"{child.label} {child.title}"[:TEXT_LIMIT],
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
        found.append(Unsure(what, (line, max(cleaned.contents.lines) + 1), title[:TEXT_LIMIT]))
        if len(found) >= _MISSING_LIMIT:
            break
    return found


def _untitled(blocks: Sequence[Block]) -> list[Unsure]:
    return [
        Unsure(
            f"{block.first + 1}行目の見出しは番号だけで題名がありません。題名の読み落としがないか原文を確かめてください。",
            (block.first + 1, block.last + 1),
            block.text()[:TEXT_LIMIT],
        )
        for block in blocks
        if block.kind == "untitled" or (block.kind == "text" and _BARE_CHAPTER.fullmatch(block.text()))
    ]


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
            what = f"{where(lines)}の文は「{name}」の現状・取組のどちらか分かりません。当てはまる欄に移してください。"
            found.append(Unsure(what, lines, block.text()[:TEXT_LIMIT]))
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
                f"{where(lines)}の文は途中で終わっているようです。続きがないか原文を確かめてください。",
                lines,
                text[-TEXT_LIMIT:],
            )
        )
    return found

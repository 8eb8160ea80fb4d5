import re
from collections.abc import Sequence

from hitotsu.plans.reading.blocks import LONG, Block
from hitotsu.plans.reading.cleaning import Cleaned, Kind
from hitotsu.plans.reading.figures import MOST_FIGURES, SENTENCE_LIMIT
from hitotsu.plans.reading.structure import Figure, Span, Term, Unsure

TEXT_LIMIT = 160
"""So much of the text that a doubt is about is shown, in characters."""
_FOREIGN = re.compile(
    r"[ぁ-んァ-ヴー一-龠々]?[\u0400-\u04ff\uac00-\ud7af\u0e00-\u0e7f\u0600-\u06ff\ufffd]+[ぁ-んァ-ヴー一-龠々]?"
)
_DOUBLED = re.compile(r"。。|、、|，，|。、|、。")
_COLUMNS = re.compile(r"\S(?:　{3,}|[ 　]{6,})\S")
_COLUMNS_LIMIT = 300
_COLUMN_LINES = 3
_CELL = re.compile(
    r"(?![#・○●■□◆◇▪➢※*\-－【<＜「（(])(?!(?:[0-9０-９]{1,2}|[①-⑳ア-ン])(?:[.．)）](?![0-9０-９])|[\s　]+\S{4}))[^。：:]{0,28}[^。、：:]"
)
_LOST_CELLS = 6


def side_by_side(cleaned: Cleaned) -> list[Unsure]:
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
            what = f"{where(lines)}は二段に並んだ文のようで、読む順が分かりません。原文に合わせて並べ直してください。"
            found.append(Unsure(what, lines, cleaned.lines[run[0]][:TEXT_LIMIT]))
        run = []
    return found


def lost_columns(cleaned: Cleaned, known: frozenset[int]) -> list[Unsure]:
    """Many short lines on end without a sentence among them: the cells of a table that lost its columns."""
    found: list[Unsure] = []
    run: list[int] = []
    for index in range(len(cleaned.lines) + 1):
        line = cleaned.lines[index].strip() if index < len(cleaned.lines) else ""
        cell = (
            0 < len(line) < LONG
            and cleaned.kinds[index] is Kind.TEXT
            and index not in known
            and _CELL.fullmatch(line) is not None
        )
        if cell:
            run.append(index)
            continue
        if len(run) >= _LOST_CELLS:
            lines = (run[0] + 1, run[-1] + 1)
            what = f"{where(lines)}は列の失われた表のようで、どの語がどの値のものか分かりません。原文を見て表に直してください。"
            found.append(Unsure(what, lines, "／".join(cleaned.lines[at].strip() for at in run)[:TEXT_LIMIT]))
        run = []
    return found


def note_doubts(cleaned: Cleaned, terms: Sequence[Term]) -> list[Unsure]:
    """Footnotes without their mark, marks without their footnote, marks given twice, notes that break off."""
    found: list[Unsure] = []
    defined: set[str] = set()
    for note in cleaned.notes:
        lines = (note.first + 1, note.last + 1)
        text = "".join(note.text)[:TEXT_LIMIT]
        if note.mark in defined:
            found.append(
                Unsure(
                    f"{where(lines)}の脚注{note.mark}は番号が重なっています。どちらが正しいかを確かめてください。",
                    lines,
                    text,
                )
            )
        elif not cleaned.used.get(note.mark):
            found.append(
                Unsure(
                    f"{where(lines)}の脚注{note.mark}の印が本文に見つかりません。どの語の説明かを確かめてください。",
                    lines,
                    text,
                )
            )
        if _unbalanced(text):
            found.append(
                Unsure(
                    f"{where(lines)}の脚注{note.mark}は途中で切れているようです。続きがないか原文を確かめてください。",
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
            found.append(Unsure(what, lines, cleaned.lines[places[0]][:TEXT_LIMIT]))
    found += [
        Unsure(
            f"{where(t.lines)}の脚注{t.mark}が説明する語が分かりません。語を入力してください。",
            t.lines,
            t.definition[:TEXT_LIMIT],
        )
        for t in terms
        if not t.term
    ]
    return found


def character_doubts(cleaned: Cleaned) -> list[Unsure]:
    """Letters of another script among Japanese ones, and punctuation printed twice."""
    found: list[Unsure] = []
    for index, line in enumerate(cleaned.lines):
        if cleaned.kinds[index] is Kind.BLANK:
            continue
        lines = (index + 1, index + 1)
        foreign = None if line.isascii() else _FOREIGN.search(line)
        if foreign is not None and re.search(r"[ぁ-んァ-ヴー一-龠々\ufffd]", foreign.group()):
            what = f"{index + 1}行目の「{foreign.group()}」に日本語でない文字が混じっています。正しい文字に直してください。"
            found.append(Unsure(what, lines, line[:TEXT_LIMIT]))
        doubled = _DOUBLED.search(line)
        if doubled is not None:
            what = f"{index + 1}行目の「{doubled.group()}」は句読点が重なっています。原文を確かめてください。"
            found.append(Unsure(what, lines, line[max(0, doubled.start() - 40) : doubled.end() + 40]))
    return found


def too_many_figures(figures: Sequence[Figure], blocks: Sequence[Block], cleaned: Cleaned) -> list[Unsure]:
    """Where figures were not looked for any more, so that a file made to do harm is read in bounded time."""
    if len(figures) < MOST_FIGURES:
        return [
            Unsure(
                f"{where(lines)}の文は{len(sentence):,}文字あり、{SENTENCE_LIMIT:,}文字より後の数値は読み取っていません。文の区切りを確かめてください。",
                lines,
                sentence[:TEXT_LIMIT],
            )
            for block in blocks
            if block.kind in ("item", "text")
            and sum(len(piece) for _, piece in block.pieces) > SENTENCE_LIMIT
            for sentence, lines in block.sentences()
            if len(sentence) > SENTENCE_LIMIT
        ]
    last = figures[-1]
    lines = (last.lines[0], len(cleaned.lines))
    what = f"数値が{MOST_FIGURES:,}件に達したため、{where(lines)}の数値は読み取っていません。計画の文書かどうかを確かめてください。"
    return [Unsure(what, lines, last.text[:TEXT_LIMIT])]


def _unbalanced(text: str) -> bool:
    return len(text) < TEXT_LIMIT and (
        text.count("「") > text.count("」") or text.count("【") > text.count("】")
    )


def where(lines: Span) -> str:
    """How a doubt names its lines."""
    return f"{lines[0]}行目" if lines[0] == lines[1] else f"{lines[0]}～{lines[1]}行目"

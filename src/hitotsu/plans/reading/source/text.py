import codecs
import re

from hitotsu.plans.errors import NotText, UnknownEncoding
from hitotsu.plans.reading.source.model import Extract

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_DOUBLE_BYTE = ("cp932", "euc_jp", "euc_jis_2004", "shift_jis_2004")
_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uff01-\uff5e\u3000-\u3020]")
# What a wrong double-byte reading is made of: half-width kana, private and rare letters.
_UNLIKELY = re.compile(r"[\uff61-\uff9f\ue000-\uf8ff\u0080-\u009f\u3400-\u4dbf]")
_PIPE_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_ITEM_BEFORE_PIPE = re.compile(r"[-*+]\s+(?=\|)")
_PIPE = re.compile(r"(?<!\\)\|")
_SAMPLE = 64 * 1024
_MOST_CONTROLS = 0.01
_LEAST_PLAUSIBLE = 0.9


def decode(data: bytes, file: str) -> tuple[str, str]:
    """The text of the bytes and the name of its encoding, without its byte order mark.

    Tried in this order, each strictly: byte order mark, UTF-16 without one, UTF-8, ISO-2022-JP, then Shift_JIS and
    EUC-JP, of which the likelier Japanese wins. Raises NotText for binary data, UnknownEncoding where a text breaks off.
    """
    for mark, name, codec in _BOMS:
        if data.startswith(mark):
            return _checked(_strictly(data, codec, file), file), name
    if utf16 := _utf16_without_mark(data):
        return _checked(data.decode(utf16), file), utf16
    # Its bytes are all ASCII, so that it would pass for UTF-8.
    if b"\x1b$" in data and (text := _decoded(data, "iso2022_jp_ext")) is not None:
        return _checked(text, file), "iso-2022-jp"
    try:
        return _checked(data.decode("utf-8"), file), "utf-8"
    except UnicodeDecodeError as error:
        broken = error
    if b"\x00" in data:
        raise NotText(file, found="文字以外のデータ")
    readings = [(codec, text) for codec in _DOUBLE_BYTE if (text := _decoded(data, codec)) is not None]
    if readings:
        codec, text = max(readings, key=lambda reading: _likelihood(reading[1]))
        if _likelihood(text) > 0:
            return _checked(text, file), codec.replace("_", "-")
    if len(_CONTROL_BYTES.findall(data)) <= _MOST_CONTROLS * len(data):
        line = data.count(b"\n", 0, broken.start) + 1
        raise UnknownEncoding(file, line=line, encoding="UTF-8") from broken
    raise NotText(file, found="文字以外のデータ")


def split_lines(text: str) -> list[str]:
    """The lines of a text as an editor counts them: only CR LF, LF and CR end one, the last break opens none."""
    lines = _LINE_BREAK.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def read_text(data: bytes, file: str) -> Extract:
    """A .txt or .md file line by line.

    A form feed starts a page and is taken out of its line; the rows of a Markdown table become tab-separated lines.
    """
    text, encoding = decode(data, file)
    lines = _tabbed(split_lines(text))
    if "\f" not in text:
        return Extract(tuple(lines), encoding)
    starts = [1]
    for number, line in enumerate(lines, start=1):
        # A form feed opens a page where it stands: with text after it on this line, else on the next.
        if "\f" in line:
            starts.append(number if line.rsplit("\f", 1)[1].strip() else number + 1)
    starts = [start for start in dict.fromkeys(starts) if start <= len(lines)]
    return Extract(tuple(line.replace("\f", "") for line in lines), encoding, len(starts), tuple(starts))


def _tabbed(lines: list[str]) -> list[str]:
    """The lines with Markdown tables (rows of `|` around a line of dashes) as tab-separated rows, line for line."""
    rules = [index for index, line in enumerate(lines) if "-" in line and _PIPE_RULE.fullmatch(line)]
    done = 0
    for rule in rules:
        if rule <= done or not (rule and "|" in lines[rule - 1]):
            continue
        done = rule - 1
        while done < len(lines) and "|" in lines[done] and lines[done].strip():
            lines[done] = "\t".join(_pipe_cells(lines[done]))
            done += 1
    return lines


def _pipe_cells(line: str) -> list[str]:
    # A table inside a list item starts with the mark of the item.
    bare = _ITEM_BEFORE_PIPE.sub("", line.strip()).removeprefix("|")
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [cell.strip().replace("\\|", "|").replace("\t", " ") for cell in _PIPE.split(bare)]


def _strictly(data: bytes, codec: str, file: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = len(split_lines(data[: error.start].decode(codec, "ignore"))) or 1
        name = codec.removesuffix("-sig").upper()
        raise UnknownEncoding(file, line=line, encoding=name) from error


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows itself by line breaks and spaces whose other half is zero, always on the same side."""
    sample = data[:_SAMPLE]
    if len(data) % 2 or b"\x00" not in sample:
        return None
    sides = (sample[1::2].count(0), sample[0::2].count(0))
    name = "utf-16-le" if sides[0] >= sides[1] else "utf-16-be"
    text = _decoded(data, name)
    if text is None:
        return None
    text = text[:_SAMPLE]
    plausible = len(_JAPANESE.findall(text)) + sum(
        c.isascii() and (c.isprintable() or c in "\t\n\r\f") for c in text
    )
    return name if plausible >= _LEAST_PLAUSIBLE * len(text) else None


def _likelihood(text: str) -> float:
    sample = text[:_SAMPLE]
    return len(_JAPANESE.findall(sample)) - 2 * len(_UNLIKELY.findall(sample))


def _checked(text: str, file: str) -> str:
    controls = len(_CONTROLS.findall(text))
    if "\x00" in text or controls > max(1, _MOST_CONTROLS * len(text)):
        raise NotText(file, found="文字以外のデータ")
    return text

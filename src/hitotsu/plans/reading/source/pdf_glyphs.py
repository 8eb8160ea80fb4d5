import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_STRONG = re.compile(r"bold|heavy|black|demi|gothic-?[bmh]|-w[6-9]|ゴシック", re.IGNORECASE)
_SERIF = re.compile(r"mincho|serif|明朝|roman|ryumin|song|batang", re.IGNORECASE)
_SANS = re.compile(r"gothic|sans|ゴシック|meiryo|kaku|arial|helvetica", re.IGNORECASE)
_UNREADABLE = re.compile(r"\(cid:\d+\)")
# Fonts often name a letter by the radical that looks like it (⼈ for 人).
_RADICAL = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
_RADICALS_ALONE = str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻑⻘⻝⻤⻨⻩⻫⻭⻯⻲⺼⺾⻌⻖⻣⻢", "母民虎西見角長青食鬼麦黄斉歯竜亀月艹辶阝骨馬"
)
# One glyph serves ～ and 〜, or ・ and ‧, so that a font cannot tell which was written; office text has the first.
_LOOK_ALIKES = str.maketrans("〜‧", "～・")
_SIGN_FONT_BULLET = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed letter; lengths in points from the page's top left."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    strong: bool
    serif: bool


@dataclass(slots=True)
class Line:
    """One printed line, or the part of it in one column; `cells` are its parts where it is spaced like a table row."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    strong: bool
    serif: bool
    band: int = 0
    cells: tuple[str, ...] = ()


def glyphs(chars: Iterable[dict[str, Any]]) -> list[Glyph]:
    """The upright letters of a page in the library's own form, each once: a shadow or fake bold prints them twice."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for char in chars:
        place = (char["text"], round(char["x0"] / 1.5), round(char["top"] / 1.5))
        if place in seen or not char["text"]:
            continue
        seen.add(place)
        font = str(char.get("fontname", ""))
        text = _RADICAL.sub(
            lambda match: unicodedata.normalize("NFKC", match.group()),
            char["text"].translate(_RADICALS_ALONE),
        )
        text = _UNREADABLE.sub("〓", text).translate(_LOOK_ALIKES)
        found.append(
            Glyph(
                _SIGN_FONT_BULLET.sub("・", text).replace("\t", " ").replace("\n", " ").replace("\r", " "),
                float(char["x0"]),
                float(char["x1"]),
                float(char["top"]),
                float(char["bottom"]),
                max(float(char["size"]), 0.5),
                bool(_STRONG.search(font)),
                bool(_SERIF.search(font)) and not _SANS.search(font),
            )
        )
    return found

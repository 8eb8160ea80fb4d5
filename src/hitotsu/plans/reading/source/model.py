from dataclasses import dataclass
from typing import Literal

Format = Literal["txt", "md", "pdf", "docx", "html"]


@dataclass(frozen=True, slots=True)
class Extract:
    """What a format's reader makes of a file: lines in the light dialect, and where each page starts (1-based lines).

    `furniture` counts printed lines that are not in `lines` because every page repeats them (running heads, page
    numbers, a site's menu) or because they only spell the reading of the line below; `pages_without_text` are pages
    that hold pictures alone.
    """

    lines: tuple[str, ...]
    encoding: str | None = None
    pages: int | None = None
    page_starts: tuple[int, ...] = ()
    furniture: int = 0
    pages_without_text: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document as numbered lines; `lines[0]` is line 1. `sha256` is that of the file's bytes."""

    lines: tuple[str, ...]
    format: Format
    encoding: str | None
    pages: int | None
    page_starts: tuple[int, ...]
    sha256: str
    furniture: int = 0
    pages_without_text: tuple[int, ...] = ()

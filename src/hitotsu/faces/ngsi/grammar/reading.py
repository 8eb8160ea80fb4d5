"""Walking through the text of a parameter once, from left to right; every refusal says where."""

import re
from typing import Final, NoReturn

from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query import limits

# Halves of surrogate pairs and NUL can be in no text that is stored.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Reading:
    """A position in the text of one parameter.

    ``TooComplexQuery`` where the text is longer than ``MOST_CHARACTERS``, ``BadRequestData`` where it is empty.
    """

    __slots__ = ("at", "depth", "parameter", "text")

    def __init__(self, parameter: str, text: str) -> None:
        if len(text) > limits.MOST_CHARACTERS:
            raise TooComplexQuery(
                f"{parameter} may have {limits.MOST_CHARACTERS} characters, this has {len(text)}"
            )
        if not text:
            raise BadRequestData(f"{parameter} is empty")
        if _UNSTORABLE.search(text):
            raise BadRequestData(f"{parameter} has a character that no text can have")
        self.parameter = parameter
        self.text = text
        self.at = 0
        self.depth = 0

    def refuse(self, why: str) -> NoReturn:
        raise BadRequestData(f"{self.parameter}: {why} at character {self.at + 1} of '{_short(self.text)}'")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            self.refuse(f"'{mark}' is missing")

    def match(self, shape: re.Pattern[str]) -> str:
        """What matches at the position, taken; empty where nothing does."""
        found = shape.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > limits.DEEPEST_NESTING:
            raise TooComplexQuery(f"{self.parameter} may be nested {limits.DEEPEST_NESTING} deep")

    def end(self) -> None:
        if self.at < len(self.text):
            self.refuse(f"'{self.peek()}' is not expected")


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "…"

"""Local government codes (全国地方公共団体コード, JIS X 0401 and JIS X 0402).

Six digits: two for the prefecture, three for the municipality (000 for the prefecture itself) and a check
digit. Statistics and maps often drop the check digit; spreadsheets drop a leading zero.
"""

import re
import unicodedata

from hitotsu.place.errors import InvalidCode

_WEIGHTS = (6, 5, 4, 3, 2)
_LAST_PREFECTURE = 47
_FIRST_MUNICIPALITY = 100
_WRITTEN_AS_DECIMAL = re.compile(r"\.0+\Z")


def check_digit(five: str) -> str:
    """The check digit of a five-digit code: eleven less the weighted sum's remainder by eleven, last digit.

    Raises ``InvalidCode`` where ``five`` is not five ASCII digits.
    """
    if not _is_digits(five, 5):
        raise InvalidCode(five, "検査数字を除く5桁の数字が必要です")
    total = sum(int(digit) * weight for digit, weight in zip(five, _WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def is_valid(code: str) -> bool:
    """Whether these are six digits of a prefecture, a municipality and the check digit that belongs to them."""
    return _is_digits(code, 6) and _is_plausible(code[:5]) and check_digit(code[:5]) == code[5]


def is_prefecture(code: str) -> bool:
    """Whether a valid six-digit code names a prefecture."""
    return is_valid(code) and code[2:5] == "000"


def prefecture_of(code: str) -> str:
    """The six-digit code of the prefecture in which the municipality of that six-digit code lies."""
    return with_check_digit(code[:2] + "000")


def with_check_digit(five: str) -> str:
    """The six-digit code of a five-digit one; raises ``InvalidCode``."""
    digit = check_digit(five)
    if not _is_plausible(five):
        raise InvalidCode(five, "都道府県か市区町村の番号が範囲の外です")
    return five + digit


def read_code(value: str | int) -> str:
    """The six-digit code that a cell or an attribute means.

    Takes six digits, five without the check digit, and either of them after a leading zero was lost; digits may
    be full width. Five digits of text are a code without its check digit wherever that is possible, for text
    keeps its zeros; five digits of a number that can be read both ways are refused rather than guessed.
    Raises ``InvalidCode``.
    """
    if isinstance(value, int) and not 0 <= value < 10**6:
        raise InvalidCode("6桁に収まらない数", "6桁か5桁が必要です")
    text = _WRITTEN_AS_DECIMAL.sub("", unicodedata.normalize("NFKC", str(value)).strip())
    if isinstance(value, bool) or not _is_digits(text, len(text)):
        raise InvalidCode(value, "数字ではありません")
    if len(text) == 6:
        return _checked(text, value)
    if len(text) == 5:
        return _read_five(text, value)
    if len(text) == 4:
        return with_check_digit("0" + text)
    raise InvalidCode(value, f"{len(text)}桁です。6桁か5桁が必要です")


def _read_five(text: str, value: str | int) -> str:
    lost_zero = "0" + text
    if not _is_plausible(text):
        return _checked(lost_zero, value)
    if isinstance(value, int) and is_valid(lost_zero):
        raise InvalidCode(value, f"{with_check_digit(text)} とも {lost_zero} とも読めます")
    return with_check_digit(text)


def _checked(six: str, value: str | int) -> str:
    if not _is_plausible(six[:5]):
        raise InvalidCode(value, "都道府県か市区町村の番号が範囲の外です")
    if check_digit(six[:5]) != six[5]:
        raise InvalidCode(value, "検査数字が合いません")
    return six


def _is_plausible(five: str) -> bool:
    municipality = int(five[2:])
    return 1 <= int(five[:2]) <= _LAST_PREFECTURE and (
        municipality == 0 or municipality >= _FIRST_MUNICIPALITY
    )


def _is_digits(text: str, length: int) -> bool:
    return 0 < length == len(text) and text.isascii() and text.isdigit()

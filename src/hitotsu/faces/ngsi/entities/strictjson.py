"""JSON that means one thing only: no repeated member names, no NaN, no lone surrogates, no NUL."""

import json
from typing import Any

import msgspec

from hitotsu.faces.ngsi.problems import BadRequestData, InvalidRequest

_DECODER = msgspec.json.Decoder()
# With blanks before a colon, or with a quote or colon written as an escape, members cannot be counted as bytes.
# Each is looked for only where its first byte occurs, which is found out much faster.
_UNCOUNTABLE = (
    (b" ", (b" :",)),
    (b"\n", (b"\n:",)),
    (b"\t", (b"\t:",)),
    (b"\r", (b"\r:",)),
    (b"\\", (rb"\u0022", rb"\u003a", rb"\u003A")),
)


def strict_loads(body: bytes) -> Any:
    """The value of a JSON document in UTF-8.

    Raises InvalidRequest where it is not JSON (RFC 8259), is nested too deep to be read, or names a member
    twice in one object; BadRequestData where a string holds U+0000, which the database cannot keep.
    """
    try:
        value = _DECODER.decode(body)
        if _may_repeat(body, value):
            json.loads(body, object_pairs_hook=_distinct)
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"The body is not valid JSON: {error}.") from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deep.") from None
    if b"\\" in body and rb"\u0000" in body:
        _refuse_nul(value)
    return value


def _may_repeat(body: bytes, value: Any) -> bool:
    # Every member that survived decoding is written once by the encoder. Where no quote or colon hides behind
    # an escape, a text in which `":` occurs as often as in its re-encoding has lost no member.
    for first, patterns in _UNCOUNTABLE:
        if first in body and any(pattern in body for pattern in patterns):
            return True
    return body.count(b'":') != msgspec.json.encode(value).count(b'":')


def _distinct(members: list[tuple[str, Any]]) -> None:
    names: set[str] = set()
    for name, _ in members:
        if name in names:
            raise InvalidRequest(f"The member “{name[:100]}” is given twice in one object.")
        names.add(name)


def _refuse_nul(value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, str) and "\x00" in item:
            raise BadRequestData("A string contains U+0000, which cannot be kept.")

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitotsu.faces.ngsi.entities.strictjson import strict_loads
from hitotsu.faces.ngsi.problems import BadRequestData, InvalidRequest


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b"{'a': 1}",
        b'{"a": 1} x',
        b'\xef\xbb\xbf{"a": 1}',
        b'"\xed\xa0\x80"',
        rb'"\ud800"',
        rb'"\udc00\ud800"',
        b'"\x01"',
        b"\xff",
        b"1" * 6000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
def test_what_is_not_json_is_an_invalid_request(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        strict_loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"b":{"c":[{"d":1,"d":2}]}}',
        b'{"a" :1,"a":2}',
        b'{"a"\n\t :1,"a":2}',
        rb'{"a":1,"\u0061":2}',
        rb'{"a":"\u0022\u003a","a":"x"}',
        rb'{"a":1,"a":"\":"}',
        rb'{"a":"\u0022:\u0022:","a":"\u003A"}',
    ],
)
def test_a_member_named_twice_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="twice"):
        strict_loads(body)


def test_nul_is_refused_and_its_written_escape_is_not() -> None:
    with pytest.raises(BadRequestData, match=r"U\+0000"):
        strict_loads(rb'{"a":["\u0000"]}')
    with pytest.raises(BadRequestData, match=r"U\+0000"):
        strict_loads(rb'{"\u0000":1}')
    assert strict_loads(rb'{"a":"\\u0000"}') == {"a": "\\u0000"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
    | st.sampled_from([":", '"', '":', '" :', "\\", '\\"']),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", ":", '":', '"', "b "]), inner)
    ),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from([None, (",", ":"), (" , ", " : ")]))
@example({'":': ":"}, True, (",", ":"))
def test_everything_else_reads_as_the_standard_library_reads_it(
    value: object, ascii_only: bool, separators: tuple[str, str] | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    assert strict_loads(text.encode()) == json.loads(text)


@given(JSON, JSON, st.booleans())
def test_a_repeated_member_never_slips_through(first: object, second: object, blanks: bool) -> None:
    colon = " : " if blanks else ":"
    text = f'{{"x"{colon}{json.dumps(first)},"y":{json.dumps(second)},"x"{colon}{json.dumps(second)}}}'
    with pytest.raises(InvalidRequest, match="twice"):
        strict_loads(text.encode())


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}"), ('{"a" :', "}"), ('{"a":[', "]}")])
def test_no_depth_is_an_error_of_ours(start: str, end: str) -> None:
    # The decoder, the encoder and the standard library each give up at a depth of their own.
    outcomes = set()
    for depth in range(400, 1100):
        try:
            strict_loads((start * depth + "1" + end * depth).encode())
            outcomes.add("read")
        except InvalidRequest:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}

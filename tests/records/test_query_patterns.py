import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitotsu.records.query.errors import QueryRefused, TooComplex
from hitotsu.records.query.patterns import read_pattern

pieces = st.sampled_from(
    ["a", "b", "c", ".", "[ab]", "[^a]", "[b-d]", "^", "$", "\\.", "\\d", "\\w", "\\s", "赤", "😀", "-", " "]
)
repeated = st.sampled_from(["*", "+", "?", "{0}", "{2}", "{1,}", "{0,2}", "*?"])
patterns = st.recursive(
    pieces,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, repeated).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=8,
)
texts = st.text(alphabet="abcd.1_ 赤😀\n", max_size=8)


@settings(max_examples=400, deadline=None)
@given(patterns, st.lists(texts, min_size=3, max_size=6))
def test_found_as_python_finds_it(source: str, given_texts: list[str]) -> None:
    # Python's "$" also stands before a last line break, and its "." stops at one.
    theirs = re.compile(source.replace("$", r"\Z"), re.DOTALL | re.ASCII)
    pattern = read_pattern(source)
    for text in given_texts:
        assert pattern.found_in(text) == (theirs.search(text) is not None), (source, text)


@settings(max_examples=200, deadline=None)
@given(
    sources=st.lists(patterns, min_size=5, max_size=10), given_texts=st.lists(texts, min_size=3, max_size=6)
)
def test_found_as_postgresql_finds_it(
    pattern_database: Any, sources: list[str], given_texts: list[str]
) -> None:
    read = [read_pattern(source) for source in sources]
    rows = pattern_database.execute(
        'SELECT p, t, t COLLATE "C" ~ p FROM unnest(%s::text[]) AS p, unnest(%s::text[]) AS t',
        [[pattern.postgres for pattern in read], given_texts],
    ).fetchall()
    theirs = {(pattern, text): found for pattern, text, found in rows}
    for pattern in read:
        for text in given_texts:
            assert theirs[pattern.postgres, text] == pattern.found_in(text), (pattern, text)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("[[:alpha:]]+", "123", False),
        ("[[:digit:][:space:]]{3}", "1 2", True),
        ("[]a]", "]", True),
        ("[^]a]", "]", False),
        ("[a-]", "-", True),
        ("^$", "", True),
        ("$^", "", True),
        ("", "anything", True),
        ("(a|)b", "b", True),
        ("\\n", "\n", True),
    ],
)
def test_what_patterns_mean(source: str, text: str, found: bool) -> None:
    assert read_pattern(source).found_in(text) is found


@pytest.mark.parametrize(
    "source",
    [
        "(",
        ")",
        "a)",
        "[",
        "[a",
        "*",
        "a**",
        "^*",
        "a{2",
        "a{2,1}",
        "a{x}",
        "(?=a)",
        "(?P<n>a)",
        "\\1",
        "\\b",
        "[z-a]",
        "[[:word:]]",
        "[[.a.]]",
        "a\x00",
        "\ud800",
        "a\\",
    ],
)
def test_what_is_no_pattern_is_refused(source: str) -> None:
    with pytest.raises(QueryRefused, match=r"pattern"):
        read_pattern(source)


@pytest.mark.parametrize("source", ["a" * 257, "a{256}", "((a{50}){50}){50}", "(" * 40 + "a" + ")" * 40])
def test_what_explodes_is_refused(source: str) -> None:
    with pytest.raises(TooComplex):
        read_pattern(source)


def test_what_makes_other_engines_run_for_ever_is_answered() -> None:
    assert not read_pattern("^(a+)+$").found_in("a" * 20_000 + "b")
    assert not read_pattern("^(a|a)*$").found_in("a" * 20_000 + "b")

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitotsu.faces.ngsi.grammar.query import parse_query
from hitotsu.faces.ngsi.problems import BadRequestData, TooComplexQuery
from hitotsu.records.query.ast import (
    And,
    Compare,
    Exists,
    Instant,
    Linked,
    Match,
    Node,
    Not,
    Number,
    Or,
    Path,
    Span,
    Text,
    Truth,
)
from hitotsu.records.query.patterns import read_pattern


def expand(term: str) -> str:
    """A context in which two terms are of a vocabulary and all others plain."""
    return {"speed": "https://example.org/speed", "Male": "https://example.org/Male"}.get(term, term)


def text(value: str) -> Text:
    return Text(value, value)


TEMPERATURE = Path("temperature")
LINK = "urn:ngsi-ld:OffStreetParking:Downtown1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("temperature", Exists(TEMPERATURE)),
        ("!temperature", Not(Exists(TEMPERATURE))),
        ("temperature==20", Compare(TEMPERATURE, "==", (Number(20),))),
        ("temperature==-2.5e1", Compare(TEMPERATURE, "==", (Number(-25.0),))),
        ("speed>=1", Compare(Path("https://example.org/speed"), ">=", (Number(1),))),
        ('brandName!="Mercedes"', Compare(Path("brandName"), "!=", (text("Mercedes"),))),
        (f'isParked=="{LINK}"', Compare(Path("isParked"), "==", (text(LINK),))),
        (f"isParked=={LINK}", Compare(Path("isParked"), "==", (text(LINK),))),
        ("open==true", Compare(Path("open"), "==", (Truth(True),))),
        ('a=="b;c|(d)"', Compare(Path("a"), "==", (text("b;c|(d)"),))),
        ('a=="\\"\\u65e5\\n"', Compare(Path("a"), "==", (text('"日\n'),))),
        ("a==1..5", Compare(Path("a"), "==", (Span(Number(1), Number(5)),))),
        ("a!=1.5..2.5", Compare(Path("a"), "!=", (Span(Number(1.5), Number(2.5)),))),
        ('a=="x".."y"', Compare(Path("a"), "==", (Span(text("x"), text("y")),))),
        ('a=="black","red"', Compare(Path("a"), "==", (text("black"), text("red")))),
        ('a==1,"x",true,2024-01-01', Compare(Path("a"), "==", (Number(1), text("x"), Truth(True), Instant("2024-01-01", "date")))),
        (
            "temperature.observedAt>=2017-12-24T12:00:00Z",
            Compare(Path("temperature", member="observedAt"), ">=", (Instant("2017-12-24T12:00:00.000000", "datetime"),)),
        ),
        ("a<12:30:00,5Z", Compare(Path("a"), "<", (Instant("12:30:00.500000", "time"),))),
        (
            "a==2024-01-01T00:00:00Z..2024-01-02T00:00:00Z",
            Compare(
                Path("a"),
                "==",
                (Span(Instant("2024-01-01T00:00:00.000000", "datetime"), Instant("2024-01-02T00:00:00.000000", "datetime")),),
            ),
        ),
        ("modifiedAt>2024-01-01T00:00:00Z", Compare(Path("", member="modifiedAt"), ">", (Instant("2024-01-01T00:00:00.000000", "datetime"),))),
        ('address[city]=="Berlin"', Compare(Path("address", trailing=("city",)), "==", (text("Berlin"),))),
        ("sensor.rawdata[airquality.particulate]==40", Compare(Path("sensor", ("rawdata",), None, ("airquality", "particulate")), "==", (Number(40),))),
        ('color[en]=="red"', Compare(Path("color", trailing=("en",)), "==", (text("red"),))),
        ('color[*]!="red"', Compare(Path("color", trailing=("*",)), "!=", (text("red"),))),
        ("color[zh-Hant]", Exists(Path("color", trailing=("zh-Hant",)))),
        ("a.b.unitCode", Exists(Path("a", ("b",), "unitCode"))),
        ("水位>1", Compare(Path("水位"), ">", (Number(1),))),
        ("sensor{humidity}==40", Linked(Path("sensor"), Compare(Path("humidity"), "==", (Number(40),)))),
        ("sensor{Device:humidity}==40", Linked(Path("sensor"), Compare(Path("humidity"), "==", (Number(40),)), ("Device",))),
        ("a{b{S,T:c[d]}}", Linked(Path("a"), Linked(Path("b"), Exists(Path("c", trailing=("d",))), ("S", "T")))),
        ("!a{b}", Not(Linked(Path("a"), Exists(Path("b"))))),
        ('a~="^x|y$"', Match(Path("a"), read_pattern("^x|y$"))),
        ("a!~=^(x|y)[;)|]z;b", And((Match(Path("a"), read_pattern("^(x|y)[;)|]z"), True), Exists(Path("b"))))),
        ("a~=x|b", Or((Match(Path("a"), read_pattern("x")), Exists(Path("b"))))),
    ],
)  # fmt: skip
def test_a_condition_means(written: str, meant: Node) -> None:
    assert parse_query(written, expand) == meant


def test_and_binds_closer_than_or_and_brackets_closest() -> None:
    a, b, c, d = (Exists(Path(name)) for name in "abcd")
    assert parse_query("a;b|c;d", expand) == Or((And((a, b)), And((c, d))))
    assert parse_query("a;(b|c);d", expand) == And((a, Or((b, c)), d))
    assert parse_query("((a|b);c)", expand) == And((Or((a, b)), c))
    assert parse_query("a|b|c", expand) == Or((a, b, c))


def test_a_vocabulary_is_compared_by_name() -> None:
    wanted = Compare(Path("gender"), "==", (Text("Male", "https://example.org/Male"),))
    assert parse_query("gender==Male", expand) == wanted
    assert parse_query('gender=="Male"', expand, expand_values={"gender"}) == wanted
    assert parse_query('gender=="Male"', expand) == Compare(Path("gender"), "==", (text("Male"),))
    core = "https://uri.etsi.org/ngsi-ld/default-context/Male"
    assert parse_query(f'gender=="{core}"', expand) == Compare(Path("gender"), "==", (Text(core, "Male"),))


@pytest.mark.parametrize(
    "written",
    [
        "", ";", "a;", "|a", "a|", "(a", "a)", "()", "a==", "a=1", "a=>1", "a>", "a==1,", "a==1..", "a==..1", "a>1..2",
        'a=="x', 'a=="\\x"', 'a=="\\ud800"', 'a=="\\u0000"', "a==\x00", 'a==1.."b"', "a==true..false", "a>true",
        "a>abc", "a==01", "a==1e999", "a[", "a[]", "a[b", "a[b.]", "a.", ".a", "a..b", "1a", "a{", "a{}", "a{b", "a b",
        "a==2024-02-30T00:00:00Z", "a==25:00:00Z", "a>0000-01-01", "a~=", "a~=(", 'a~="(?=x)"', "a.observedAt[x]",
        "a==2024-01-01..2024-01-02T00:00:00Z", "a==<script>", "a!", "!", "!!a", "a==1;;b", "\ud800",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(BadRequestData, match=r"^q"):
        parse_query(written, expand)


@pytest.mark.parametrize(
    "written",
    [
        "a;" * 5_000 + "a",
        "(" * 33 + "a" + ")" * 33,
        "|".join(["a"] * 257),
        ".".join(["a"] * 17),
        "a[" + ".".join(["b"] * 17) + "]",
        "a==" + ",".join(["1"] * 1_001),
        "a{b{c{d{e}}}}",
        ";".join(["a~=b"] * 9),
        "a~=(b{200}){200}",
    ],
)
def test_what_explodes_is_refused(written: str) -> None:
    with pytest.raises(TooComplexQuery):
        parse_query(written, expand)


@settings(max_examples=500)
@given(st.text(alphabet='ab1.;|()[]{}<>=!~",:-\\ TZ*+', max_size=30) | st.text(max_size=20))
def test_any_text_is_read_or_refused(written: str) -> None:
    refusal = ""
    try:
        parse_query(written, expand)
    except (BadRequestData, TooComplexQuery) as problem:
        refusal = problem.detail
    assert refusal == "" or refusal.startswith(("q", "a "))


names = st.sampled_from(["a", "b", "temperature", "水位"])
numbers = st.integers(-1000, 1000) | st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: value + 0.0)


@st.composite
def written_terms(draw: st.DrawFn) -> tuple[str, Node]:
    name, value = draw(names), draw(numbers)
    operator = draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
    return f"{name}{operator}{value!r}", Compare(Path(name), operator, (Number(value),))


@given(st.lists(st.lists(written_terms(), min_size=1, max_size=4), min_size=1, max_size=4))
def test_what_is_written_is_what_is_read(groups: list[list[tuple[str, Node]]]) -> None:
    written = "|".join(";".join(term for term, _ in group) for group in groups)
    meant = [And(tuple(node for _, node in group)) if len(group) > 1 else group[0][1] for group in groups]
    assert parse_query(written, expand) == (Or(tuple(meant)) if len(meant) > 1 else meant[0])

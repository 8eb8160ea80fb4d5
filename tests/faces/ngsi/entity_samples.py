"""Payloads and strategies that the tests of entities share."""

from typing import Any

from hypothesis import strategies as st

from hitotsu.faces.ngsi.contexts.context import compile_context

CONTEXT = compile_context(
    [
        {
            "Vehicle": "https://example.org/Vehicle",
            "speed": "https://example.org/speed",
            "ex": "https://example.org/more/",
            "Sunny": "https://example.org/weather/Sunny",
        }
    ],
    "https://example.org/context.jsonld",
)
NOW = "2026-04-01T09:00:00.000000Z"
LATER = "2026-04-02T09:00:00.000000Z"

POINT = {"type": "Point", "coordinates": [139.93, 37.49]}
RING = [[139.0, 37.0], [140.0, 37.0], [140.0, 38.0], [139.0, 37.0]]

# One attribute of each kind, with what may be said beside it.
EVERY_KIND: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:A4567",
    "type": ["Vehicle", "Bus"],
    "scope": ["/Fukushima/Aizu", "/Transport"],
    "speed": [
        {"type": "Property", "value": 55, "unitCode": "KMH", "observedAt": "2026-04-01T08:59:00Z"},
        {
            "type": "Property",
            "value": 54.5,
            "datasetId": "urn:ngsi-ld:Dataset:gps",
            "source": {"type": "Property", "value": "GPS", "valueType": "xsd:string"},
        },
    ],
    "location": {"type": "GeoProperty", "value": POINT},
    "isParked": {
        "type": "Relationship",
        "object": "urn:ngsi-ld:OffStreetParking:Downtown1",
        "objectType": "OffStreetParking",
        "providedBy": {
            "type": "Relationship",
            "object": ["urn:ngsi-ld:Person:Bob", "urn:ngsi-ld:Person:Eve"],
            "trust": {"type": "Property", "value": 0.9},
        },
    },
    "label": {"type": "LanguageProperty", "languageMap": {"ja": "除雪車", "en": ["snow plough", "plow"]}},
    "weather": {"type": "VocabProperty", "vocab": ["Sunny", "Windy"]},
    "periods": {"type": "ListProperty", "valueList": ["first", 2, {"third": True}]},
    "route": {
        "type": "ListRelationship",
        "objectList": [{"object": "urn:ngsi-ld:Stop:1"}, {"object": "urn:ngsi-ld:Stop:2"}],
    },
    "ticket": {"type": "JsonProperty", "json": {"id": 7, "value": None, "type": "raw"}},
}

URIS = st.integers(0, 3).map(lambda number: f"urn:ngsi-ld:Thing:{number}")
ATTRIBUTE_NAMES = ["speed", "brandName", "ex:depth", "説明", "level_2", "title"]
NAMES = st.sampled_from(ATTRIBUTE_NAMES)
DATASETS = st.sampled_from([None, "urn:ngsi-ld:Dataset:1", "urn:ngsi-ld:Dataset:2"])
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=6)
SCALARS = st.one_of(st.booleans(), st.integers(-5, 5), st.sampled_from([0.5, -1.25]), TEXTS)
KEYS = st.sampled_from(["a", "b", "value", "type", "object", "unitCode", "coordinates", "観測"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
NUMBERS = st.floats(-80, 80, allow_nan=False).map(lambda number: round(number, 4))
GEOMETRIES = st.one_of(
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: {"type": "Point", "coordinates": list(pair)}),
    st.just({"type": "LineString", "coordinates": RING[:2]}),
    st.just({"type": "Polygon", "coordinates": [RING]}),
    st.just({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}),
)
LANGUAGE_MAPS = st.dictionaries(
    st.sampled_from(["ja", "en", "fr-CH", "@none"]), TEXTS | st.lists(TEXTS, max_size=2), min_size=1
)
WORDS = st.sampled_from(["Sunny", "Windy", "https://example.org/x#y"])
VALUE_OF_KIND = {
    "Property": ("value", VALUES | GEOMETRIES),
    "GeoProperty": ("value", GEOMETRIES),
    "Relationship": ("object", URIS | st.lists(URIS, min_size=1, max_size=2)),
    "LanguageProperty": ("languageMap", LANGUAGE_MAPS),
    "VocabProperty": ("vocab", WORDS | st.lists(WORDS, min_size=1, max_size=2)),
    "ListProperty": ("valueList", st.lists(VALUES, max_size=3)),
    "ListRelationship": ("objectList", st.lists(URIS.map(lambda uri: {"object": uri}), max_size=3)),
    "JsonProperty": (
        "json",
        st.dictionaries(KEYS, VALUES | st.none(), max_size=3) | st.lists(VALUES, max_size=2),
    ),
}
MOMENTS = st.sampled_from(["2026-04-01T08:00:00Z", "2026-04-01T08:30:00.25Z"])


@st.composite
def attributes(draw: st.DrawFn, depth: int = 2, dataset: str | None = None) -> dict[str, Any]:
    """One normalised attribute instance of any kind, with sub-attributes down to `depth`."""
    kind = draw(st.sampled_from(sorted(VALUE_OF_KIND)))
    member, values = VALUE_OF_KIND[kind]
    out: dict[str, Any] = {"type": kind, member: draw(values)}
    if dataset is not None:
        out["datasetId"] = dataset
    if draw(st.booleans()):
        out["observedAt"] = draw(MOMENTS)
    if kind in ("Property", "ListProperty") and draw(st.booleans()):
        out["unitCode"] = draw(st.sampled_from(["CEL", "MTR"]))
    if kind in ("Relationship", "ListRelationship") and draw(st.booleans()):
        out["objectType"] = "Vehicle"
    if depth and draw(st.booleans()):
        out |= draw(many_attributes(depth - 1))
    return out


@st.composite
def many_attributes(draw: st.DrawFn, depth: int = 2, most: int = 2) -> dict[str, Any]:
    """Normalised attributes by name, some with several datasetIds."""
    out: dict[str, Any] = {}
    for name in draw(st.lists(NAMES, max_size=most, unique=True)):
        datasets = draw(st.lists(DATASETS, min_size=1, max_size=2, unique=True))
        datasets.sort(key=lambda one: one is not None)
        instances = [draw(attributes(depth, dataset)) for dataset in datasets]
        out[name] = instances[0] if len(instances) == 1 else instances
    return out


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    """A normalised entity."""
    out: dict[str, Any] = {
        "id": draw(URIS),
        "type": draw(st.sampled_from(["Vehicle", ["Vehicle", "Bus"], "ex:Tram"])),
    }
    if draw(st.booleans()):
        out["scope"] = draw(st.sampled_from(["/Fukushima/Aizu", ["/A", "B"]]))
    out |= draw(many_attributes(most=3))
    if draw(st.booleans()):
        out["location"] = {"type": "GeoProperty", "value": draw(GEOMETRIES)}
    return out

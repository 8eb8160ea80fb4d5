"""Finding the target of a path in a neutral record: its instances, whether it is there, and its elements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from hitotsu.records.query.ast import ANY_LANGUAGE, Path

Instance: TypeAlias = Mapping[str, Any]
# The kind of the target decides how a text is compared: "name" where it says a name of a vocabulary.
Elements: TypeAlias = tuple[str, Sequence[Any]]
NAMED_MEMBERS: Final = frozenset({"objectType", "valueType"})
_NONE: Final[Elements] = ("", ())


def instances_of(path: Path) -> Callable[[Mapping[str, Any]], Iterable[Instance]]:
    """The function that gives all instances of the attribute, or of its sub-attribute, in a record."""
    name, subs = path.attribute, path.subs
    if not subs:
        return lambda record: record["attributes"].get(name, ())

    def find(record: Mapping[str, Any]) -> Iterable[Instance]:
        found: Iterable[Instance] = record["attributes"].get(name, ())
        for sub in subs:
            found = [inner for instance in found for inner in instance.get("sub", {}).get(sub, ())]
        return found

    return find


def reader_of(path: Path) -> tuple[Callable[[Instance], bool], Callable[[Instance], Elements]]:
    """Two functions of an instance: whether it has the target, and the target's elements with its kind."""
    if path.member is not None:
        member, kind = path.member, "VocabProperty" if path.member in NAMED_MEMBERS else "member"

        def of_member(instance: Instance) -> Elements:
            value = instance.get(member)
            return (kind, value if isinstance(value, list) else (value,)) if member in instance else _NONE

        return (lambda instance: member in instance), of_member
    if path.trailing == (ANY_LANGUAGE,):
        return _is_language, lambda instance: _of_value(instance) if _is_language(instance) else _NONE
    if path.trailing:
        trailing = path.trailing
        return (lambda instance: bool(_inside(instance, trailing))), lambda instance: _of_trailing(
            instance, trailing
        )
    return (lambda instance: "value" in instance), _of_value


def texts_of(path: Path) -> Callable[[Instance], list[str]]:
    """The function that gives the texts of an instance's target for patterns; relationships have none."""
    _, elements = reader_of(path)

    def texts(instance: Instance) -> list[str]:
        kind, values = elements(instance)
        if kind in ("Relationship", "ListRelationship"):
            return []
        return [value for value in values if isinstance(value, str)]

    return texts


def _is_language(instance: Instance) -> bool:
    return bool(instance["type"] == "LanguageProperty")


def _of_value(instance: Instance) -> Elements:
    if "value" not in instance:
        return _NONE
    kind, value = instance["type"], instance["value"]
    if isinstance(value, list):
        return kind, value
    if kind == "LanguageProperty" and isinstance(value, dict):
        spoken: list[Any] = []
        for texts in value.values():
            spoken.extend(texts if isinstance(texts, list) else (texts,))
        return kind, spoken
    return kind, (value,)


def _of_trailing(instance: Instance, trailing: tuple[str, ...]) -> Elements:
    found = _inside(instance, trailing)
    if not found:
        return _NONE
    kind = instance["type"]
    # Inside a value there are no names of a vocabulary any more.
    kind = "Property" if kind == "VocabProperty" else kind
    return kind, found[0] if isinstance(found[0], list) else found


def _inside(instance: Instance, trailing: tuple[str, ...]) -> tuple[Any, ...]:
    """The member that the path leads to, alone in a tuple; empty where there is none."""
    value = instance.get("value")
    for name in trailing:
        if not isinstance(value, dict) or name not in value:
            return ()
        value = value[name]
    return (value,)

"""Targets of a condition as PostgreSQL's SQL/JSON paths. Names are quoted; what is compared with stays a variable.

The paths run in lax mode, in which a filter looks into a list's elements; where a list must not be opened (on the
way through a compound value) the type is asked first.
"""

import json
from collections.abc import Sequence

from hitotsu.records.query.ast import ANY_LANGUAGE, Path

_IS_LANGUAGE = '@."type" == "LanguageProperty"'
_IS_VOCABULARY = '@."type" == "VocabProperty"'
_NO_RELATION = '!(@."type" == "Relationship" || @."type" == "ListRelationship")'
_IS_TEXT = '(@.type() == "string")'
# Members that say a name of a vocabulary.
NAMED_MEMBERS = frozenset({"objectType", "valueType"})


def quoted(name: str) -> str:
    """An object key as a jsonpath string; ``json.dumps`` escapes in the way that jsonpath reads."""
    return json.dumps(name)


def instances(path: Path) -> str:
    """All instances of the attribute, or of its sub-attribute."""
    steps = "".join(f'."sub".{quoted(name)}[*]' for name in path.subs)
    return f"$.{quoted(path.attribute)}[*]{steps}"


def present(path: Path) -> str:
    """The predicate that an instance has the target."""
    if _asks_languages_only(path):
        return _IS_LANGUAGE
    return _all([*_guards(path), f"exists({_target(path)})"])


def holds(path: Path, plain: str, named: str, *, texts: bool, relations: bool) -> str:
    """The predicate that an element of the target fulfils ``plain``, or ``named`` where a vocabulary is asked.

    Both are predicates on ``@``, the element. ``texts``: whether a text may fulfil them; ``relations``: whether
    relationships may.
    """
    if path.member is not None:
        return f"exists({_target(path)} ? ({named if path.member in NAMED_MEMBERS else plain}))"
    arms: list[str] = []
    if not texts and not _asks_languages_only(path):
        return _all([*_guards(path), f"exists({_target(path)} ? ({plain}))"])
    if opens_languages(path):
        arms.append(f'{_IS_LANGUAGE} && exists(@."value".* ? ({plain}))')
    if path.trailing:
        if not _asks_languages_only(path):
            arms.append(_all([*_guards(path), f"exists({_target(path)} ? ({plain}))"]))
    elif named == plain:
        arms.append(f"exists({_target(path)} ? ({plain}))")
    else:
        arms.append(f"!({_IS_VOCABULARY}) && exists({_target(path)} ? ({plain}))")
        arms.append(f"{_IS_VOCABULARY} && exists({_target(path)} ? ({named}))")
    predicate = " || ".join(f"({arm})" for arm in arms)
    return predicate if relations else f"{_NO_RELATION} && ({predicate})"


def texts(path: Path, *, languages: bool, relations: bool) -> list[str]:
    """Paths inside one instance (``$``) that together give the texts of the target."""
    if path.member is not None:
        return [f"{_target(path, '$')} ? {_IS_TEXT}"]
    found: list[str] = []
    if languages and opens_languages(path):
        found.append(f'$ ? ({_IS_LANGUAGE})."value".* ? {_IS_TEXT}')
    if not _asks_languages_only(path):
        asked = [*([] if relations else [_NO_RELATION]), *_guards(path)]
        start = f"$ ? ({_all(asked)})" if asked else "$"
        found.append(f"{_target(path, start)} ? {_IS_TEXT}")
    return found


def opens_languages(path: Path) -> bool:
    """Whether a language map counts as the set of its texts: no language was chosen."""
    return path.member is None and (not path.trailing or _asks_languages_only(path))


def _asks_languages_only(path: Path) -> bool:
    return path.member is None and path.trailing == (ANY_LANGUAGE,)


def _target(path: Path, root: str = "@") -> str:
    if path.member is not None:
        return f"{root}.{quoted(path.member)}"
    return f'{root}."value"' + "".join(f".{quoted(name)}" for name in path.trailing)


def _guards(path: Path) -> list[str]:
    if path.member is not None:
        return []
    steps = [
        "".join(f".{quoted(name)}" for name in path.trailing[:depth]) for depth in range(len(path.trailing))
    ]
    return [f'@."value"{step}.type() == "object"' for step in steps]


def _all(parts: Sequence[str]) -> str:
    return " && ".join(f"({part})" if "||" in part else part for part in parts)

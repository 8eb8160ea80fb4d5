"""A compiled @context: terms to neutral names and back, by one look in a dictionary each."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from hitotsu.faces.ngsi.contexts.core_context import CORE_URL, core_terms
from hitotsu.faces.ngsi.contexts.definitions import (
    Definition,
    Definitions,
    has_scheme,
    read_context,
    resolve_name,
)
from hitotsu.faces.ngsi.contexts.names import DEFAULT_VOCABULARY, iri_of, neutral_name
from hitotsu.faces.ngsi.problems import BadRequestData

MAX_NAME = 2048
# What clients send must not fill the memory: names beyond these numbers are worked out each time.
_REMEMBERED = 1_000
_REMEMBERED_OF_CORE = 20_000
_NO_IRI = re.compile('[\x00-\x20<>"{}|\\\\^`\x7f\ud800-\udfff]')


class Context:
    """Names of one @context, the core @context last.

    `value` is what the user gave (None: the core alone), `url` its address where it has one, `has_core` whether the core is
    named in it, `ignored` which parts were not followed and why.
    """

    __slots__ = (
        "_names",
        "_prefixes",
        "_room",
        "_starts",
        "_terms",
        "definitions",
        "has_core",
        "ignored",
        "url",
        "value",
    )

    def __init__(self, definitions: Definitions, value: Any = None, *, has_core: bool = False) -> None:
        self.definitions = definitions.terms
        self.ignored = tuple(definitions.ignored)
        self.value = value
        self.url = CORE_URL if value is None else _single_address(value)
        self.has_core = has_core or value is None
        self._names: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        for term, definition in sorted(self.definitions.items(), key=lambda item: (len(item[0]), item[0])):
            if definition.iri is not None and not _NO_IRI.search(definition.iri):
                name = neutral_name(definition.iri)
                self._names[term] = name
                self._terms.setdefault(name, term)
        for term in CORE.terms:
            if term in self._names:
                self._terms[self._names[term]] = term
        self._room = len(self.definitions) + (_REMEMBERED if value is not None else _REMEMBERED_OF_CORE)
        self._prefixes: dict[str, list[str]] = {}
        for term, definition in self.definitions.items():
            if definition.prefix and definition.iri and has_scheme(definition.iri):
                self._prefixes.setdefault(definition.iri, []).append(term)
        for terms in self._prefixes.values():
            terms.sort(key=lambda term: (len(term), term))
        self._starts = sorted({len(start) for start in self._prefixes}, reverse=True)

    def expand(self, term: str) -> str:
        """The neutral name of a type, attribute or vocabulary term; the keyword where the term is an alias of one (`@id`, `@type`).

        Raises BadRequestData for a name that is no IRI after expansion, or that the @context takes out.
        """
        try:
            return self._names[term]
        except KeyError:
            return self._expand(term)

    def _expand(self, term: str) -> str:
        if not term or len(term) > MAX_NAME:
            raise BadRequestData(f"A name must have 1 to {MAX_NAME:,} characters.")
        iri = self._iri(term)
        if iri is None:
            raise BadRequestData(f'The @context takes the name "{term}" out: it cannot be used.')
        if _NO_IRI.search(iri) or iri.startswith("_:"):
            raise BadRequestData(f"{term!r} is not a name: it does not expand to an absolute IRI.")
        if iri.startswith("@") and iri not in ("@id", "@type"):
            raise BadRequestData(f'"{term}" is a keyword of JSON-LD, not a name.')
        name = neutral_name(iri)
        if len(self._names) < self._room:
            self._names[term] = name
        return name

    def _iri(self, term: str) -> str | None:
        return resolve_name(self.definitions, DEFAULT_VOCABULARY, term)

    def compact(self, name: str) -> str:
        """The shortest term for a neutral name: a declared term, a name of the default vocabulary, a compact IRI, or the IRI.

        What comes out expands to the same name again, but for an IRI whose scheme the @context uses as a prefix: such an IRI
        cannot be written with it.
        """
        try:
            return self._terms[name]
        except KeyError:
            term = self._compact(iri_of(name))
            if len(self._terms) < self._room:
                self._terms[name] = term
            return term

    def _compact(self, iri: str) -> str:
        if iri.startswith(DEFAULT_VOCABULARY):
            rest = iri[len(DEFAULT_VOCABULARY) :]
            if rest and self._says(rest, iri):
                return rest
        fitting: list[str] = []
        for start in self._starts:
            if start < len(iri):
                candidates = (f"{prefix}:{iri[start:]}" for prefix in self._prefixes.get(iri[:start], ()))
                fitting += islice((one for one in candidates if self._says(one, iri)), 1)
        return min(fitting, key=lambda one: (len(one), one), default=iri)

    def _says(self, compact: str, iri: str) -> bool:
        return compact not in self.definitions and self._iri(compact) == iri

    def expand_vocabulary(self, value: str) -> str:
        """The neutral name of a vocabulary value, which unlike a name may have any characters. `compact` is its inverse."""
        name = self._names.get(value)
        if name is None:
            iri = self._iri(value)
            name = value if iri is None else neutral_name(iri)
        return name

    def expand_value(self, term: str, value: Any) -> Any:
        """A value of this attribute as its term's coercion says: names for `@vocab`, whole IRIs for `@id`, else unchanged.

        Lists are taken member by member.
        """
        definition = self.definitions.get(term)
        coercion = None if definition is None else definition.type
        if coercion not in ("@vocab", "@id"):
            return value
        if isinstance(value, list):
            return [self.expand_value(term, one) for one in value]
        if not isinstance(value, str):
            return value
        if coercion == "@vocab":
            return self.expand_vocabulary(value)
        return (
            value if ":" not in value else resolve_name(_only_prefixes(self.definitions, value), None, value)
        )

    def body(self) -> Any:
        """What `@context` says in an answer: what the user gave, with the core's address where that is not in it."""
        if self.value is None:
            return CORE_URL
        if self.has_core:
            return self.value
        return [*(self.value if isinstance(self.value, list) else [self.value]), CORE_URL]


def _only_prefixes(terms: dict[str, Definition], value: str) -> dict[str, Definition]:
    prefix = value.partition(":")[0]
    definition = terms.get(prefix)
    return {} if definition is None else {prefix: definition}


def _single_address(value: Any) -> str | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else None


def _core() -> Definitions:
    active = Definitions({})
    read_context(core_terms(), active)
    return active


CORE = _core()
CORE_CONTEXT = Context(CORE)


def compile_context(
    objects: Iterable[dict[str, Any] | None], value: Any, *, has_core: bool = False
) -> Context:
    """Compiles context objects in their order (None: forget what came before) for the value that the user gave.

    The core's terms are there from the start, so that definitions may use them, and come once more at the end: they cannot
    be overridden. Raises BadRequestData for an invalid context.
    """
    active = _unprotected_core()
    for local in objects:
        if local is None:
            active = _unprotected_core()
        else:
            read_context(local, active)
    active.terms.update(CORE.terms)
    return Context(active, value, has_core=has_core)


def _unprotected_core() -> Definitions:
    active = CORE.copy()
    active.ignored.clear()
    active.terms = dict(_OPEN)
    return active


_OPEN = {
    term: Definition(one.iri, one.type, one.container, one.prefix, protected=False)
    for term, one in CORE.terms.items()
}

"""Reads JSON-LD 1.1 context objects into term definitions, as far as NGSI-LD names need them.

Not followed, each with its reason in `Definitions.ignored`: scoped contexts of a term (names in NGSI-LD do not depend on
where they stand), reverse terms, `@base`, `@language`, `@direction` and `@propagate` (they change values, not names).
"""

import re
from typing import Any

import msgspec

from hitotsu.faces.ngsi.contexts.names import DEFAULT_VOCABULARY
from hitotsu.faces.ngsi.problems import BadRequestData

MAX_TERMS = 50_000
_MAX_CHAIN = 64
_KEYWORDS = frozenset(
    [
        "@base",
        "@container",
        "@context",
        "@direction",
        "@graph",
        "@id",
        "@import",
        "@included",
        "@index",
        "@json",
        "@language",
        "@list",
        "@nest",
        "@none",
        "@prefix",
        "@propagate",
        "@protected",
        "@reverse",
        "@set",
        "@type",
        "@value",
        "@version",
        "@vocab",
    ]
)
_ALIASABLE = _KEYWORDS - {"@context", "@preserve"}
_KEYWORD_FORM = re.compile(r"@[A-Za-z]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_IGNORED_KEYS = {
    "@base": "identifiers must be absolute",
    "@language": "it changes values, not names",
    "@direction": "it changes values, not names",
    "@propagate": "contexts are not scoped",
}


class Definition(msgspec.Struct, frozen=True):
    """What one term stands for. `iri` None: the term is taken out. `type`: IRI or keyword to which values are coerced."""

    iri: str | None
    type: str | None = None
    container: tuple[str, ...] = ()
    prefix: bool = False
    protected: bool = False


class Definitions(msgspec.Struct):
    """The active context while contexts are read one after the other."""

    terms: dict[str, Definition]
    vocabulary: str | None = DEFAULT_VOCABULARY
    ignored: list[tuple[str, str]] = []

    def copy(self) -> "Definitions":
        return Definitions(dict(self.terms), self.vocabulary, list(self.ignored))


def has_scheme(name: str) -> bool:
    """Whether a name has the form of an absolute IRI."""
    return _SCHEME.match(name) is not None


def resolve_name(terms: dict[str, Definition], vocabulary: str | None, name: str) -> str | None:
    """The IRI (or keyword) that a name stands for by these terms; None where a term takes the name out.

    A declared term comes first, then a compact IRI, an absolute IRI, and last the vocabulary. Without a vocabulary a plain
    name stays what it is.
    """
    known = terms.get(name)
    if known is not None:
        return known.iri
    if name in _KEYWORDS:
        return name
    prefix, colon, suffix = name.partition(":")
    if colon:
        if not suffix.startswith("//"):
            definition = terms.get(prefix)
            if definition is not None and definition.prefix and definition.iri is not None:
                return definition.iri + suffix
        if has_scheme(name) or prefix == "_":
            return name
    return name if vocabulary is None else vocabulary + name


def read_context(local: dict[str, Any], active: Definitions) -> None:
    """Adds a context object (the value of `@context`, without lists, addresses and `@import`) to the active context.

    Raises BadRequestData where JSON-LD calls the object invalid.
    """
    _Reader(local, active).read()


class _Reader:
    def __init__(self, local: dict[str, Any], active: Definitions) -> None:
        self.local = local
        self.active = active
        self.defined: dict[str, bool] = {}
        self.protected = local.get("@protected", False)

    def read(self) -> None:
        if len(self.local) + len(self.active.terms) > MAX_TERMS:
            raise BadRequestData(f"The @context has more than {MAX_TERMS:,} terms.")
        if self.local.get("@version", 1.1) != 1.1:
            raise BadRequestData("The @context asks for a @version of JSON-LD other than 1.1.")
        if not isinstance(self.protected, bool):
            raise BadRequestData("In the @context, @protected must be true or false.")
        if "@vocab" in self.local:
            self._read_vocabulary(self.local["@vocab"])
        for key, reason in _IGNORED_KEYS.items():
            if key in self.local:
                self.active.ignored.append((key, reason))
        for term in self.local:
            self._define(term, 0)

    def _read_vocabulary(self, value: Any) -> None:
        if value is None:
            self.active.vocabulary = None
        elif not isinstance(value, str):
            raise BadRequestData("In the @context, @vocab must be an IRI or null.")
        else:
            # A local prefix may be used here although it is defined only by this very object.
            prefix, _, suffix = value.partition(":")
            if prefix in self.local and not suffix.startswith("//"):
                self._define(prefix, 0)
            iri = resolve_name(self.active.terms, self.active.vocabulary, value)
            if iri is None or not has_scheme(iri):
                raise BadRequestData("In the @context, @vocab must be an IRI or null.")
            self.active.vocabulary = iri

    def _define(self, term: str, chain: int) -> None:
        done = self.defined.get(term)
        if done:
            return
        if done is False or chain > _MAX_CHAIN:
            raise BadRequestData(
                f'In the @context, the definition of "{term}" leads back to itself or too far.'
            )
        if term == "":
            raise BadRequestData("The @context defines a term without a name.")
        if _KEYWORD_FORM.fullmatch(term):
            if term not in _KEYWORDS:
                self.active.ignored.append((term, "the form is reserved for keywords"))
            elif term == "@type" or term not in _IGNORED_KEYS.keys() | {
                "@version",
                "@vocab",
                "@protected",
                "@import",
            }:
                self._keyword(term)
            return
        self.defined[term] = False
        definition = self._definition(term, self.local[term], chain)
        previous = self.active.terms.get(term)
        if previous is not None and previous.protected:
            if not _same(previous, definition):
                raise BadRequestData(f'The @context redefines the protected term "{term}".')
            definition = previous
        self.active.terms[term] = definition
        self.defined[term] = True

    def _keyword(self, term: str) -> None:
        value = self.local[term]
        allowed = term == "@type" and isinstance(value, dict) and set(value) <= {"@container", "@protected"}
        if not allowed:
            raise BadRequestData(f'The @context redefines the keyword "{term}".')
        self.active.ignored.append((term, "the container of types does not change names"))

    def _definition(self, term: str, value: Any, chain: int) -> Definition:
        simple = isinstance(value, str)
        if value is None:
            return Definition(None, protected=self.protected)
        if simple:
            value = {"@id": value}
        if not isinstance(value, dict):
            raise BadRequestData(
                f'In the @context, the definition of "{term}" must be a string, an object or null.'
            )
        protected = value.get("@protected", self.protected)
        if not isinstance(protected, bool):
            raise BadRequestData(f'In the @context, @protected of "{term}" must be true or false.')
        if "@reverse" in value:
            self.active.ignored.append((term, "a reverse property has no place in an entity"))
            return Definition(None, protected=protected)
        if "@context" in value:
            self.active.ignored.append((term, "scoped contexts are not followed"))
        iri = self._iri(term, value, chain)
        if iri is None:
            return Definition(None, protected=protected)
        prefix = value.get(
            "@prefix", simple and iri[-1:] in ":/?#[]@" and ":" not in term and "/" not in term
        )
        if not isinstance(prefix, bool):
            raise BadRequestData(f'In the @context, @prefix of "{term}" must be true or false.')
        return Definition(iri, self._type(term, value, chain), _container(term, value), prefix, protected)

    def _iri(self, term: str, value: dict[str, Any], chain: int) -> str | None:
        given = value.get("@id", term)
        if given is None:
            return None
        if not isinstance(given, str):
            raise BadRequestData(f'In the @context, @id of "{term}" must be a string.')
        if given != term:
            iri = self._resolve(given, chain)
            if iri is not None and iri.startswith("@"):
                if iri not in _ALIASABLE:
                    raise BadRequestData(f'In the @context, "{term}" cannot stand for "{iri}".')
                return iri
        else:
            iri = self._iri_of_itself(term, chain)
        if iri is None or not has_scheme(iri):
            raise BadRequestData(f'In the @context, "{term}" does not lead to an absolute IRI.')
        return iri

    def _iri_of_itself(self, term: str, chain: int) -> str | None:
        prefix, colon, suffix = term.partition(":")
        if colon and prefix:
            if prefix in self.local:
                self._define(prefix, chain + 1)
            definition = self.active.terms.get(prefix)
            # Here, and only here, JSON-LD lets any term serve as a prefix.
            if definition is not None and definition.iri is not None:
                return definition.iri + suffix
        return resolve_name({}, self.active.vocabulary, term)

    def _resolve(self, name: str, chain: int) -> str | None:
        prefix, colon, suffix = name.partition(":")
        if name in self.local and name not in _KEYWORDS:
            self._define(name, chain + 1)
        elif colon and prefix in self.local and not suffix.startswith("//"):
            self._define(prefix, chain + 1)
        return resolve_name(self.active.terms, self.active.vocabulary, name)

    def _type(self, term: str, value: dict[str, Any], chain: int) -> str | None:
        given = value.get("@type")
        if given is None:
            return None
        iri = self._resolve(given, chain) if isinstance(given, str) else None
        if iri is None:
            raise BadRequestData(f'In the @context, @type of "{term}" must be an IRI or a keyword.')
        return iri


def _container(term: str, value: dict[str, Any]) -> tuple[str, ...]:
    given = value.get("@container")
    if given is None:
        return ()
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(one, str) and one in _KEYWORDS for one in listed):
        raise BadRequestData(
            f'In the @context, @container of "{term}" must be a keyword or a list of keywords.'
        )
    return tuple(sorted(listed))


def _same(one: Definition, other: Definition) -> bool:
    return (one.iri, one.type, one.container, one.prefix) == (
        other.iri,
        other.type,
        other.container,
        other.prefix,
    )

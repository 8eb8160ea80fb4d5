"""The parameters of a retrieval that say what of an entity is shown (clauses 4.5, 4.21, 6.3.7)."""

from collections.abc import Mapping
from typing import Any

from hitotsu.faces.ngsi.contexts.context import Context
from hitotsu.faces.ngsi.entities.views import (
    CONCISE,
    NORMALIZED,
    SIMPLIFIED,
    Projection,
    View,
    parse_languages,
)
from hitotsu.faces.ngsi.grammar.projection import parse_projection
from hitotsu.faces.ngsi.grammar.selection import parse_names
from hitotsu.faces.ngsi.http import Request
from hitotsu.faces.ngsi.problems import BadRequestData, InvalidRequest
from hitotsu.records.query.ast import Projected

_FORMS = {
    "keyValues": SIMPLIFIED, "simplified": SIMPLIFIED, "concise": CONCISE, "normalized": NORMALIZED,
}  # fmt: skip


def view_of(request: Request, context: Context, parameters: Mapping[str, str] | None = None) -> View:
    """The representation and selection that the parameters ask for; `BadRequestData` where they do not fit."""
    parameters = request.parameters if parameters is None else parameters
    options = request.options()
    if "attrs" in parameters and ("pick" in parameters or "omit" in parameters):
        raise BadRequestData("attrs is not given together with pick or omit.")
    forms = [_FORMS[word] for word in options if word in _FORMS]
    if len(set(forms)) > 1:
        raise InvalidRequest("Ask for one representation.")
    datasets = parameters.get("datasetId")
    languages = parameters.get("lang")
    geometry = parameters.get("geometryProperty")
    return View(
        form=forms[0] if forms else NORMALIZED,
        sys_attrs="sysAttrs" in options or request.flag("sysAttrs"),
        attrs=_names(parameters.get("attrs"), context),
        pick=_projection(parameters.get("pick"), context, "pick"),
        omit=_projection(parameters.get("omit"), context, "omit"),
        datasets=frozenset(part.strip() for part in datasets.split(",")) if datasets else None,
        languages=parse_languages(languages) if languages else None,
        geometry_property=context.expand(geometry) if geometry else "location",
    )


def _names(text: str | None, context: Context) -> frozenset[str] | None:
    return None if text is None else frozenset(parse_names(text, context.expand))


def _projection(text: str | None, context: Context, parameter: str) -> Projection | None:
    return None if text is None else _tree(parse_projection(text, context.expand, parameter))


def _tree(projected: tuple[Projected, ...]) -> dict[str, Any]:
    return {one.name: _tree(one.inner) if one.inner else None for one in projected}

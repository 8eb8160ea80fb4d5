"""Every route says who may call it."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC_NAMESPACES = {"portal"}
# Handled by allauth, which closes each of them to anonymous callers where it must.
THIRD_PARTY_PREFIXES = ("accounts/",)


def routes(
    resolver: URLResolver, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern), entry.namespace or namespace)
        else:
            yield prefix + str(entry.pattern), namespace, entry


ALL = list(routes(get_resolver()))


def test_there_are_routes_of_both_faces() -> None:
    assert {namespace for _, namespace, _ in ALL} >= {"portal", "office"}


@pytest.mark.parametrize(("path", "namespace", "pattern"), ALL, ids=[path or "/" for path, _, _ in ALL])
def test_route_names_its_readers(path: str, namespace: str, pattern: URLPattern) -> None:
    if namespace in PUBLIC_NAMESPACES or path.startswith(THIRD_PARTY_PREFIXES):
        return
    assert getattr(pattern.callback, "staff_action", None), f"{path} does not say who may call it"

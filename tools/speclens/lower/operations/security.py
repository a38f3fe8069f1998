"""Security Schemes and Requirements (sections 4.8.27 and 4.8.30 of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject, SecurityRequirement, SecuritySchemeObject

Scopes = Mapping[str, tuple[str, ...]]
"""By scheme, what is asked for of it."""


def schemes(api: OpenApi, used: Iterable[str], scopes: Scopes) -> Iterator[ir.Scheme]:
    """The schemes of some names, with the scopes to ask for. One that is not declared is taken for a bearer token."""
    for name in used:
        one = api.security_schemes.get(name)
        proof = _proof(one, scopes.get(name, ())) if one else ir.Http("Bearer")
        yield ir.Scheme(literal(name), one.pointer if one else "#/info", proof)


def scopes(api: OpenApi) -> Scopes:
    """By scheme the scopes that the operations of the paths ask for, in their order."""
    found: dict[str, dict[str, None]] = {}
    for operation in api.operations:
        for one in api.security if operation.security is None else operation.security:
            for name, listed in one.items():
                found.setdefault(name, {}).update(dict.fromkeys(listed))
    return {name: tuple(listed) for name, listed in found.items()}


def _proof(scheme: SecuritySchemeObject, scopes: tuple[str, ...]) -> ir.Proof:
    if scheme.type == "apiKey" and scheme.location in {"header", "query", "cookie"}:
        return ir.ApiKey(scheme.location, scheme.name or "")
    if scheme.type == "oauth2":
        return _oauth2(scheme, scopes)
    given = (scheme.scheme if scheme.type == "http" else None) or "Bearer"
    return ir.Http(given if given.lower() not in {"bearer", "basic"} else given.capitalize())


def _oauth2(scheme: SecuritySchemeObject, scopes: tuple[str, ...]) -> ir.OAuth2:
    url = scheme.token_url or ""
    return ir.OAuth2(url, scopes) if url.startswith(("https://", "http://")) else ir.OAuth2()


def requirement(
    api: OpenApi, alternatives: Iterable[SecurityRequirement]
) -> tuple[tuple[str, ...], ...]:
    """Alternatives as names of schemes that are asked for together. Certificates of the connection (`mutualTLS`) are for the
    caller's own `http_client` to have."""
    known = api.security_schemes
    return tuple(
        tuple(name for name in one if name not in known or known[name].type != "mutualTLS")
        for one in alternatives
    )


def requirements(api: OpenApi, operation: OperationObject) -> tuple[tuple[str, ...], ...]:
    """What holds for an operation: its own requirement, else that of the document."""
    return requirement(api, api.security if operation.security is None else operation.security)


def own(api: OpenApi, operation: OperationObject) -> str:
    """The literal of an operation's own alternatives; "" where those of the document hold."""
    return "" if operation.security is None else source(requirement(api, operation.security))


def source(wanted: tuple[tuple[str, ...], ...]) -> str:
    """The literal of alternatives."""
    inside = [tuple_literal(names) for names in wanted]
    return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"


def is_bearer(api: OpenApi, wanted: Iterable[tuple[str, ...]]) -> bool:
    """Whether nothing but bearer tokens is asked for."""
    names = {name for one in wanted for name in one}
    return all(scheme.proof == ir.Http("Bearer") for scheme in schemes(api, sorted(names), {}))

"""Security Schemes and Requirements (sections 4.8.27 and 4.8.30 of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.source.pointer import JsonObject, follow, join

Scopes = Mapping[str, tuple[str, ...]]
"""By scheme, what is asked for of it."""


def schemes(document: JsonObject, used: Iterable[str], scopes: Scopes) -> Iterator[ir.Scheme]:
    """The schemes of some names, with the scopes to ask for. One that is not declared is taken for a bearer token."""
    declared = (document.get("components") or {}).get("securitySchemes")
    for name in used:
        place = join("#/components/securitySchemes", name)
        value = declared.get(name) if isinstance(declared, dict) else None
        pointer, scheme = follow(document, place, value)
        found = scheme if isinstance(scheme, dict) else {}
        proof = _proof(found, scopes.get(name, ()))
        yield ir.Scheme(literal(name), pointer if found else "#/info", proof)


def scopes(document: JsonObject, operations: Iterable[JsonObject]) -> Scopes:
    """By scheme the scopes that some operations ask for, in their order."""
    found: dict[str, dict[str, None]] = {}
    for operation in operations:
        is_own = isinstance(operation.get("security"), list)
        for one in _alternatives(operation if is_own else document):
            for name, listed in one.items():
                named = map(str, listed if isinstance(listed, list) else ())
                found.setdefault(str(name), {}).update(dict.fromkeys(named))
    return {name: tuple(listed) for name, listed in found.items()}


def _alternatives(owner: JsonObject) -> list[JsonObject]:
    declared = owner.get("security")
    return [one for one in declared if isinstance(one, dict)] if isinstance(declared, list) else []


def _proof(scheme: JsonObject, scopes: tuple[str, ...]) -> ir.Proof:
    kind = scheme.get("type")
    if kind == "apiKey" and scheme.get("in") in {"header", "query", "cookie"}:
        return ir.ApiKey(scheme["in"], str(scheme.get("name", "")))
    if kind == "oauth2":
        return _oauth2(scheme, scopes)
    given = str(scheme.get("scheme") or "Bearer") if kind == "http" else "Bearer"
    return ir.Http(given if given.lower() not in {"bearer", "basic"} else given.capitalize())


def _oauth2(scheme: JsonObject, scopes: tuple[str, ...]) -> ir.OAuth2:
    flows = scheme.get("flows")
    flow = flows.get("clientCredentials") if isinstance(flows, dict) else None
    if not isinstance(flow, dict) or not str(flow.get("tokenUrl", "")).startswith(
        ("https://", "http://")
    ):
        return ir.OAuth2()
    return ir.OAuth2(str(flow["tokenUrl"]), scopes)


def requirement(document: JsonObject, owner: JsonObject) -> tuple[tuple[str, ...], ...] | None:
    """The alternatives of a document or an operation: names of schemes that are asked for together. Certificates of
    the connection (`mutualTLS`) are for the caller's own `http_client` to have."""
    if not isinstance(owner.get("security"), list):
        return None
    known = (document.get("components") or {}).get("securitySchemes") or {}
    return tuple(
        tuple(name for name in map(str, one) if (known.get(name) or {}).get("type") != "mutualTLS")
        for one in _alternatives(owner)
    )


def requirements(document: JsonObject, operation: JsonObject) -> tuple[tuple[str, ...], ...]:
    """What holds for an operation: its own requirement, else that of the document."""
    own = requirement(document, operation)
    return (requirement(document, document) or ()) if own is None else own


def own(document: JsonObject, operation: JsonObject) -> str:
    """The literal of an operation's own alternatives; "" where those of the document hold."""
    wanted = requirement(document, operation)
    return "" if wanted is None else source(wanted)


def source(wanted: tuple[tuple[str, ...], ...]) -> str:
    """The literal of alternatives."""
    inside = [tuple_literal(names) for names in wanted]
    return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"


def is_bearer(document: JsonObject, wanted: Iterable[tuple[str, ...]]) -> bool:
    """Whether nothing but bearer tokens is asked for."""
    names = {name for one in wanted for name in one}
    return all(scheme.proof == ir.Http("Bearer") for scheme in schemes(document, sorted(names), {}))

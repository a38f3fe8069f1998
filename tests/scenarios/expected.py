"""What a scenario expects on the wire, told back as the arguments and the result of a call."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from speclens import ir
from speclens.openapi.api import OpenApi
from speclens.source.pointer import follow, get

Json = dict[str, Any]


class Inexpressible(Exception):
    """Something of a scenario that the OpenAPI document does not say."""


@dataclass(frozen=True, slots=True)
class Found:
    """An operation that is at the place of a request: where it is, and its variables and path parameters as sent."""

    operation: ir.Operation
    variables: Mapping[str, str]
    slots: Mapping[str, str]


def found(document: Json, client: ir.Client, api: Json) -> Found | None:
    """The operation of a document that a request is for: the one with the fewest parameters in its path."""
    target = re.sub(r"\\(.)", r"\1", api["uri"]).partition("?")[0]
    matches = []
    for one in client.operations:
        told = re.fullmatch(_pattern(server(document), one.template), target)
        if one.verb.lower() == api["method"] and told:
            groups = {key: value for key, value in told.groupdict().items() if value is not None}
            parts = [unname(key[1:]) for key in groups if key[0] == "p"]
            matches.append((len(parts), one, groups))
    if not matches:
        return None
    _, operation, groups = min(matches, key=lambda match: match[0])
    variables, slots = (
        {unname(key[1:]): value for key, value in groups.items() if key[0] == kind} for kind in "vp"
    )
    return Found(operation, variables, slots)


def server(document: Json) -> str:
    """The path of a document's server, its variables in braces."""
    declared = (document.get("servers") or [{}])[0].get("url", "")
    return re.sub(r"^({\w+}|https?://[^/]*)", "", declared).rstrip("/")


def _pattern(base: str, template: str) -> str:
    def slots(text: str, kind: str) -> str:
        return "".join(
            f"(?P<{kind}{name(part[1:-1])}>[^/]*)" if part[:1] == "{" else re.escape(part)
            for part in re.split(r"({[^{}]*})", text)
        )

    path = template.partition("?")[0]
    return slots(base, "v") + (f"(?:{slots(path, 'p')})?" if path == "/" else slots(path, "p"))


def name(text: str) -> str:
    return text.encode().hex()


def unname(text: str) -> str:
    return bytes.fromhex(text).decode()


# Arguments


def arguments(document: Json, one: Found, api: Json) -> Json:
    """The arguments of a call, told from the request that it has to make."""
    request = api.get("request") or {}
    made = dict(_parameters(document, one, request))
    accept = {
        key: value for key, value in (request.get("headers") or {}).items() if key == "accept"
    }
    if accept and any(two.is_choice for two in one.operation.responses):
        made["extra_headers"] = accept
    if body := request.get("body"):
        made |= _body(one.operation, body)
    return made


def _parameters(document: Json, one: Found, request: Json) -> Iterator[tuple[str, Any]]:
    operation = one.operation
    written = OpenApi(document).operation(operation.pointer)
    found = written.parameters if written else {}
    declared = {key: (one.pointer, get(document, one.pointer)) for key, one in found.items()}
    query = dict(request.get("query") or {})
    headers = {key.lower(): value for key, value in (request.get("headers") or {}).items()}
    known = {argument.name.lower() for argument in operation.arguments}
    for argument in operation.arguments:
        if argument.place not in {"path", "query", "header", "cookie"}:
            continue
        place, parameter = declared.get((argument.place, argument.name), ("", {}))
        schema = follow(document, f"{place}/schema", parameter.get("schema") or {})[1]
        if argument.place == "path":
            if not one.slots[argument.name]:
                raise Inexpressible("a part of a path may not be left out")
            yield argument.ident, _path(parameter, schema, one.slots[argument.name])
        elif argument.place == "query":
            value = _taken(query, argument.name, parameter, schema)
            if value is not None:
                yield argument.ident, value
        elif argument.name.lower() in headers:
            yield argument.ident, _valued(parameter, schema, headers[argument.name.lower()], ",")
    told = {"accept", "content-type", "authorization", *known}
    missing = [*query, *(key for key in headers if key not in told)]
    if missing and not operation.alternatives:
        raise Inexpressible(f"the document has no parameter {missing[0]!r} here")


def _path(parameter: Json, schema: Json, text: str) -> Any:
    """The value of a path parameter (RFC 6570)."""
    style, explode = parameter.get("style", "simple"), parameter.get("explode", False)
    if style == "label":
        return _valued(parameter, schema, text.removeprefix("."), "." if explode else ",")
    if style == "matrix" and explode and schema.get("type") in {"array", "object"}:
        parts = text.removeprefix(";").split(";")
        if schema["type"] == "array":
            return [part.partition("=")[2] for part in parts]
        return _valued(parameter, schema, ";".join(parts), ";")
    if style == "matrix":
        text = text.partition("=")[2]
    return _valued(parameter, schema, text, ",")


def _taken(query: Json, wire: str, parameter: Json, schema: Json) -> Any:
    """The value of a query parameter; what belongs to it is taken out of the query."""
    is_exploded = parameter.get("explode", parameter.get("style", "form") == "form")
    kinds = _kinds(schema)
    if "object" in kinds and is_exploded and wire not in query:
        inside = {key: _scalar(value, {}) for key, value in query.items()}
        query.clear()
        return inside or None
    if wire not in query:
        return None
    separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.get("style", ""), ",")
    return _valued(parameter, schema, query.pop(wire), separator)


def _valued(parameter: Json, schema: Json, told: Any, separator: str) -> Any:
    if isinstance(told, list):
        return [_scalar(item, schema.get("items") or {}) for item in told]
    text = unquote(str(told)) if parameter.get("in") == "path" else str(told)
    kinds = _kinds(schema)
    if "array" in kinds:
        return [_scalar(item, schema.get("items") or {}) for item in text.split(separator)]
    if "object" not in kinds:
        return _scalar(text, schema)
    parts = text.split(separator)
    pairs = (
        [tuple(part.split("=", 1)) for part in parts]
        if parameter.get("explode")
        else list(zip(parts[::2], parts[1::2], strict=True))
    )
    return {key: _scalar(item, {"type": "integer"}) for key, item in pairs}


def _kinds(schema: Json) -> list[str]:
    kinds = schema.get("type")
    return list(kinds) if isinstance(kinds, list) else [str(kinds)]


def _scalar(text: Any, schema: Json) -> Any:
    if set(_kinds(schema)) & {"integer", "number", "boolean"}:
        try:
            return json.loads(str(text))
        except ValueError:
            pass
    return text


# Bodies


def _body(operation: ir.Operation, body: Json) -> Json:
    lowered = operation.body
    if lowered is None:
        raise Inexpressible("the document has no body here")
    kind = body["contentType"]
    media = next((one for one in lowered.content if one.name == kind), None)
    value = _parts(operation, body) if body.get("kind") == "multipart" else content(body)
    codec = (media or lowered.content[0]).codec.name
    if codec == "JsonLines":
        value = base64.b64decode(body["raw"]["base64"])
    elif codec == "Raw" and isinstance(value, (dict, list, int, float)):
        value = body["raw"]
    if media is None or len(lowered.content) > 1:
        choice = next((one for one in operation.arguments if one.place == "content-type"), None)
        told = {choice.ident: kind} if choice else {}
    else:
        told = {}
    if lowered.argument:
        return {lowered.argument: value, **told}
    members = {one.name: one.ident for one in operation.arguments if one.place == "member"}
    if not isinstance(value, dict):
        raise Inexpressible("a body that is no object, where the document says one")
    own = {members[key]: one for key, one in value.items() if key in members}
    extra = {key: one for key, one in value.items() if key not in members}
    return {**own, **({"extra_body": extra} if extra else {}), **told}


def content(body: Json) -> Any:
    """A body as a value: JSON, text or bytes; of events the data, since documents of 3.1 describe no events."""
    raw, kind = body["raw"], body.get("contentType", "")
    if isinstance(raw, dict):
        made = base64.b64decode(raw["base64"])
        if kind == "text/event-stream":
            return [line.decode() for line in re.findall(rb"^data: (.*)$", made, re.MULTILINE)]
        return [json.loads(line) for line in made.splitlines()] if "jsonl" in kind else made
    if kind.endswith(("/json", "+json")) and isinstance(raw, str):
        return json.loads(raw)
    return raw.encode() if isinstance(raw, str) and not kind.startswith("text/") else raw


def _parts(operation: ir.Operation, body: Json) -> Json:
    """The members of a form: files with their names and media types."""
    made = dict(body.get("parts") or {})
    files: dict[str, list[Any]] = {}
    for one in body.get("files") or ():
        told = one["originalname"], base64.b64decode(one["buffer"]), one["mimetype"]
        files.setdefault(one["fieldname"], []).append(told)
    for key, several in files.items():
        is_array = any(
            one.name == key and "Sequence[" in ir.printing.given(one.type)
            for one in operation.arguments
        )
        made[key] = several if is_array or len(several) > 1 else several[0]
    return made


def credentials(document: Json, operation: ir.Operation, request: Json) -> Json:
    """What the expected headers tell of each security scheme that may prove who calls."""
    headers = {key.lower(): str(value) for key, value in (request.get("headers") or {}).items()}
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    made = {}
    for scheme in {one for names in operation.alternatives for one in names}:
        declared = schemes[scheme]
        if declared["type"] == "apiKey" and declared["name"].lower() in headers:
            made[scheme] = headers[declared["name"].lower()]
        if declared["type"] != "apiKey" and "authorization" in headers:
            made[scheme] = headers["authorization"].partition(" ")[2]
    return made

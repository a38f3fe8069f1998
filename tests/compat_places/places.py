"""The kinds of places of an operation at which a schema may stand, and operations that have one there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from compat_places.schemas import COMPONENTS, SINCE_31, Sample, drawn

JSON = "application/json"


@dataclass(frozen=True)
class Place:
    """A kind of place. `make` puts a schema there: it changes the operation (and the components beside it). `fits` says
    which schemas can stand there, `since` from which version on."""

    name: str
    make: Callable[[dict[str, Any], dict[str, Any], str, Any], None]
    fits: Callable[[Sample], bool] = lambda one: True
    since: str = "3.0"


def _is_object(one: Sample) -> bool:
    """Whether a sample is an object that is given as its members."""
    return one.types == {"object"}


def _is_text(one: Sample) -> bool:
    return one.types == {"string"}


def _has_simple_members(one: Sample) -> bool:
    """Whether the members of an object are what a form can say: texts, and lists of texts."""
    values = one.new.values() if isinstance(one.new, dict) else [{}]
    kinds = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return _is_object(one) and all(isinstance(item, (str, int)) for item in kinds)


def _body(media: str, keyword: str = "schema") -> Callable[..., None]:
    def make(operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any) -> None:
        operation["requestBody"] = {"required": True, "content": {media: {keyword: schema}}}

    return make


def _answer(media: str, keyword: str = "schema", status: str = "200") -> Callable[..., None]:
    def make(operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any) -> None:
        operation["responses"][status] = {
            "description": "It.",
            "content": {media: {keyword: schema}},
        }

    return make


def _shared_body(
    operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any
) -> None:
    components.setdefault("requestBodies", {})[name] = {
        "required": True,
        "content": {JSON: {"schema": schema}},
    }
    operation["requestBody"] = {"$ref": f"#/components/requestBodies/{name}"}


def _shared_answer(
    operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any
) -> None:
    components.setdefault("responses", {})[name] = {
        "description": "It.",
        "content": {JSON: {"schema": schema}},
    }
    operation["responses"]["200"] = {"$ref": f"#/components/responses/{name}"}


def _parameter(location: str, is_content: bool) -> Callable[..., None]:
    def make(operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any) -> None:
        inner = {"content": {JSON: {"schema": schema}}} if is_content else {"schema": schema}
        operation["parameters"] = [{"name": "given", "in": location, **inner}]

    return make


def _in_path(operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any) -> None:
    parameter = {"name": "given", "in": "path", "required": True, "schema": schema}
    operation["parameters"] = [parameter]


def _event(operation: dict[str, Any], components: dict[str, Any], name: str, schema: Any) -> None:
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
    item = {
        "type": "object",
        "required": ["data"],
        "properties": {"event": {"type": "string"}, "data": data},
    }
    _answer("text/event-stream", "itemSchema")(operation, components, name, item)


REQUESTS = (
    Place("body: JSON", _body(JSON)),
    Place("body: JSON of another kind", _body("application/vnd.x+json")),
    Place("body: merge patch", _body("application/merge-patch+json"), _is_object),
    Place("body: shared by operations", _shared_body),
    Place("body: form", _body("application/x-www-form-urlencoded"), _has_simple_members),
    Place("body: multipart", _body("multipart/form-data"), _is_object),
    Place("body: text", _body("text/plain"), _is_text),
    Place("body: lines of JSON", _body("application/jsonl", "itemSchema"), since="3.2"),
    Place("parameter: query, as JSON", _parameter("query", True)),
    Place("parameter: header, as JSON", _parameter("header", True)),
    Place("parameter: cookie, as JSON", _parameter("cookie", True)),
    Place("parameter: query", _parameter("query", False), _is_text),
    Place("parameter: header", _parameter("header", False), _is_text),
    Place("parameter: cookie", _parameter("cookie", False), _is_text),
    Place("parameter: path", _in_path, _is_text),
    Place("parameter: all of the query, as JSON", _parameter("querystring", True), since="3.2"),
)
ANSWERS = (
    Place("answer: JSON", _answer(JSON)),
    Place("answer: JSON of another kind", _answer("application/hal+json")),
    Place("answer: of a range of statuses", _answer(JSON, status="2XX")),
    Place("answer: of any status", _answer(JSON, status="default")),
    Place("answer: a failure", _answer("application/problem+json", status="4XX")),
    Place("answer: shared by operations", _shared_answer),
    Place("answer: text", _answer("text/plain"), _is_text),
    Place("answer: lines of JSON", _answer("application/jsonl", "itemSchema"), since="3.2"),
    Place(
        "answer: events",
        _answer("text/event-stream", "itemSchema"),
        lambda one: one.types.isdisjoint({"string"}),
        "3.2",
    ),
    Place("answer: data of events", _event, lambda one: one.types.isdisjoint({"string"}), "3.2"),
)


@dataclass(frozen=True)
class Put:
    """A schema at a place: the operation's id says which."""

    ident: str
    place: Place
    sample: Sample


def _samples(random: Random, is_30: bool, depth: int) -> Iterator[Sample]:
    while True:
        yield drawn(random, is_30, depth)


def documents(
    random: Random, version: str, count: int, depth: int = 3
) -> tuple[dict[str, Any], list[Put]]:
    """A document of `count` operations, each with a schema at one place; every fourth is one that a server can have: it has
    JSON objects as body and as answer."""
    is_30 = version.startswith("3.0")
    named = {name: one for name, one in COMPONENTS.items() if not (is_30 and name in SINCE_31)}
    components: dict[str, Any] = {"schemas": named}
    paths: dict[str, Any] = {}
    found: list[Put] = []
    for number in range(count):
        ident = f"call{number}"
        operation: dict[str, Any] = {"operationId": ident, "responses": {}}
        is_served = number % 4 == 0
        for places in (REQUESTS, ANSWERS) if is_served else (random.choice((REQUESTS, ANSWERS)),):
            place = (
                places[0]
                if is_served
                else random.choice([one for one in places if one.since <= version])
            )
            sample = next(
                one
                for one in _samples(random, is_30, depth)
                if place.fits(one) and (not is_served or _is_object(one))
            )
            place.make(
                operation,
                components,
                f"{ident}{'In' if places is REQUESTS else 'Out'}",
                sample.schema,
            )
            found.append(Put(ident, place, sample))
        if operation["responses"].keys() <= {"4XX"}:
            operation["responses"]["204"] = {"description": "Nothing."}
        end = (
            "/{given}"
            if any(one.place.name == "parameter: path" for one in found[-2:] if one.ident == ident)
            else ""
        )
        paths[f"/{ident}{end}"] = {"post": operation}
    security = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    document = {
        "openapi": version,
        "info": {"title": "Places", "version": "1"},
        "servers": [{"url": "https://places.test"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {**components, **security},
    }
    return document, found

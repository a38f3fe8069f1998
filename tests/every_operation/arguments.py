"""Arguments of a call, drawn from the schemas that a document has for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from every_operation import package as of
from every_operation import typed
from every_operation.package import Package, Parameter, Schemas, at
from speclens import ir
from speclens.lower.ground.facts import is_binary
from speclens.source.pointer import exists, join

Json = Any
_TRIES = 6
STREAMS = frozenset({"Events", "EventObjects", "JsonLines"})
_FIELDS = frozenset({"event", "data", "id", "retry"})
_OCTETS = re.compile(
    r"[!#-$&-+\-.-:<-\[\]-~]*"
)  # RFC 6265, 4.1.1, without what separates, and `%`, which is decoded
_TOLD = frozenset({"accept", "content-type", "authorization"})  # headers that are no parameters

NOTHING: Any = object()


@dataclass(slots=True)
class Given:
    """What a call is made with: values by Parameter Object, the body and its media type, and all by the arguments."""

    parameters: list[tuple[Parameter, Any]] = field(default_factory=list)
    media: ir.Media | None = None
    body: Any = NOTHING
    arguments: dict[str, Any] = field(default_factory=dict)
    is_async: bool = False


def draw(data: DataObject, package: Package, operation: ir.Operation) -> Given:
    """Arguments that the document admits."""
    given, is_typed = Given(is_async=data.draw(st.booleans())), data.draw(st.booleans())
    idents = {(one.place, one.name): one.ident for one in operation.arguments}
    for parameter in of.parameters_of(package, operation):
        ident = idents.get((parameter.place, parameter.name))
        if ident is None and _is_ignored(parameter, operation):
            continue
        assert ident is not None, f"no argument for {parameter.place} {parameter.name!r}"
        value = _value(data, package.schemas, parameter, operation)
        if value is not NOTHING:
            given.parameters.append((parameter, value))
            given.arguments[ident] = (
                typed.parameter(package, parameter, value) if is_typed else value
            )
    if operation.body and (operation.body.is_required or data.draw(st.booleans())):
        _body(data, package, operation, operation.body, given)
    if is_typed and given.media and given.media.codec.name == "Json" and not given.media.codec.fold:
        given.arguments |= typed.body(package, operation, given.media, given.body)
    return given


def _is_ignored(parameter: Parameter, operation: ir.Operation) -> bool:
    """Whether the specification says to ignore a parameter: 4.8.12.1, and one that no path has."""
    if parameter.place == "path":
        return f"{{{parameter.name}}}" not in operation.template
    return parameter.place == "header" and parameter.name.lower() in _TOLD


def _value(
    data: DataObject, schemas: Schemas, parameter: Parameter, operation: ir.Operation
) -> Any:
    is_required = parameter.place == "path" or parameter.value.get("required") is True
    if not is_required and not data.draw(st.booleans()):
        return NOTHING
    fits = _sendable(parameter)
    value = drawn(data, schemas, parameter.schema, fits)
    if value is NOTHING and is_required:
        reject()
    return value


def _sendable(parameter: Parameter) -> Callable[[Any], bool]:
    """What can be said in a place: something in a path, printable ASCII in a header, no null anywhere."""

    def fits(value: Any) -> bool:
        if value is None or value in ([], {}):
            return False
        inside = _leaves(value)
        if parameter.place == "header":
            return all(
                one.isascii() and one.isprintable() and one == one.strip() and one for one in inside
            )
        if parameter.value.get("style") == "cookie":
            return all(map(_OCTETS.fullmatch, inside))
        # a value of these would lead elsewhere, whatever surrounds it
        return parameter.place != "path" or not any(_is_step(one) for one in inside)

    return fits


def _is_step(text: str) -> bool:
    return any(one in {"", ".", ".."} for one in text.split("/"))


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [one for item in value.items() for part in item for one in _leaves(part)]
    if isinstance(value, list):
        return [one for part in value for one in _leaves(part)]
    return [value] if isinstance(value, str) else []


def drawn(
    data: DataObject, schemas: Schemas, pointer: str, fits: Callable[[Any], bool] = lambda _: True
) -> Any:
    """A value that is valid by a schema, and fits; NOTHING if none was found soon."""
    if not exists(schemas.document, pointer):
        return data.draw(st.sampled_from(["a", "b c", 7, True]).filter(fits))
    values = schemas.values(pointer)
    for _ in range(0 if values.is_empty else _TRIES):
        value = data.draw(values)
        if schemas.accepts(pointer, value) and fits(value):
            return value
    return NOTHING


# Bodies


def _body(
    data: DataObject, package: Package, operation: ir.Operation, body: ir.Body, given: Given
) -> None:
    media = data.draw(st.sampled_from(body.content))
    value = content(data, package.schemas, media)
    is_empty = value == {} and not body.argument
    if value is NOTHING or (value is None and not body.is_required):
        given.media = None
        return reject() if body.is_required else None
    if is_empty and not body.is_required:
        return None  # without members nothing says that there is a body
    given.media, given.body = media, value
    choice = next((one.ident for one in operation.arguments if one.place == "content-type"), None)
    if choice:
        given.arguments[choice] = media.name.replace("*/*", "image/*").replace("/*", "/png")
    if body.argument:
        given.arguments[body.argument] = value
        return None
    members = {one.name: one.ident for one in operation.arguments if one.place == "member"}
    extra = {name: one for name, one in value.items() if name not in members}
    given.arguments |= {members[name]: one for name, one in value.items() if name in members}
    given.arguments |= {"extra_body": extra} if extra else {}
    return None


def content(data: DataObject, schemas: Schemas, media: ir.Media) -> Any:
    """A body in a media type: what a caller gives for it."""
    schema = join(media.pointer, "schema")
    if media.codec.name == "Raw":
        return data.draw(st.binary(min_size=1))
    if media.codec.name == "Text":
        value = drawn(data, schemas, schema, lambda value: isinstance(value, str))
        return data.draw(st.text()) if value is NOTHING else value
    if media.codec.name in STREAMS:
        return items(data, schemas, media)
    value = drawn(data, schemas, schema)
    if media.codec.name == "Multipart" and isinstance(value, dict):
        return with_files(schemas, schema, value)
    return value


def items(data: DataObject, schemas: Schemas, media: ir.Media) -> Any:
    """The items of a stream: of events what is in their data, or these themselves (4.14.4 of OpenAPI 3.2)."""
    own, whole = join(media.pointer, "itemSchema"), join(media.pointer, "schema")
    schema = at(schemas, whole)[1]
    if media.codec.name == "EventObjects":
        return [one for one in _some(data, schemas, own) if _is_event(one)]
    if exists(schemas.document, own) or not isinstance(schema, dict):
        return _some(data, schemas, own)
    if schema.get("type") == "array":
        return drawn(data, schemas, whole)
    if media.codec.name == "JsonLines" and schema.get("type") == "string":
        return [{"a": 1}, "text"]  # all of the text, which says nothing of an item
    return _some(data, schemas, whole)


def _is_event(value: Any) -> bool:
    """Whether fields of an event can say a value: one line each but for data, and a number of milliseconds."""
    if not isinstance(value, dict) or "data" not in value or value.keys() - _FIELDS:
        return False
    lines = [value[name] for name in ("event", "id") if name in value]
    is_data = not isinstance(value["data"], str) or "\r" not in value["data"]
    is_line = all(isinstance(one, str) and not set(one) & set("\r\n") for one in lines)
    retry = value.get("retry", 0)
    return (
        is_data
        and is_line
        and isinstance(retry, int)
        and not isinstance(retry, bool)
        and retry >= 0
    )


def _some(data: DataObject, schemas: Schemas, pointer: str) -> list[Any]:
    found = (drawn(data, schemas, pointer) for _ in range(data.draw(st.integers(0, 3))))
    return [one for one in found if one is not NOTHING]


def with_files(schemas: Schemas, pointer: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a form, with bytes where the schema says so."""
    return {
        name: _file(schemas, _member(schemas, pointer, name), one) for name, one in value.items()
    }


def _file(schemas: Schemas, pointer: str, value: Any) -> Any:
    place, schema = at(schemas, pointer) if pointer else ("", None)
    if isinstance(value, list) and isinstance(schema, dict):
        return [_file(schemas, join(place, "items"), one) for one in value]
    is_file = isinstance(value, str) and is_binary(schema)
    return value.encode() if is_file else value


def _member(schemas: Schemas, pointer: str, name: str) -> str:
    """Where the schema of a member stands; "" if it has none."""
    place, schema = at(schemas, pointer)
    if not isinstance(schema, dict):
        return ""
    if name in (schema.get("properties") or {}):
        return join(place, "properties", name)
    bases = range(len(schema.get("allOf") or ()))
    return next(filter(None, (_member(schemas, join(place, "allOf", i), name) for i in bases)), "")

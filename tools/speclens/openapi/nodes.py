"""The nodes: OpenAPI's own objects (OpenAPI 3.2.0, section 4) with the fields that code is generated from.

A `pointer` is the place of an object itself, at the end of its references. A field that a document does not have, or has with
a value of the wrong JSON type, is None or empty. `extensions` has the fields that begin with `x-`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from speclens.names.operations import Called, Written, called
from speclens.openapi import naming
from speclens.source.pointer import join

ParameterKey = tuple[str, str]
"""What no two parameters of an operation share: location and name (section 4.12)."""
SecurityRequirement = Mapping[str, tuple[str, ...]]
"""The schemes that a request needs together, each with its scopes (section 4.30)."""


def parameter_key(location: str, name: str) -> ParameterKey:
    """The key of a parameter. Names of headers ignore case (section 4.12.2)."""
    return location, name.lower() if location == "header" else name


class LocatedSchema(NamedTuple):
    """The pointer of a schema, and what is there."""

    pointer: str
    value: Any


@dataclass(frozen=True, slots=True)
class InfoObject:
    """The metadata of a document (section 4.2)."""

    title: str | None
    version: str | None
    summary: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class ServerObject:
    """A Server Object (section 4.5). `variables` has the default of each variable, "" if it has none. `is_relative` says that
    the document wrote no host, also if it was read from an address, which has one."""

    url: str
    variables: Mapping[str, str]
    is_relative: bool


@dataclass(frozen=True, slots=True)
class TagObject:
    """A Tag Object (section 4.22)."""

    name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class SecuritySchemeObject:
    """A Security Scheme Object (section 4.27). `token_url` is that of its flow of client credentials (section 4.29)."""

    pointer: str
    type: str | None
    name: str | None
    location: str | None
    scheme: str | None
    token_url: str | None


@dataclass(frozen=True, slots=True)
class EncodingObject:
    """An Encoding Object (section 4.15)."""

    pointer: str
    content_type: str | None
    style: str | None
    explode: bool | None
    allow_reserved: bool | None

    @property
    def kind(self) -> str:
        """The first media type of `contentType`; "" if there is none."""
        return (self.content_type or "").partition(",")[0].strip()

    @property
    def has_style(self) -> bool:
        """Whether it says how a value is written without a media type."""
        return (self.style, self.explode, self.allow_reserved) != (None, None, None)


@dataclass(frozen=True, slots=True)
class MediaTypeObject:
    """A Media Type Object (section 4.14), with its media type or range as `name`. `owner` is the kind of the object that has
    it. `examples` are the values of `example` and of `examples`."""

    name: str
    pointer: str
    owner: str
    schema: LocatedSchema | None
    item_schema: LocatedSchema | None
    encodings: Mapping[str, EncodingObject]
    examples: tuple[Any, ...]
    extensions: Mapping[str, Any]

    @property
    def value_schema(self) -> LocatedSchema:
        """The schema of the whole value; if it has none, one that accepts everything."""
        return self.schema or LocatedSchema(join(self.pointer, "schema"), {})


@dataclass(frozen=True, slots=True)
class HeaderObject:
    """A Header Object (section 4.21), with its name as written."""

    name: str
    pointer: str
    description: str | None
    is_required: bool
    is_deprecated: bool
    schema: LocatedSchema | None
    content: tuple[MediaTypeObject, ...]

    @property
    def value_schema(self) -> LocatedSchema:
        """Its schema, or that of its one media type."""
        return _value_schema(self.pointer, self.schema, self.content)


@dataclass(frozen=True, slots=True)
class ParameterObject:
    """A Parameter Object (section 4.12). `content` is None if there is none; after `repair` it may have no media type."""

    pointer: str
    name: str
    location: str
    description: str | None
    is_required: bool
    is_deprecated: bool
    allow_empty_value: bool
    style: str | None
    explode: bool | None
    allow_reserved: bool
    schema: LocatedSchema | None
    content: tuple[MediaTypeObject, ...] | None
    example: Any
    extensions: Mapping[str, Any]

    @property
    def key(self) -> ParameterKey:
        """What tells it from all others of an operation."""
        return parameter_key(self.location, self.name)

    @property
    def value_schema(self) -> LocatedSchema:
        """Its schema, or that of its one media type."""
        return _value_schema(self.pointer, self.schema, self.content or ())


def _value_schema(
    pointer: str, schema: LocatedSchema | None, content: tuple[MediaTypeObject, ...]
) -> LocatedSchema:
    if content:
        return content[0].value_schema
    return schema or LocatedSchema(join(pointer, "schema"), {})


@dataclass(frozen=True, slots=True)
class RequestBodyObject:
    """A Request Body Object (section 4.13)."""

    pointer: str
    description: str | None
    is_required: bool
    content: tuple[MediaTypeObject, ...]


@dataclass(frozen=True, slots=True)
class ResponseObject:
    """A Response Object (section 4.17), with its status code, range or `default`. `headers` are by name as written."""

    status: str
    pointer: str
    description: str | None
    headers: tuple[HeaderObject, ...]
    content: tuple[MediaTypeObject, ...]


@dataclass(frozen=True, slots=True)
class OperationObject:
    """An Operation Object (section 4.10).

    `path` is the path of its Path Item Object, or the item's name if it is not one of the paths. `method` is in lower case,
    but as written in `additionalOperations`. `parameters` are in effect: those of the path item too. `servers` are its own,
    then those of its path item. `security` is None if that of the document holds. `is_internal` says
    whether it has `x-internal: true`, or its path item has.
    """

    pointer: str
    path: str
    method: str
    operation_id: str | None
    summary: str | None
    description: str | None
    tags: tuple[str, ...]
    is_deprecated: bool
    parameters: Mapping[ParameterKey, ParameterObject]
    body: RequestBodyObject | None
    responses: tuple[ResponseObject, ...]
    servers: tuple[ServerObject, ...]
    security: tuple[SecurityRequirement, ...] | None
    extensions: Mapping[str, Any]
    is_internal: bool

    @property
    def called(self) -> Called:
        """What it is called, and its resource and its method."""
        group = naming.given_name(self.extensions, naming.GROUPS)
        written = Written(
            self.operation_id or "", self.method.lower(), self.path, self.tags, group, self._is_list
        )
        found = called(written)
        method = naming.given_name(self.extensions, naming.METHODS)
        return replace(found, method=method) if method else found

    @property
    def _is_list(self) -> bool:
        """Whether it says itself that it answers with an array."""
        answers = (one for one in self.responses if one.status.startswith("2"))
        schemas = (media.schema for one in answers for media in one.content if media.schema)
        return any(
            isinstance(one.value, dict) and one.value.get("type") == "array" for one in schemas
        )

    def parameter_at(self, pointer: str) -> ParameterObject | None:
        """Its parameter at a pointer; None if that is no parameter of it."""
        return next((one for one in self.parameters.values() if one.pointer == pointer), None)

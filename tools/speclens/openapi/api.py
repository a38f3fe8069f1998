"""A document -> its nodes, each kind made at its first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from speclens.objects import Node, nodes, path_item_of
from speclens.openapi import parse, values
from speclens.openapi.nodes import (
    HeaderObject,
    InfoObject,
    MediaTypeObject,
    OperationObject,
    ParameterObject,
    SecurityRequirement,
    SecuritySchemeObject,
    ServerObject,
    TagObject,
)
from speclens.source.pointer import JsonObject, get, tokens

_WITH_SERVERS = frozenset(("document", "path-item", "operation"))


@dataclass(frozen=True)
class OpenApi:
    """A document (section 4.1), whose schemas are JSON in `document`, and its objects as nodes. Nobody changes the document
    after a node was asked for.

    `every_…` has the objects in document order, wherever they stand: in paths, webhooks, callbacks and components.
    """

    document: JsonObject

    @cached_property
    def info(self) -> InfoObject:
        """The metadata (section 4.2)."""
        return parse.info_object(self.document)

    @cached_property
    def tags(self) -> tuple[TagObject, ...]:
        """The tags that the document declares (section 4.22)."""
        return tuple(parse.tag_objects(self.document))

    @cached_property
    def servers(self) -> tuple[ServerObject, ...]:
        """The servers of the document itself (section 4.5)."""
        return parse.server_objects(self.document)

    @cached_property
    def security(self) -> tuple[SecurityRequirement, ...]:
        """The alternatives that hold for operations without any (section 4.30)."""
        return parse.requirements_of(self.document) or ()

    @cached_property
    def security_schemes(self) -> Mapping[str, SecuritySchemeObject]:
        """The security schemes of the components, by name (section 4.27)."""
        return parse.scheme_objects(self.document)

    @cached_property
    def operations(self) -> tuple[OperationObject, ...]:
        """The operations of the paths in the order of the paths, those of one path in that of `METHODS` (section 4.8). Two
        paths may refer to one path item."""
        return tuple(self._of_paths())

    def _of_paths(self) -> Iterator[OperationObject]:
        known = {one.pointer: one for one in self.every_operation}
        for path, pointer, own in parse.operations_of_paths(self.document):
            one = known.get(pointer) or parse.operation_object(self.document, pointer, own, path)
            yield one if one.path == path else replace(one, path=path)

    @cached_property
    def every_operation(self) -> tuple[OperationObject, ...]:
        """All operations (section 4.10)."""
        return tuple(
            parse.operation_object(
                self.document, one.pointer, one.value, _name_of_item(one.pointer)
            )
            for one in self._objects("operation")
        )

    @cached_property
    def every_parameter(self) -> tuple[ParameterObject, ...]:
        """All parameters (section 4.12)."""
        made = (
            values.parameter_object(self.document, one.pointer, one.value)
            for one in self._objects("parameter")
            if one.reference is None
        )
        return tuple(one for one in made if one is not None)

    @cached_property
    def every_header(self) -> tuple[HeaderObject, ...]:
        """All headers (section 4.21), each with the name that it has at its place."""
        made = (
            values.header_object(self.document, tokens(one.pointer)[-1], one.pointer, one.value)
            for one in self._objects("header")
            if one.reference is None
        )
        return tuple(one for one in made if one is not None)

    @cached_property
    def every_media_type(self) -> tuple[MediaTypeObject, ...]:
        """All media types of the content of something (section 4.14): those of components have no name."""
        return tuple(
            values.media_type_object(
                self.document, tokens(one.pointer)[-1], one.pointer, one.value, one.parent
            )
            for one in self._objects("media-type")
            if one.parent != "components"
        )

    @cached_property
    def every_server(self) -> tuple[ServerObject, ...]:
        """All servers of the document, of path items and of operations (section 4.5)."""
        return tuple(
            server
            for one in self._found
            if one.kind in _WITH_SERVERS
            for server in parse.server_objects(one.value)
        )

    @cached_property
    def _operations_by_pointer(self) -> dict[str, OperationObject]:
        return {one.pointer: one for one in (*self.operations, *self.every_operation)}

    def operation(self, pointer: str) -> OperationObject | None:
        """The operation at a pointer; None if there is no operation."""
        return self._operations_by_pointer.get(pointer)

    @cached_property
    def _parameters_by_pointer(self) -> dict[str, ParameterObject]:
        return {one.pointer: one for one in self.every_parameter}

    def parameter(self, pointer: str) -> ParameterObject | None:
        """The parameter at a pointer; None if there is no parameter."""
        return self._parameters_by_pointer.get(pointer)

    def media_type(self, name: str, pointer: str) -> MediaTypeObject:
        """The media type at a pointer. Raises KeyError if there is nothing."""
        return values.media_type_object(self.document, name, pointer, get(self.document, pointer))

    @cached_property
    def _names_by_content(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self._objects("media-type"):
            found.setdefault(one.pointer.rpartition("/")[0], []).append(tokens(one.pointer)[-1])
        return found

    def media_types_in(self, pointer: str) -> Sequence[str]:
        """The media types in a `content`, by its pointer; none if there is no `content`."""
        return self._names_by_content.get(pointer, ())

    @cached_property
    def _found(self) -> list[Node]:
        return [one for one in nodes(self.document, is_outermost=True) if one.kind != "schema"]

    def _objects(self, kind: str) -> Iterator[Node]:
        return (one for one in self._found if one.kind == kind)


def _name_of_item(pointer: str) -> str:
    return tokens(path_item_of(pointer))[-1]

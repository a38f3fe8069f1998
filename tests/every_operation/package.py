"""A document, the package that is generated of it, and what judges and makes values of its schemas."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis.strategies import SearchStrategy

from built import drafted, imported
from speclens import ir, judging, objects
from speclens.config import Config
from speclens.lower.ground.view import View, copied
from speclens.lower.rewrites import directions, events, lifting, parameters, views
from speclens.output import tidy
from speclens.source.load import Source
from speclens.source.pointer import JsonObject, exists, follow, get, join
from speclens.validate.dialect import validators
from speclens.verify.formats import formats_of
from speclens.verify.instances import instances
from speclens.verify.judges import readable, typed

Json = Any


@dataclass(frozen=True, slots=True)
class Schemas:
    """What the schemas of a document say: values to try, and what is valid."""

    document: JsonObject
    values: Callable[[str], SearchStrategy[Json]]
    accepts: Callable[[str, Json], bool]


@dataclass(frozen=True, slots=True)
class Package:
    """`schemas` are those of requests and answers, without older fields: of those are the laws of `speclens verify`."""

    document: JsonObject
    client: ir.Client
    module: ModuleType
    lifted: View
    schemas: Schemas


def package(source: Source, directory: Path) -> Package | None:
    """The package of a document; None if it has no operations. What of it is faulty is left out."""
    read = judging.read_document(source, True)
    if read.document.client is None:
        return None
    config = Config(Path(source.name), "pkg", Path(), "speclens generate", lenient=True)
    drafts = drafted(read.source, read.document, config)
    files = tidy.tidy({path: draft.text for path, draft in drafts.items()})
    module = imported(files, Path(tempfile.mkdtemp(dir=directory)), "client")
    document = read.source.value
    formats = formats_of(module._models) if hasattr(module, "_models") else {}
    lifted = lifting.lifted(document)
    schemas = _schemas(typed(lifted.document, formats), formats)
    return Package(document, read.document.client, module, lifted, schemas)


def _schemas(written: JsonObject, formats: Mapping[str, Callable[[str], bool]]) -> Schemas:
    view = parameters.without_compat(views.canonical(written).document, True)
    document = copied(directions.directed(View(view, {})).document)
    events.decode(document, {})
    judges = validators(readable(document), formats)
    judge = cache(judges)
    maker = instances(document)

    def accepts(pointer: str, value: Json) -> bool:
        try:
            return judge(pointer).is_valid(value)
        except ValueError:  # half of a surrogate pair is no JSON
            return False

    return Schemas(document, cache(maker), accepts)


# The document as the test reads it


@dataclass(frozen=True, slots=True)
class Parameter:
    """A Parameter Object, and where its schema stands."""

    value: JsonObject
    schema: str

    @property
    def name(self) -> str:
        return str(self.value["name"])

    @property
    def place(self) -> str:
        return str(self.value["in"])


def operations(document: JsonObject) -> list[tuple[str, str]]:
    """The operations of the paths of a document: method and path."""
    found = []
    for path, item in (document.get("paths") or {}).items():
        if path.startswith("/"):
            value = follow(document, join("#", "paths", path), item)[1]
            found += [(verb, path) for verb, _, _ in objects.operations(value)]
    return found


def template(operation: ir.Operation) -> str:
    """The path of an operation, without a fragment, and without what its query says of parameters that the document has
    as such (`?q={q}`)."""
    path, _, query = operation.template.partition("#")[0].partition("?")
    names = {one.name for one in operation.arguments if one.place == "query"}
    left = [
        one
        for one in query.split("&")
        if one and one not in {f"{name}={{{name}}}" for name in names}
    ]
    return f"{path}?{'&'.join(left)}" if left else path


def parameters_of(package: Package, operation: ir.Operation) -> Iterator[Parameter]:
    """The parameters of an operation: its own, and those of its path that it does not replace (4.8.9, 4.8.10). Of those
    that fold into others none is given."""
    found: dict[tuple[str, str], Parameter] = {}
    document = package.document
    folded = parameters.lifted_places(package.lifted).get(operation.pointer, "")
    for owner in (_path_item(document, operation), operation.pointer):
        for index, item in enumerate(get(document, owner).get("parameters") or ()):
            pointer, value = follow(document, join(owner, "parameters", index), item)
            schema = _schema(document, pointer, value)
            if folded:
                schema = join(folded, "properties", f"{value['in']}.{value['name']}")
            found[value["in"], _key(value)] = Parameter(value, schema)
    declared = {name for place, name in found if place == "path"}
    for name in re.findall(r"{([^{}]+)}", template(operation)):
        if name not in declared:  # a text, of which the document says no more
            found["path", name] = Parameter({"in": "path", "name": name}, "#/-")
    for one in found.values():
        if not folded or exists(package.schemas.document, one.schema):
            yield one


def _key(value: JsonObject) -> str:
    name = str(value["name"])
    return name.lower() if value["in"] == "header" else name


def _path_item(document: JsonObject, operation: ir.Operation) -> str:
    place = join("#", "paths", operation.template)
    return follow(document, place, get(document, place))[0]


def _schema(document: JsonObject, pointer: str, value: JsonObject) -> str:
    for name, media in (value.get("content") or {}).items():
        return join(follow(document, join(pointer, "content", name), media)[0], "schema")
    return join(pointer, "schema")


def responses_of(document: JsonObject, operation: ir.Operation) -> Iterator[tuple[str, str]]:
    """What an operation answers: status, and where the Response Object stands."""
    for status, value in (get(document, operation.pointer).get("responses") or {}).items():
        if not str(status).startswith("x-"):
            place = join(operation.pointer, "responses", status)
            yield (
                str(status).upper().replace("DEFAULT", "default"),
                follow(document, place, value)[0],
            )


def contents(document: JsonObject, pointer: str) -> Iterator[tuple[str, str, JsonObject]]:
    """The media types of a response or a body: name, pointer, Media Type Object."""
    for name, media in (get(document, pointer).get("content") or {}).items():
        place, value = follow(document, join(pointer, "content", name), media)
        yield name, place, value


def at(schemas: Schemas, pointer: str) -> tuple[str, Any]:
    """The place and the schema that a pointer leads to; None if there is none."""
    if not exists(schemas.document, pointer):
        return pointer, None
    return follow(schemas.document, pointer, get(schemas.document, pointer))

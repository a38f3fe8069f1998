"""The intermediate representation: the package to generate, in OpenAPI's own words, with every decision made.

Frozen values all the way down. Field names mean one thing everywhere: `name` is the wire name, `ident` a Python
identifier, `literal` repr-safe Python source, `annotation` a Python type expression, `pointer` the place in the
document as written. Text of a document appears in `literal` fields (quoted) and in `doc` fields (docstring source,
quoted) only; templates print both as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir import condition_printing, printing
from speclens.ir.compat import (
    Absent,
    Case,
    Check,
    Compat,
    Deprecation,
    EachFilling,
    Filling,
    Fold,
    Handling,
    Hub,
    HubField,
    ItemsFold,
    Judge,
    Lens,
    Member,
    Normalizer,
    ObjectFold,
    Rest,
    ShapeUse,
    Unfold,
    ValueFold,
)
from speclens.ir.conditions import (
    ALWAYS,
    VALUE,
    All,
    EachPart,
    Has,
    HasAny,
    HasItems,
    HasOthers,
    HasRepeats,
    IsFile,
    IsMultiple,
    IsOf,
    IsOneOf,
    IsWithin,
    Matches,
    Not,
    Operand,
    Some,
    Test,
    all_of,
    any_of,
    conjuncts,
)
from speclens.ir.operations import (
    Argument,
    Body,
    Client,
    Example,
    Input,
    Media,
    MethodDocs,
    Operation,
    Resource,
    Response,
    Scheme,
    Signature,
    SignatureParameter,
)
from speclens.ir.schemas import EnumMember, Property, Schema
from speclens.ir.tables import Edge, ShapeRow, ShapeTable
from speclens.ir.types import (
    AnyType,
    Array,
    Constants,
    Constraints,
    Literals,
    Map,
    Named,
    Primitive,
    Scalar,
    Tags,
    Tuple,
    Type,
    Union,
)
from speclens.ir.wire import ApiKey, Codec, Encoding, Http, Mark, OAuth2, Proof

__all__ = [
    "ALWAYS",
    "VALUE",
    "Absent",
    "All",
    "AnyType",
    "Api",
    "ApiKey",
    "Argument",
    "Array",
    "Body",
    "Case",
    "Check",
    "Client",
    "Codec",
    "Compat",
    "Constants",
    "Constraints",
    "Deprecation",
    "EachFilling",
    "EachPart",
    "Edge",
    "Encoding",
    "EnumMember",
    "Example",
    "Filling",
    "Fold",
    "Handling",
    "Has",
    "HasAny",
    "HasItems",
    "HasOthers",
    "HasRepeats",
    "Http",
    "Hub",
    "HubField",
    "Input",
    "IsFile",
    "IsMultiple",
    "IsOf",
    "IsOneOf",
    "IsWithin",
    "ItemsFold",
    "Judge",
    "LeftOut",
    "Lens",
    "Literals",
    "Map",
    "Mark",
    "Matches",
    "Media",
    "Member",
    "MethodDocs",
    "Module",
    "Named",
    "Normalizer",
    "Not",
    "OAuth2",
    "ObjectFold",
    "Operand",
    "Operation",
    "Package",
    "Primitive",
    "Proof",
    "Property",
    "Resource",
    "Response",
    "Rest",
    "Scalar",
    "Schema",
    "Scheme",
    "ShapeRow",
    "ShapeTable",
    "ShapeUse",
    "Signature",
    "SignatureParameter",
    "Some",
    "Tags",
    "Test",
    "Tuple",
    "Type",
    "Unfold",
    "Union",
    "ValueFold",
    "all_of",
    "any_of",
    "condition_printing",
    "conjuncts",
    "printing",
]


@dataclass(frozen=True, slots=True)
class Module:
    """A module that public names of the package are loaded from on first use: a few names in each of `lines`, every
    one followed by a space. `names` are given where not all of its are public, since a schema
    is called like one."""

    name: str
    lines: tuple[str, ...]
    names: tuple[str, ...]  # else empty


@dataclass(frozen=True, slots=True)
class Package:
    """The distribution that is generated. `title` and `summary` are one line of plain text, safe in comments,
    docstrings and Markdown; `description` is a TOML string; `modules` hold the public names."""

    name: str
    distribution: str
    version: str
    title: str
    description: str
    authors: str  # TOML; "" if nobody is named
    license: str  # TOML string; "" if none is named
    is_distribution: bool  # whether it is one of its own, or a package in a source tree
    modules: tuple[Module, ...]
    client: str  # class of the client, and of its twin for asyncio
    async_client: str
    caller: str  # that of the two that a package has, or the first one
    environment: str  # prefix of environment variables, safe in a string
    is_sync: bool  # whether it has a client that makes calls one after the other
    is_async: bool  # whether it has a client for asyncio and trio
    operations: str  # module that knows the operations
    has_requests: bool  # whether something in it makes or reads HTTP requests

    @property
    def is_called(self) -> bool:
        """Whether it has a client."""
        return self.is_sync or self.is_async

    @property
    def is_both(self) -> bool:
        """Whether it has both clients."""
        return self.is_sync and self.is_async


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the document that nothing is generated of, as a lenient configuration asks: its place, safe in a code
    span, and why, safe in a sentence."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Api:
    """An API as it will be generated."""

    title: str
    version: str
    doc: str
    schemas: tuple[Schema, ...]
    compat: Compat
    client: Client | None  # None where no operation can be generated
    left_out: tuple[LeftOut, ...] = ()
    built: tuple[
        str, ...
    ] = ()  # classes that are built when the models are imported, in this order

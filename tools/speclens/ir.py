"""The intermediate representation: what is generated, in OpenAPI's own words, with every decision made.

Frozen values all the way down. Field names mean one thing everywhere: `name` is the wire name, `ident` a Python
identifier, `literal` repr-safe Python source, `annotation` a Python type expression, `pointer` the place in the
document as written. Text of a document appears in `literal` fields (quoted) and in `doc` fields (docstring source,
quoted) only; templates print both as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

Scalar = str | int | float | bool | None


# Types of schemas: the allowlist of what reaches the model generator.


@dataclass(frozen=True, slots=True)
class AnyType:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """`name` is string, integer, number, boolean or null. `constraints` are JSON Schema keywords with their numbers."""

    name: str
    constraints: tuple[tuple[str, int | float | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Literals:
    """A closed enumeration (JSON Schema `enum`, `const`) of strings, integers, booleans and null."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array of one type of items. `constraints` as in Primitive."""

    item: Type
    constraints: tuple[tuple[str, int | float | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """An object with members of any name, all of one type."""

    value: Type


@dataclass(frozen=True, slots=True)
class Union:
    """Any of some types (JSON Schema `oneOf`, `anyOf`, a list of types)."""

    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to a schema that has a name of its own."""

    ident: str


Type = AnyType | Primitive | Literals | Array | Map | Union | Named


@dataclass(frozen=True, slots=True)
class Property:
    """A member of an object schema. `optional` means that it may be left out; null is a value like any other."""

    name: str
    ident: str
    pointer: str
    type: Type
    doc: str
    optional: bool
    alias: str  # literal of the wire name where it is not the identifier, else ""
    annotation: str = ""  # of the value; filled in by `models`


@dataclass(frozen=True, slots=True)
class Schema:
    """A named schema. An object has `properties` and becomes a class; anything else has `type` and becomes an alias."""

    name: str
    ident: str
    pointer: str
    place: str  # the pointer, safe in Markdown
    doc: str
    is_object: bool
    properties: tuple[Property, ...]
    closed: bool  # additionalProperties: false
    type: Type
    file: str = ""  # literal keyword arguments of the runtime's File, for an object that is one
    is_recursive: bool = False  # an alias that is made of itself
    annotation: str = ""  # of an alias; filled in by `models`


# Compatibility fields: what becomes normalizers.


@dataclass(frozen=True, slots=True)
class Check:
    """A fault of a shape's value that its canonical place would not find. `fails` is an expression over `value`."""

    fails: str
    at: str  # expression of the path of the fault
    rule: str  # literal
    message: str  # literal
    is_item: bool = False  # over `item`, for every item of the value
    each: str = ""  # expression of (key, part) pairs; `judge`, a function, checks each of them
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """A private function that checks the values of one place."""

    ident: str
    pointer: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A property that is folded in place."""

    key: str  # literal
    pointer: str
    fold: str  # ident of the function


@dataclass(frozen=True, slots=True)
class Absent:
    """A property some values of which mean "not given"."""

    key: str  # literal
    pointer: str
    test: str  # expression over `folded`, where the property is there


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a hub is given in."""

    key: str  # literal of its name, or tuple of the names on the way to it
    pointer: str
    fold: str  # ident, or None
    absent: str  # literal tuple of the values that mean "not given"
    deprecated: str  # ident of the constant, or None


@dataclass(frozen=True, slots=True)
class Hub:
    """A canonical property that others fold into; the first of the fields is its own."""

    pointer: str
    gather: str  # name of the runtime function
    fields: tuple[Field, ...]
    join: str  # expression of the function of the conflict policy
    needed: str  # literal: the message where nothing was given, or "" if the hub is optional


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to one kind of value. Exactly one of the is_ flags holds."""

    test: str  # expression over `value`; "" is always
    pointer: str
    is_object: bool = False
    is_array: bool = False
    is_map: bool = False
    is_shape: bool = False
    is_same: bool = False
    is_each: bool = False
    fold: str = ""  # ident: of the items, of the values, or of the value itself
    folds_items: bool = False  # of a shape: `fold` is for the items of its value
    members: tuple[Member, ...] = ()
    absents: tuple[Absent, ...] = ()
    hubs: tuple[Hub, ...] = ()
    rule: str = ""  # literal of the pointer that tells of the shape
    is_rename: bool = False
    checks: tuple[Check, ...] = ()
    used: str = ""  # literal: the members the template takes of an object, and theirs; "" where it takes all
    result: str = "value"  # expression over `value` (or `item`, for is_each)


@dataclass(frozen=True, slots=True)
class Fold:
    """A private function that folds the values of one schema."""

    ident: str
    pointer: str
    summary: str  # docstring source
    cases: tuple[Case, ...]
    expected: str  # literal message where no case holds; "" returns the value as it is


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to say a hub by a spoke: where `test` holds over `value`, `result` is what the spoke says."""

    pointer: str
    test: str
    result: str


@dataclass(frozen=True, slots=True)
class Unfold:
    """All ways to say one hub by one spoke, in declared order."""

    ident: str
    pointer: str
    hub: str  # literal pointer, as the caller writes it
    spoke: str  # literal
    lenses: tuple[Lens, ...]


@dataclass(frozen=True, slots=True)
class Normalizer:
    """The public functions of one schema. `denormalize` is "" where no hub can be said otherwise."""

    schema: str
    pointer: str
    ident: str
    doc: str
    fold: str
    denormalize: str
    denormalize_doc: str
    unfolds: tuple[Unfold, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal that the normalizers share."""

    ident: str
    literal: str


@dataclass(frozen=True, slots=True)
class Compat:
    """Everything of the normalizers module."""

    constants: tuple[Constant, ...]
    folds: tuple[Fold, ...]
    judges: tuple[Judge, ...]
    normalizers: tuple[Normalizer, ...]


# Operations: what becomes the client and the server.


@dataclass(frozen=True, slots=True)
class Argument:
    """A member of a request body, as a caller of the client gives it."""

    ident: str
    pointer: str
    annotation: str
    comment: str  # a comment's text, or ""
    is_required: bool


@dataclass(frozen=True, slots=True)
class Input:
    """What a caller may give where a named object is wanted: an instance, a mapping, an older shape."""

    ident: str
    pointer: str
    annotation: str
    model: str  # class


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that can be made, with a JSON object as its body and as its answer."""

    ident: str  # of the client's method
    handler: str  # ident of the server's method
    constant: str  # ident of what client and server know of it
    pointer: str
    method: str  # literal
    path: str  # literal
    name: str  # literal of the operationId, or of what stands for it
    doc: str
    params: str  # class of the arguments
    arguments: tuple[Argument, ...]
    names: str  # literal: argument -> wire name, where they differ
    defaults: str  # literal: what is sent where an argument is left out
    deprecated: str  # literal: argument -> what to say when it is given
    request: str  # class
    normalize: str  # ident of the function that folds a request
    response: str  # class
    fold: str  # ident of the function that folds a response


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations of one tag; `ident` is the client's attribute."""

    ident: str
    class_name: str
    pointer: str
    doc: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A call to show: of a method of a resource. `arguments` are literal keyword arguments, one by one."""

    resource: str  # ident
    method: str  # ident
    arguments: tuple[str, ...]
    is_file: bool  # whether the answer is one, to be saved


@dataclass(frozen=True, slots=True)
class Client:
    """Everything of the client and the server. `models`, `bodies` (those of them that are whole
    bodies) and `normalizers` are the names they need."""

    pointer: str
    base_url: str  # literal; empty where the document names no server with a host
    is_bearer: bool  # whether calls carry a key
    resources: tuple[Resource, ...]
    operations: tuple[Operation, ...]  # of all resources
    inputs: tuple[Input, ...]
    models: tuple[str, ...]
    bodies: tuple[str, ...]
    normalizers: tuple[str, ...]
    has_unfolded: bool  # whether a body has no normalizer
    example: Example


@dataclass(frozen=True, slots=True)
class Module:
    """A module that public names of the package are loaded from on first use: a few names in each of `lines`, every
    one followed by a space."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """The distribution that is generated. `title` and `summary` are one line of plain text, safe in comments,
    docstrings and Markdown; `description` is a TOML string; `modules` hold the public names."""

    name: str
    distribution: str
    version: str
    title: str
    description: str
    modules: tuple[Module, ...]
    client: str  # class of the client, and of its twin for asyncio
    async_client: str
    environment: str  # prefix of environment variables, safe in a string


@dataclass(frozen=True, slots=True)
class Document:
    """An API as it will be generated."""

    title: str
    version: str
    doc: str
    schemas: tuple[Schema, ...]
    compat: Compat
    client: Client | None  # None where no operation can be generated

"""Operations: what becomes the client and the server."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that can be made, with a JSON object as its body and as its answer."""

    ident: str  # of the client's method
    handler: str  # ident of the server's method
    constant: str  # ident of what client and server know of it
    pointer: str
    method: str  # literal
    path: str  # literal
    doc: str
    params: str  # class of the arguments
    arguments: tuple[Argument, ...]
    names: str  # literal: argument -> wire name, where they differ
    defaults: str  # literal: what is sent where an argument is left out
    request: str  # class
    normalize: str  # ident of the function that folds a request
    response: str  # class
    fold: str  # ident of the function that folds a response
    denormalize: (
        str  # ident of the function that says a request in older fields; "" where there are none
    )
    older: str  # literal: the ways to do so, pairs of a hub's pointer and a field


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
    """Everything of the client and the server. `bodies` are the classes of whole bodies, `normalizers` the functions
    that fold them."""

    pointer: str
    base_url: str  # literal; empty where the document names no server with a host
    is_bearer: bool  # whether calls carry a key
    resources: tuple[Resource, ...]
    operations: tuple[Operation, ...]  # of all resources
    inputs: tuple[Input, ...]
    bodies: tuple[str, ...]
    normalizers: tuple[str, ...]
    example: Example
    older: str  # expression: the ways of all operations to say requests in older fields; "" where there are none

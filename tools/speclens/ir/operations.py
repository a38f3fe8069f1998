"""Operations: what becomes the client and the server."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir import printing
from speclens.ir.types import Type
from speclens.ir.wire import Codec, Mark, Proof


@dataclass(frozen=True, slots=True)
class Argument:
    """Something that a caller of a method gives: a parameter, a member of the body, or the body as a whole."""

    name: str  # wire name
    place: str  # path, query, querystring, header, cookie; member or body; content-type
    ident: str
    pointer: str
    type: Type
    mark: Mark
    comment: str  # a comment's text, or ""
    is_required: bool

    @property
    def annotation(self) -> str:
        """The type as Python writes it, with the mark that puts the argument into a request, if it needs one."""
        type_ = printing.given(self.type)
        mark = printing.mark_source(self.place, self.name, self.ident, self.mark)
        return f"Annotated[{type_}, {mark}]" if mark else type_


@dataclass(frozen=True, slots=True)
class Input:
    """What a caller may give where a named object is wanted: an instance, a mapping, an older shape."""

    ident: str
    pointer: str
    type: Type

    @property
    def annotation(self) -> str:
        """The type as Python writes it."""
        return printing.given(self.type)


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body or an answer."""

    name: str  # as in the document
    pointer: str
    schema: str  # pointer of its schema; "" if it has none
    type: Type  # of the value that a caller gives or a server returns
    codec: Codec

    @property
    def codec_source(self) -> str:
        """The expression that makes the codec."""
        return printing.codec_source(self.codec)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: in one of several media types, the first one unless the caller says otherwise."""

    pointer: str
    argument: str  # ident of the argument that is all of it; "" where arguments are its members
    content: tuple[Media, ...]
    others: (
        str  # literal: further media types that say what the first one says; "" if there are none
    )
    is_choice: bool  # whether there are several
    is_required: bool


@dataclass(frozen=True, slots=True)
class Response:
    """What may be answered with a status, a range of them, or any other (`default`)."""

    status: str
    literal: str  # of the status
    pointer: str
    content: tuple[Media, ...]
    is_choice: bool  # whether there are several
    is_success: bool
    is_told: bool  # whether the client has to know of it
    is_unknown: bool  # whether a document says nothing of what it holds


@dataclass(frozen=True, slots=True)
class Operation:
    """One request that can be made."""

    name: str  # its operationId, or method and path where it has none
    ident: str  # of the client's method
    handler: str  # ident of the server's method
    constant: str  # ident of what client and server know of it
    pointer: str
    verb: str  # its method, in capitals
    template: str  # its path, as in the document
    method: str  # literal
    path: str  # literal
    place: str  # method and path, safe in Markdown
    doc: str
    is_deprecated: bool
    params: str  # class of the arguments
    arguments: tuple[Argument, ...]
    parameters: Codec | None  # folds and validates parameters that have compatibility fields
    defaults: str  # literal: what is sent where an argument is left out
    spokes: (
        str  # literal: the older fields that may be given for each of those; "" if there are none
    )
    body: Body | None
    responses: tuple[Response, ...]
    headers: str  # class of the headers that are answered; "" if the document says none
    result_type: Type  # of the result of a call
    is_plain: bool  # whether there is more to be answered than a stream
    stream_type: Type | None  # of the items of a stream, if a response may be one
    is_download: bool  # whether a success may be bytes, and no stream
    paging: str  # expression that asks for the next page; "" where there is none
    alternatives: tuple[
        tuple[str, ...], ...
    ]  # names of security schemes that are asked for together
    security: str  # literal, where it is not that of the client, else ""
    base_url: str  # literal, where it is not that of the client, else ""
    request: str  # class of a JSON body; "" if the server has no part of this operation
    response: str  # class of the answer
    stream_ident: str = ""  # of the client's method for a stream or a download; filled in where its resource is known

    @property
    def parameters_source(self) -> str:
        """The expression that makes the codec of the parameters; "" if there is none."""
        return printing.codec_source(self.parameters) if self.parameters else ""

    @property
    def result(self) -> str:
        """The annotation of the result of a call."""
        return printing.answered(self.result_type)

    @property
    def stream(self) -> str:
        """The annotation of the items of a stream; "" if no response is one."""
        return printing.answered(self.stream_type) if self.stream_type else ""

    @property
    def has_nulls(self) -> bool:
        """Whether None is sent for some of the arguments."""
        return any(one.mark.is_nullable for one in self.arguments)


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations of one tag; `ident` is the client's attribute."""

    ident: str
    class_name: str
    pointer: str
    doc: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme by its name in the document."""

    name: str  # literal
    pointer: str
    proof: Proof

    @property
    def expression(self) -> str:
        """The expression that makes the scheme."""
        return printing.proof_source(self.proof)


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
    base_url: str  # literal, with variables in braces; empty where the document names no server with a host
    variables: str  # literal: what stands in braces unless the caller says otherwise, by name; "" if nothing does
    variables_told: str  # the same as a code span of Markdown
    security: str  # literal: the alternatives that hold where an operation says nothing
    schemes: tuple[Scheme, ...]
    is_bearer: bool  # whether the server asks for a bearer token
    resources: tuple[Resource, ...]
    operations: tuple[Operation, ...]  # of all resources
    served: tuple[Operation, ...]  # those that the server has
    most_values: str  # literal: of a body that the server reads
    inputs: tuple[Input, ...]
    bodies: tuple[str, ...]
    normalizers: tuple[str, ...]
    example: Example
    has_datetimes: bool  # whether strings of some format are datetimes
    older: str  # expression: the ways of all operations to say requests in older fields; "" where there are none

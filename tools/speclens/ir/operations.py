"""Operations: what becomes the client and the server."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir import printing
from speclens.ir.types import Type
from speclens.ir.wire import Codec, Mark, Proof
from speclens.literals import literal, tuple_literal


@dataclass(frozen=True, slots=True)
class Argument:
    """Something that a caller of a method gives: a parameter, a member of the body, or the body as a whole."""

    name: str  # wire name
    place: str  # path, query, querystring, header, cookie; member, body or object (all members of it); content-type
    ident: str
    pointer: str
    type: Type  # of what may be sent
    mark: Mark
    doc: str  # plain text: what the document says of it
    is_required: bool  # whether the caller has to give it, or one of those that may replace it
    deprecation: str = ""  # plain text: that it is deprecated, since when, and what replaces it
    default: str = ""  # literal of what a method sends unless the caller says otherwise
    hub: tuple[str, str] | None = (
        None  # place and wire name of the argument that this older one folds into
    )
    older: tuple[str, ...] = ()  # idents of the older arguments that fold into this one

    @property
    def is_positional(self) -> bool:
        """Whether the caller need not name it."""
        return self.place in {"path", "body"}

    @property
    def full_doc(self) -> str:
        """All that is said of it, as plain text."""
        return ("\n\n" if "\n" in self.doc else " ").join(
            filter(None, (self.doc, self.deprecation))
        )

    @property
    def entry(self) -> str:
        """Its entry in the table of the arguments of an operation: the mark that puts it into a request."""
        mark = printing.mark_source(
            self.place, self.name, self.mark, self.is_required and not self.older
        )
        return f"{literal(self.ident)}: {mark}"


@dataclass(frozen=True, slots=True)
class SignatureParameter:
    """A parameter of a method of the client."""

    ident: str
    pointer: str
    type: Type
    default: str  # expression; "" if the caller has to give it

    @property
    def source(self) -> str:
        """The parameter as Python writes it."""
        return f"{self.ident}: {printing.given(self.type)}{self.default and f' = {self.default}'}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A way to call a method: its implementation, or an overload that says to type checkers which arguments go together.
    `deprecated` is the literal of a warning, "" if there is none."""

    positional: tuple[SignatureParameter, ...]
    keywords: tuple[SignatureParameter, ...]
    deprecated: str = ""
    is_overload: bool = False


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
    doc: str  # plain text: what the document says of it


@dataclass(frozen=True, slots=True)
class Response:
    """What may be answered with a status, a range of them, or any other (`default`)."""

    status: str
    literal: str  # of the status
    pointer: str
    content: tuple[Media, ...]
    doc: str  # plain text: what the document says of it
    is_choice: bool  # whether there are several
    is_success: bool
    is_told: bool  # whether the client has to know of it
    is_unknown: bool  # whether a document says nothing of what it holds


@dataclass(frozen=True, slots=True)
class MethodDocs:
    """The docstrings of the methods of an operation."""

    plain: str
    pages: str
    stream: str
    download: str
    served: str  # of the method of the server


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
    docs: MethodDocs
    is_deprecated: bool
    is_billed: bool  # whether a call costs money
    arguments: tuple[Argument, ...]
    signatures: tuple[Signature, ...]  # overloads, then the implementation
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
    # Of the client's methods for a stream or a download, and for pages; filled in where the resource is known.
    stream_ident: str = ""
    pages_ident: str = ""

    @property
    def base64(self) -> str:
        """The literal of the arguments whose bytes are sent in base64; "" if there are none."""
        found = tuple(one.ident for one in self.arguments if one.mark.is_base64)
        return tuple_literal(found) if found else ""

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


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations of one tag; `ident` is the client's attribute."""

    ident: str
    class_name: str
    pointer: str
    doc: str
    summary: str  # the first paragraph of `doc`, as a docstring too
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
    address: str  # the argument of the client that names a server, where the document names none; else ""
    is_file: bool  # whether the answer is one, to be saved


@dataclass(frozen=True, slots=True)
class Client:
    """Everything of the client and the server. `bodies` are the classes of whole bodies, `normalizers` the functions
    that fold them."""

    pointer: str
    base_url: str  # literal, with variables in braces; empty where the document names no server with a host
    base_path: str  # literal: what follows a host that the caller names; "" if nothing does
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
    older: tuple[str, ...]  # constants of the operations that can be written in older fields
    taken: frozenset[str] = (
        frozenset()
    )  # names of classes of the whole document, of parts that are left out too

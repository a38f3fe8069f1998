"""An operation: how its arguments become a request, and a response its result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter
from pydantic_core import to_json as _serialized

from ._arguments import (
    Draft,
    Member,
    Members,
    Omit,
    RequestOptions,
    in_base64,
    members_of,
    omit,
    refuse,
    refuse_unknown,
)
from ._errors import Answer, APIError, APIResponseValidationError, Unreadable
from ._payload import UNCHANGED, ArgumentError, Folding, PayloadError
from ._source_map import names_of

R = TypeVar("R")
_BYTES = "application/octet-stream"

_ANY = TypeAdapter[Any](
    Any, config={"ser_json_inf_nan": "constants"}
)  # else they become null in silence
_STRICT: Any = {"strict": True, "hide_input_in_errors": True}


def _plain(value: Any) -> dict[Any, Any]:
    """The members of a mapping that pydantic does not know. Raises TypeError for a value that is no JSON."""
    if isinstance(value, Mapping):
        return dict(value)
    why = "leave the member out" if isinstance(value, Omit) else "it is no JSON value"
    raise TypeError(f"{value!r:.100} cannot be sent: {why}")


to_json = partial(_ANY.dump_python, mode="json", exclude_unset=True, fallback=_plain)
MISFITS = (ValueError, OverflowError, RecursionError)
"""The errors of reading a response that contradicts the API document."""


def encoded(value: Any) -> bytes:
    """A JSON value as the client sends it (RFC 8259). Raises ValueError for a number that JSON cannot express."""
    text = _serialized(value)
    if b"NaN" in text or b"Infinity" in text:  # as a number, or as a word of a text
        json.dumps(value, allow_nan=False)
    return text


class Codec(Protocol):
    """The codec of a media type: from values to content, and back."""

    @property
    def media_type(self) -> str: ...

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of httpx for a value. Raises PayloadError."""
        ...

    def decode(self, answer: Answer) -> Any:
        """The value of a response. Raises ValueError."""
        ...


Codecs = Codec | tuple[Codec, ...] | None


class _Adapter:
    """A type that is no model, validated like one."""

    def __init__(self, annotation: Any) -> None:
        self._adapter = TypeAdapter[Any](annotation, config=_STRICT)
        self.core_config = _STRICT  # a model's is in its schema
        self.__pydantic_core_schema__ = self._adapter.core_schema

    def model_validate(self, value: Any, **options: Any) -> Any:
        return self._adapter.validate_python(value, **options)


@dataclass(frozen=True)
class Json:
    """JSON of a type."""

    annotation: Any
    media_type: str = "application/json"
    folding: Folding = UNCHANGED

    @cached_property
    def model(self) -> Any:
        """The validator of values."""
        is_model = isinstance(self.annotation, type) and issubclass(self.annotation, BaseModel)
        return self.annotation if is_model else _Adapter(self.annotation)

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        sent, extra = to_json(value), options.get("extra_body")
        payload = self.folding.sent({**sent, **extra} if extra else sent)
        payload.validate(self.model)
        return {"content": encoded(self.folding.written(payload.value, options))}

    def decode(self, answer: Answer) -> Any:
        result = self.judged(answer.json())
        if isinstance(result, BaseModel):
            vars(result)["_response"] = answer.response
        return result

    def judged(self, value: Any) -> Any:
        """A JSON value from a response, as its type. Raises ValueError."""
        return self.folding.read(value).validate(self.model)


def replaced(
    arguments: Mapping[str, Any], names: Mapping[str, str], found: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments, with the values that an object now holds for those with names in it."""
    others = {ident: value for ident, value in arguments.items() if ident not in names}
    return others | {ident: found[name] for ident, name in names.items() if name in found}


def chosen(codecs: Codecs, content_type: str) -> Codec | None:
    """The codec for a media type, also by its parameters if a codec names them.

    A media type of JSON that no codec names is read as JSON (RFC 6839); the first codec reads all others that none
    matches.
    """
    if not isinstance(codecs, tuple):
        return codecs
    whole = content_type.replace(" ", "").lower()
    kind = whole.partition(";")[0]
    known = [(codec.media_type.replace(" ", "").lower(), codec) for codec in codecs]
    known += [(told.partition(";")[0], codec) for told, codec in known]
    is_json = kind.endswith("+json")
    ranges = (f"{kind.partition('/')[0]}/*", *(("application/json",) if is_json else ()), "*/*")
    for wanted in (whole, kind, *ranges):
        for told, codec in known:
            if told == wanted:
                return codec
    return codecs[0]


def is_of(content_type: str, media_type: str) -> bool:
    """Whether a media type is another one, or in its range, whatever its parameters. All are bytes."""
    kind, known = (one.partition(";")[0].strip().lower() for one in (content_type, media_type))
    head, star, end = known.partition("*")
    return known in {kind, _BYTES} or (bool(star) and kind.startswith(head) and kind.endswith(end))


def _of_argument(error: ValueError, ident: str) -> ArgumentError:
    """The error of an argument that cannot be sent."""
    found = error if isinstance(error, ArgumentError) else ArgumentError(str(error))
    found.argument = ident
    return found


@cache
def _accept(operation: Operation[Any]) -> str:
    kinds: dict[str, None] = {}
    for status in sorted(operation.answers):
        codecs = operation.answers[status]
        several = codecs if isinstance(codecs, tuple) else (codecs,)
        kinds |= {codec.media_type: None for codec in several if codec}
    preferred, *others = kinds or ["*/*"]
    return ", ".join((preferred, *(f"{one};q=0.9" for one in others)))


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[R]):
    """An operation: its path, the marks of its arguments by their names, and its responses.

    Responses are by status, range of statuses (`4XX`) or `default`. A call sends the default of a member unless it has
    the member, or one of the older fields in `spokes`. If `security` and `base_url` are None, those of the client
    apply. `is_billed` says that a call costs money.
    """

    method: str
    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    base64: tuple[str, ...] = ()  # the arguments whose bytes are sent in it
    parameters: Any = None  # folds and judges those outside the body
    body: Codecs = None
    answers: Mapping[str, Codecs] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    spokes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needs_body: bool = True
    security: tuple[tuple[str, ...], ...] | None = None
    base_url: str | None = None
    is_billed: bool = False

    def draft(self, arguments: Mapping[str, Any]) -> Draft:
        """The request of some arguments.

        Raises TypeError for an unknown or a missing name, PayloadError for a wrong value.
        """
        draft, known = Draft(self.path), self.arguments.keys() | RequestOptions.__annotations__
        if not known >= arguments.keys():
            hint = "see extra_body" if self.body else "see extra_query"
            refuse_unknown(arguments, known, hint)
        coded = {ident: in_base64(arguments[ident]) for ident in self.base64 if ident in arguments}
        arguments = {**arguments, **coded} if coded else arguments
        given = self.parameters.folded(self.arguments, arguments) if self.parameters else arguments
        for ident, mark in self.arguments.items():
            if (value := given.get(ident)) is not None or (ident in given and mark.is_nullable):
                try:
                    mark.put(draft, ident, value)
                except ValueError as error:
                    raise _of_argument(error, ident) from None
            elif mark.is_required:
                raise TypeError(f"{ident!r} has to be given, and may not be None")
        if extra := arguments.get("extra_query"):
            self._add(draft, extra)
        self._fill(draft, arguments)
        return draft

    def spread(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a caller gave.

        The members of a body that is given as a whole are arguments like the others, if their values can be. Raises
        TypeError for a member that is given twice.
        """
        given = {ident: value for ident, value in arguments.items() if value is not omit}
        marks = self.arguments.items()
        whole = next((ident for ident, mark in marks if isinstance(mark, Members)), "")
        if given.get(whole) is None:
            return given
        rest = members_of(whole, given.pop(whole))
        is_empty = not rest
        for ident, name in self.members.items():
            if name in rest:
                mark = self.arguments[ident]
                is_said = ident in given and (given[ident] is not None or mark.is_nullable)
                if is_said and given[ident] != self.defaults.get(name, omit):
                    raise TypeError(f"{name!r} is given twice: as {ident!r}, and in {whole!r}")
                given.pop(ident, None)
                if rest[name] is not None or mark.is_nullable:
                    given[ident] = rest.pop(name)
        return {**given, whole: rest} if rest or is_empty else given

    def _add(self, draft: Draft, extra: Mapping[str, Any]) -> None:
        """Put the parameters that the API document does not list into the query."""
        marks = self.arguments.values()
        own = {mark.name: mark for mark in marks if mark.place == "query"}
        deep = {name for name, mark in own.items() if getattr(mark, "style", "") == "deepObject"}
        heads = (str(name).partition("[")[0] for name in extra)
        refuse("extra_query", [*extra, *deep.intersection(heads)], own)
        for name, value in extra.items():
            said = "" if value is None else value
            text = said if isinstance(said, str) else encoded(said).decode()
            draft.query.append(f"{quote(name, '')}={quote(text, '')}")

    def _fill(self, draft: Draft, arguments: Mapping[str, Any]) -> None:
        """Put the body into a request."""
        extra, codec = arguments.get("extra_body") or {}, self._written_by(draft)
        if extra:
            refuse("extra_body", extra, self.members.values())
        if codec and (draft.has_body or extra or self.needs_body):
            members = self._with_defaults(codec, draft.members, extra)
            value = draft.body if draft.has_body and not members else members
            try:
                draft.content = codec.encode(value, arguments)
            except RecursionError as error:
                raise ArgumentError("the body is nested too deep to be sent") from error
            except ValueError as error:
                raise self._of_members(error) from None
            told = draft.content.pop("content_type", draft.content_type) or codec.media_type
            if "files" not in draft.content:  # of these httpx tells the boundary
                draft.headers["content-type"] = told

    def _of_members(self, error: ValueError) -> ArgumentError:
        """An error of a body with the names of the arguments that have the values."""
        if not isinstance(error, ArgumentError):
            return ArgumentError(str(error))
        idents = {name: ident for ident, name in self.members.items()}

        def of(pointer: str) -> str:
            return idents.get(next(iter(names_of(pointer)), ""), "")

        error.argument = of(error.pointer)
        if isinstance(error, PayloadError):
            error.errors = tuple(replace(one, argument=of(one.pointer)) for one in error.errors)
        return error

    def _written_by(self, draft: Draft) -> Codec | None:
        """The codec of a body: the first one that holds files if there are any, unless the caller chooses another."""
        if draft.has_files and not draft.content_type and isinstance(self.body, tuple):
            return next(one for one in self.body if getattr(one, "has_files", False))
        codec = chosen(self.body, draft.content_type)
        if draft.content_type and not (codec and is_of(draft.content_type, codec.media_type)):
            several = self.body if isinstance(self.body, tuple) else (self.body,)
            told = " or ".join(one.media_type for one in several if one)
            raise ArgumentError(f"content_type has to be {told}", "content_type")
        return codec

    def _with_defaults(
        self, codec: Any, given: Mapping[str, Any], extra: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The given members, and the defaults of those that are not given and do not come from an older field."""
        names = given.keys() | extra.keys()
        unsaid = {name: value for name, value in self.defaults.items() if name not in names}
        if any(not names.isdisjoint(self.spokes.get(name, ())) for name in unsaid):
            # An older value may mean "not given": only the codec knows. It reads values once more, and iterators end.
            given = {
                name: [*one] if isinstance(one, Iterator) else one for name, one in given.items()
            }
            said = codec.folding.members({**given, **extra})
            unsaid = {name: value for name, value in unsaid.items() if name not in said}
        return {**unsaid, **given}

    @property
    def members(self) -> dict[str, str]:
        """The names of the arguments that are members of the body, by the names of these members."""
        marks = self.arguments.items()
        return {ident: mark.name for ident, mark in marks if isinstance(mark, Member)}

    def codec(self, response: httpx.Response) -> Codec | None:
        """The codec that reads a response."""
        status = str(response.status_code)
        declared = [key for key in (status, f"{status[0]}XX", "default") if key in self.answers]
        if not declared and response.is_success:
            declared = [key for key in self.answers if key[0] == "2"]
        found = self.answers[declared[0]] if declared else None
        if not isinstance(found, tuple):
            return found
        return chosen(found, response.headers.get("content-type", ""))

    @property
    def accept(self) -> str:
        """The media types of responses. The first one of a success is preferred to all others."""
        return _accept(self)

    def result(self, answer: Answer) -> R:
        """The result of a successful response. Raises APIResponseValidationError."""
        try:
            result: R = self._value(answer)
            return result
        except Unreadable as failure:
            raise self._billed(answer)._replace(failure=failure).error() from failure
        except MISFITS as error:
            told = str(error).replace("\n", "; ")
            message = f"not an answer of {self.path}: {told:.1000}"
            if not isinstance(error, ArgumentError):  # no JSON, or no text
                message += f" ({answer.shown()})"
            raise APIResponseValidationError(message, self._billed(answer), True) from error

    def _billed(self, answer: Answer) -> Answer:
        return answer._replace(is_billed=True) if self.is_billed else answer

    def _value(self, answer: Answer) -> Any:
        response = answer.response
        codec = self.codec(response) if response is not None else None
        is_204 = response is not None and response.status_code == 204
        return (
            None if codec is None or (is_204 and isinstance(codec, Json)) else codec.decode(answer)
        )

    def failure(self, answer: Answer) -> APIError | None:
        """The error that a response represents.

        It is None for a success, and for a status below 400 that the API document lists.
        """
        response = answer.response
        if response is not None and not answer.failure and self._is_listed(response):
            return None
        error = self._billed(answer).error()
        if not answer.failure:
            with suppress(Unreadable, *MISFITS):
                error.value = self._value(answer)
        return error

    def _is_listed(self, response: httpx.Response) -> bool:
        status = response.status_code
        return response.is_success or (status < 400 and str(status) in self.answers)

"""The docstrings of the methods of an operation, in Google's style: editors, notebooks and mkdocstrings read it."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence

from speclens import ir
from speclens.literals import comment, docstring, inline
from speclens.lower.operations.annotations import ANY
from speclens.lower.operations.signatures import stands_first
from speclens.lower.schemas.docs import begun
from speclens.lower.schemas.markup import plain_text
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject

_WIDTH = 88  # of docstrings that are indented by eight
_ERRORS = {
    "400": "BadRequestError", "401": "AuthenticationError", "403": "PermissionDeniedError", "404": "NotFoundError",
    "409": "ConflictError", "413": "RequestTooLargeError", "415": "UnsupportedMediaTypeError",
    "422": "UnprocessableEntityError", "429": "RateLimitError",
}  # fmt: skip
_SAY_NOTHING = frozenset(
    {
        "",
        "ok",
        "success",
        "successful response",
        "successful operation",
        "default response",
        "response",
    }
)
"""Descriptions of a result that say no more than that it is one."""


def method_docs(
    operation: OperationObject,
    arguments: Sequence[ir.Argument],
    responses: Sequence[ir.Response],
    headers: str,
) -> ir.MethodDocs:
    """The docstrings of an operation, as source. `headers` is the class of the headers that are answered, or ""."""
    head = list(_head(operation))
    listed = list(_arguments(arguments))
    raised = list(_raises(responses))
    told = list(_told_of_success(responses))
    returned = _section("Returns:", [*told, *_of_headers(headers)])

    def source(*parts: Iterable[str]) -> str:
        texts = ("\n".join(part) for part in map(list, parts) if part)
        return docstring(begun("\n\n".join(texts)), _WIDTH)

    whole = source(*([one] for one in head), listed, returned, raised)
    return ir.MethodDocs(
        plain=whole,
        pages=source(
            ["Request all pages, one after the other."],
            *([one] for one in head),
            listed,
            _section("Yields:", told),
            raised,
        ),
        stream=whole,
        download=source(
            ["Open the response, to iterate over or to save."],
            *([one] for one in head),
            listed,
            _section("Returns:", told),
            raised,
        ),
        served=source(*([one] for one in head)),
    )


def _head(operation: OperationObject) -> Iterator[str]:
    """The summary and the description; the request itself where the document says nothing."""
    told = (operation.summary, operation.description)
    summary, description = (plain_text((text or "").strip()) for text in told)
    if not summary and not description:
        yield f"{operation.method.upper()} {inline(operation.path)}."
        return
    if summary:
        yield summary if summary[-1] in ".!?" else f"{summary}."
    if description and description.rstrip(".") != summary.rstrip("."):
        yield description


def _arguments(arguments: Sequence[ir.Argument]) -> Iterator[str]:
    ordered = sorted(arguments, key=lambda one: (not one.is_positional, not stands_first(one)))
    if told := [one for one in ordered if one.full_doc]:
        yield "Args:"
        for one in told:
            yield from _entry(one.ident, one.full_doc)
        yield from _entry("**options", "Timeout, retries, extra headers: see `RequestOptions`.")


def _entry(name: str, text: str) -> Iterator[str]:
    """An entry of a section. What is longer than a line is indented once more."""
    first, *others = text.split("\n")
    yield from textwrap.wrap(
        f"{name}: {first}", _WIDTH, initial_indent="    ", subsequent_indent="        ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    for line in others:
        yield from [f"        {part}" for part in _lines(line, _WIDTH - 8)] or [""]


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _told_of_success(responses: Sequence[ir.Response]) -> Iterator[str]:
    yield from (one.doc for one in responses if one.is_success and not _says_nothing(one.doc))


def _of_headers(headers: str) -> list[str]:
    return [f"Its headers are `models.{headers}`."] if headers else []


def _section(name: str, texts: Sequence[str]) -> list[str]:
    """A section that tells of no names; nothing where there is nothing to tell."""
    lines = (line for text in dict.fromkeys(texts) for line in text.split("\n"))
    told = [
        f"    {part}" if part else "" for line in lines for part in _lines(line, _WIDTH - 4) or [""]
    ]
    return [name, *told] if told else []


def _says_nothing(text: str) -> bool:
    return text.strip(" .!").lower() in _SAY_NOTHING


def _raises(responses: Sequence[ir.Response]) -> Iterator[str]:
    """The errors that the document describes, by the class of each status. A client follows no redirect, so one that no
    success is beside is an error too."""
    found: dict[str, list[str]] = {}
    for one in responses:
        if one.is_success or one.status[0] in "12":
            continue
        types = list({media.type for media in one.content} - {ANY})
        model = ir.printing.answered(types[0], "models.") if len(types) == 1 else ""
        value = f" `error.value` is `{model}`." if model else ""
        told = one.doc if one.doc[-1:] in ("", ".", "!", "?") else f"{one.doc}."
        error, text = _error(one.status), f"{told}{value}".strip()
        is_of_class = error == _ERRORS.get(one.status) or not one.status[0].isdigit()
        found.setdefault(error, []).append(
            text if is_of_class or not text else f"{one.status}: {text}"
        )
    entries = [
        (name, " ".join(dict.fromkeys(filter(None, texts)))) for name, texts in found.items()
    ]
    if any(text for _, text in entries):
        yield "Raises:"
        for name, text in entries:
            yield from _entry(name, text or "See its `status_code`.")


def _error(status: str) -> str:
    if status[0] == "5":
        return "InternalServerError"
    return _ERRORS.get(status, "APIStatusError")


def resource_docs(api: OpenApi, name: str, tags: Collection[str]) -> str:
    """The docs of a resource, from its tag; where an extension named the resource, from the tags of its
    operations."""
    declared = {one.name: plain_text(one.description or "") for one in api.tags if one.name in tags}
    told = [declared[name]] if name in declared else dict.fromkeys(filter(None, declared.values()))
    usual = name if name in declared else f"Operations of {comment(name)}."
    return begun("\n\n".join(told) or usual)

"""`speclens show`: the methods and classes that speclens makes from a document, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens import ir
from speclens.literals import literal

Data = dict[str, Any]


def described(document: ir.Api, package: ir.Package, models: str = "_models.") -> Data:
    """The package of a document as JSON values: its client with every operation, and its schemas, each with its pointer in
    the document. The names of classes in types begin with `models`."""
    client = document.client
    return {
        "package": package.name,
        "client": package.client if package.is_sync else None,
        "async_client": package.async_client if package.is_async else None,
        "operations": list(_operations(client, models)) if client else [],
        "schemas": [
            {"pointer": one.pointer, "class": one.ident, "module": f"{package.name}.models"}
            for one in document.schemas
        ],
    }


def _operations(client: ir.Client, models: str) -> Iterator[Data]:
    for resource in client.resources:
        for one in resource.operations:
            yield {
                "operation_id": one.name,
                "method": one.verb,
                "path": one.template,
                "pointer": one.pointer,
                "call": f"{resource.ident}.{one.ident}",
                **(
                    {"stream_call": f"{resource.ident}.{one.stream_ident}"}
                    if (one.stream and one.is_plain) or one.is_download
                    else {}
                ),
                **({"pages_call": f"{resource.ident}.{one.pages_ident}"} if one.paging else {}),
                "parameters": [
                    {
                        "name": argument.name,
                        "in": argument.place,
                        "argument": argument.ident,
                        "required": argument.is_required,
                    }
                    for argument in one.arguments
                    if argument.place in {"path", "query", "querystring", "header", "cookie"}
                ],
                "body": list(_body(one)),
                "responses": {
                    response.status: [_answer(media, models) for media in response.content]
                    for response in one.responses
                },
                "headers": one.headers or None,
                "result": _result(one, models),
                "security": [list(names) for names in one.alternatives],
                "served": bool(one.request),
            }


def _answer(media: ir.Media, models: str) -> Data:
    type_ = ir.printing.answered(media.type, models)
    return {"media_type": media.name, "type": type_, "schema": media.schema}


def _result(operation: ir.Operation, models: str) -> str:
    """The type of what a call gives."""
    if operation.stream_type and not operation.is_plain:
        return f"Stream[{ir.printing.answered(operation.stream_type, models)}]"
    return ir.printing.answered(operation.result_type, models)


def _body(operation: ir.Operation) -> Iterator[Data]:
    body = operation.body
    for media in body.content if body else ():
        members = [one.ident for one in operation.arguments if one.place == "member"]
        given = {"argument": body.argument} if body and body.argument else {"arguments": members}
        yield {"media_type": media.name, **given, "schema": media.schema}


def first_call(document: ir.Api, package: ir.Package) -> str:
    """A call of a GET method that needs no argument, no key and no address; "" if there is none."""
    client = document.client
    if client is None or not package.is_sync or client.base_url == literal(""):
        return ""
    for resource in client.resources:
        for one in resource.operations:
            needs = one.alternatives or any(argument.is_required for argument in one.arguments)
            if one.verb == "GET" and not needs:
                return f"{package.client}().{resource.ident}.{one.ident}()"
    return ""


def as_table(data: Data) -> Iterator[str]:
    """The data as text: a line for each method of an operation, then a line for each schema, in columns."""
    client = data["client"] or data["async_client"]
    yield f"{data['package']}: {client or 'no client'}"
    yield from _columns(
        (
            f"{client}().{call}({', '.join(_arguments(one))})",
            f"-> {result}",
            f"{one['method']} {one['path']}",
        )
        for one in data["operations"]
        for call, result in _calls(one)
    )
    yield from _columns((one["class"], one["pointer"]) for one in data["schemas"])


def _calls(operation: Data) -> Iterator[tuple[str, str]]:
    """The methods of an operation, each with its result."""
    yield operation["call"], operation["result"]
    if "pages_call" in operation:
        yield operation["pages_call"], "page by page"
    if "stream_call" in operation:
        yield operation["stream_call"], "as it comes"


def _arguments(operation: Data) -> Iterator[str]:
    yield from (one["argument"] for one in operation["parameters"] if one["required"])
    for one in operation["body"][:1]:
        yield one.get("argument", "**body")
    if any(not one["required"] for one in operation["parameters"]):
        yield "…"


def _columns(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    widths = [min(max(map(len, column)), 60) for column in zip(*found, strict=True)]
    for row in [("",), *found] if found else ():
        yield "  ".join(
            text.ljust(width) for text, width in zip(row, widths, strict=False)
        ).rstrip()

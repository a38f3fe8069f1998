"""Lowering Operation Objects to what becomes the client and the server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from speclens import ir, names
from speclens.config.style import Style
from speclens.literals import docstring, inline, literal
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.view import View
from speclens.lower.operations import (
    bodies,
    docstrings,
    endpoints,
    examples,
    limits,
    media,
    paging,
    requests,
    responses,
    security,
    servers,
    signatures,
)
from speclens.lower.operations.annotations import ANY, Circles, needed_inputs
from speclens.lower.operations.arguments import Inputs
from speclens.lower.operations.endpoints import Endpoint
from speclens.lower.rewrites import headers, parameters
from speclens.lower.schemas import formats
from speclens.openapi.api import OpenApi
from speclens.openapi.selection import Selection
from speclens.problems import Finding
from speclens.source.pointer import follow, get, join

_OF_OBJECT = frozenset({"member", bodies.WHOLE, bodies.OPTION})


class Lowered(NamedTuple):
    """The client of a document, None if it has no operations; warnings on what the server leaves out; and all operations,
    those too that the client leaves out."""

    client: ir.Client | None
    warnings: tuple[Finding, ...]
    operations: tuple[ir.Operation, ...]


def lower(
    api: OpenApi, lifted: View, named: media.ModelNames, style: Style, selection: Selection
) -> Lowered:
    """The operations of a document, and the client of those that are selected. The others have their part in all names, so
    that no selection renames anything.

    `lifted` is the document with the parameters that x-compat is between as schemas; `style` says how schemas
    become types.
    """
    found = endpoints.named_endpoints(api)
    if not found:
        return Lowered(None, (), ())
    wanted = {_key(one) for one in found if selection.wants(one.operation)}
    inputs = Inputs(api, named, lifted, Circles(api.document, [ANY]), style)
    urls = servers.of_operations(api)
    places = parameters.lifted_places(lifted)
    told = {at: named.idents[place] for at, place in headers.lifted_headers(named.view).items()}
    resources: dict[str, list[ir.Operation]] = {}
    told_apart: dict[endpoints.RequestTarget, str] = {}
    owners: dict[str, str] = {}  # by the name of a resource the tag that came first
    tags: dict[str, dict[str, None]] = {}  # by that tag those of the operations
    for one in found:
        pointer = one.operation.pointer
        made = _operation(inputs, one, told.get(pointer, ""), places.get(pointer, ""))
        made = replace(made, base_url=urls[pointer] and literal(urls[pointer]))
        made = _told_apart(made, told_apart) if _key(one) in wanted else made
        tag = one.called.resource
        owner = owners.setdefault(endpoints.ident_of_resource(tag), tag)
        resources.setdefault(owner, []).append(made)
        tags.setdefault(owner, {owner: None}).update(dict.fromkeys(one.operation.tags[:1]))
    docs = {owner: docstrings.resource_docs(api, owner, own) for owner, own in tags.items()}
    whole = _resources(resources, docs, inputs.named.taken)
    every = tuple(operation for resource in whole for operation in resource.operations)
    if not wanted:
        return Lowered(None, (), every)
    client = _client(whole, security.scopes(api), inputs, wanted)
    client = servers.with_variables(client, api, urls.values())
    return Lowered(client, (*_unserved(client), *paging.unpaged(client, api.operations)), every)


def _key(one: Endpoint) -> tuple[str, str]:
    return one.operation.method.upper(), one.operation.path


# What is generated


def _operation(inputs: Inputs, found: Endpoint, heads: str, lifted: str) -> ir.Operation:
    operation, method = found.operation, found.operation.method.upper()
    request = requests.lower(inputs, operation)
    answers = responses.lower(inputs.named, operation)
    stream, is_plain = responses.stream(answers), responses.is_plain(answers)
    classes = _served(inputs, found, request, answers)
    pages = paging.paging(inputs.document, operation, request.arguments, answers)
    return ir.Operation(
        name=found.name,
        ident=names.method(found.called.method),
        handler=names.attribute(found.ident),
        constant=names.unused(found.constant, inputs.named.taken),
        pointer=operation.pointer,
        verb=method,
        template=operation.path,
        method=literal(method),
        path=literal(request.path),
        place=inline(f"{method} {operation.path}"),
        docs=docstrings.method_docs(operation, request.arguments, answers, heads),
        is_deprecated=operation.is_deprecated,
        is_billed=operation.extensions.get("x-billed") is True,
        arguments=request.arguments,
        signatures=signatures.signatures(request.arguments),
        parameters=media.of_parameters(inputs.named, lifted),
        defaults=literal(request.defaults) if request.defaults else "",
        spokes=literal(request.spokes) if request.spokes else "",
        body=request.body,
        responses=answers,
        headers=heads,
        result_type=responses.result_type(answers),
        is_plain=is_plain,
        stream_type=stream,
        is_download=responses.is_download(answers),
        paging=pages if is_plain else "",
        alternatives=security.requirements(inputs.api, operation),
        security=security.own(inputs.api, operation),
        base_url="",
        request=classes[0],
        response=classes[1],
    )


def _served(
    inputs: Inputs, found: Endpoint, request: requests.Request, answers: tuple[ir.Response, ...]
) -> tuple[str, str]:
    """The classes of body and answer, where both are JSON objects of one class and there is nothing else to an operation;
    else nothing: the server has no part of it."""
    success = [one for one in answers if one.is_success]
    is_plain = (
        all(one.place in _OF_OBJECT for one in request.arguments)
        and "{" not in found.operation.path
    )
    if not (request.members and request.body and is_plain and len(success) == 1):
        return "", ""
    sides = (request.body.content, success[0].content)
    wanted = security.requirements(inputs.api, found.operation)
    is_bearer = security.is_bearer(inputs.api, wanted)
    if any({one.codec.name for one in side} != {"Json"} for side in sides) or not is_bearer:
        return "", ""
    models = inputs.named.document
    found_classes = []
    for side in sides:
        places = {follow(models, one.schema, get(models, one.schema))[0] for one in side}
        place = min(places)
        known = len(places) == 1 and place in inputs.named.idents
        if not known or not is_class(models, place, get(models, place)):
            return "", ""
        found_classes.append(inputs.named.idents[place])
    return found_classes[0], found_classes[1]


def _told_apart(one: ir.Operation, known: dict[endpoints.RequestTarget, str]) -> ir.Operation:
    """An operation, of which the server has no part if an earlier one has the same requests. `known` names those."""
    if not one.request:
        return one
    target = endpoints.request_target(one.verb, one.template)
    if target in known:
        return replace(one, request="", response="")
    known[target] = one.name
    return one


def _unserved(client: ir.Client) -> Iterator[Finding]:
    """Warnings on the operations that the server has no part of."""
    if not client.served:  # a package without a server says so by not having one
        return
    known = {endpoints.request_target(one.verb, one.template): one.name for one in client.served}
    left = list[ir.Operation]()
    for one in client.operations:
        twin = known.get(endpoints.request_target(one.verb, one.template))
        if twin is None:
            left.append(one)
        elif not one.request:
            message = f"the server leaves out {one.name}: its requests are those of {twin}"
            yield Finding("operation/not-served", one.pointer, message, "", "warning")
    if left:
        which = f"{left[0].name} and {len(left) - 1} more" if len(left) > 1 else left[0].name
        message = f"the server leaves out {which}: it has operations with a JSON object as their body and as their answer"
        yield Finding("operation/not-served", left[0].pointer, message, "", "warning")


def _client(
    whole: tuple[ir.Resource, ...],
    scopes: security.Scopes,
    inputs: Inputs,
    wanted: Collection[tuple[str, str]],
) -> ir.Client:
    api, document = inputs.api, inputs.document
    resources = tuple(_selected(whole, wanted))
    every = tuple(operation for resource in resources for operation in resource.operations)
    served = tuple(one for one in every if one.request)
    usual = security.requirement(api, api.security)
    alternatives = [usual, *(one.alternatives for one in every)]
    asked = (name for one in alternatives for wanted in one for name in wanted)
    schemes = dict.fromkeys([*api.security_schemes, *asked])
    codecs = [one for operation in every for one in _codecs(operation)]
    folds = (name for one in codecs for name in (one.fold, one.denormalize) if name)
    older = tuple(one.constant for one in every if any(two.older for two in _codecs(one)))
    return ir.Client(
        pointer="#/info",
        base_url=literal(servers.of_document(api)),
        base_path=servers.path_of_document(api) and literal(servers.path_of_document(api)),
        variables="",
        variables_told="",
        security=security.source(usual),
        schemes=tuple(security.schemes(api, schemes, scopes)),
        is_bearer=any(one.alternatives for one in served),
        resources=resources,
        operations=every,
        served=served,
        most_values=f"{limits.most_values(document, _bodies(served)):_}",
        inputs=needed_inputs(inputs.used(), every),
        bodies=_sorted(name for one in served for name in (one.request, one.response)),
        normalizers=_sorted(folds),
        example=examples.call(inputs, resources[0]),
        has_datetimes=inputs.style.has_formats and formats.has_datetimes(document),
        older=older,
        taken=_taken(whole, inputs),
    )


def _taken(resources: Iterable[ir.Resource], inputs: Inputs) -> frozenset[str]:
    """The names that the client module of a whole document defines."""
    classes = (f"{start}{one.class_name}" for one in resources for start in ("", "Async"))
    return frozenset((*classes, *(one.ident for one in inputs.used())))


def _selected(
    resources: Iterable[ir.Resource], wanted: Collection[tuple[str, str]]
) -> Iterator[ir.Resource]:
    """The resources with some of their operations, by method and path."""
    for one in resources:
        kept = tuple(
            operation
            for operation in one.operations
            if (operation.verb, operation.template) in wanted
        )
        if kept:
            yield replace(one, operations=kept, pointer=kept[0].pointer)


def _bodies(served: Iterable[ir.Operation]) -> Iterator[str]:
    """The places of the schemas of bodies."""
    for operation in served:
        for media_type in operation.body.content if operation.body else ():
            yield join(media_type.pointer, "schema")


def _resources(
    made: Mapping[str, list[ir.Operation]], docs: Mapping[str, str], taken: Collection[str]
) -> tuple[ir.Resource, ...]:
    idents = names.distinct(made, endpoints.ident_of_resource)
    classes = names.distinct(made, endpoints.class_of_resource)
    twins = {name.removeprefix("Async") for name in taken if name.startswith("Async")}
    return tuple(
        ir.Resource(
            ident=idents[tag],
            class_name=names.unused(names.resource_class(classes[tag]), {*taken, *twins}),
            pointer=operations[0].pointer,
            doc=docstring(docs[tag], 92),
            summary=docstring(docs[tag].partition("\n\n")[0], 88),
            operations=endpoints.distinct_methods(operations),
        )
        for tag, operations in made.items()
    )


def _codecs(operation: ir.Operation) -> Iterator[ir.Codec]:
    if operation.parameters:
        yield operation.parameters
    if operation.body:
        yield from (one.codec for one in operation.body.content)
    yield from (one.codec for response in operation.responses for one in response.content)


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found)))

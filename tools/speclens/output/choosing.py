"""The parts of a document, and of the runtime, that a configuration asks for. Whatever stays keeps its name and its text."""

from __future__ import annotations

from dataclasses import replace

from speclens import ir
from speclens.config import Config
from speclens.output.prune import ClassMember


def has_client(document: ir.Api, config: Config) -> bool:
    """Whether a package has a client."""
    return document.client is not None and (config.has_sync or config.has_async)


def has_files(document: ir.Api) -> bool:
    """Whether a result may be saved as a file."""
    return any(schema.file for schema in document.schemas)


# Members of copied classes that serve one target, older fields, pages or patches. `prune` removes them from packages without
# these.
_OF_FETCHING: tuple[ClassMember, ...] = (("_limits", "Limits", "in_time"),)
_OF_SYNC: tuple[ClassMember, ...] = (
    ("_request", "Tokens", "answer"),
    ("_security", "_ClientCredentials", "answer"),
)
_OF_ASYNC: tuple[ClassMember, ...] = (
    ("_limits", "Limits", "scope"),
    ("_limits", "Limits", "_scope"),
    ("_request", "Tokens", "async_answer"),
    ("_security", "_ClientCredentials", "_async_lock"),
    ("_security", "_ClientCredentials", "async_answer"),
)
_OF_CLIENTS: tuple[ClassMember, ...] = (
    ("_types", "Model", "_response"),
    ("_types", "Model", "_request_id"),
)
_OF_OLDER: tuple[ClassMember, ...] = (("_arguments", "RequestOptions", "compat"),)
_OF_PAGES: tuple[ClassMember, ...] = (("_folding", "OlderArguments", "refolded"),)
_OF_PATCHES: tuple[ClassMember, ...] = (("_payload", "Folding", "patch"),)


def left_out(document: ir.Api, config: Config) -> frozenset[ClassMember]:
    """The members of copied classes that no target needs."""
    is_called, is_saved = has_client(document, config), has_files(document)
    is_sync, is_async = is_called and config.has_sync, is_called and config.has_async
    operations = document.client.operations if document.client else ()
    tables = (
        (_OF_SYNC, is_sync),
        (_OF_ASYNC, is_async),
        (_OF_FETCHING, is_sync or is_saved),  # models fetch files, whichever client gave them
        (_OF_CLIENTS, is_called or is_saved),
        (_OF_OLDER, bool(document.client and document.client.older)),
        (_OF_PAGES, any(one.paging for one in operations)),
        (_OF_PATCHES, any(one.body and _is_patch(one.body) for one in operations)),
    )
    return frozenset(one for members, is_needed in tables if not is_needed for one in members)


def _is_patch(body: ir.Body) -> bool:
    return any(media.codec.name == "MergePatch" for media in body.content)


def chosen(document: ir.Api, config: Config) -> ir.Api:
    """The parts of a document that are generated."""
    return _both_ways(_targeted(document, config), config)


def _targeted(document: ir.Api, config: Config) -> ir.Api:
    """The parts that the targets need. Whatever stays keeps its name and its text."""
    client = document.client
    if client and not config.has_server:
        client = replace(client, served=(), bodies=())
    if config.has_sync or config.has_async:
        return replace(document, client=client)
    # Files are saved, and headers read, by those who call.
    schemas = tuple(replace(one, file=()) for one in document.schemas if not one.is_headers)
    idents = {one.ident for one in schemas}
    built = tuple(ident for ident in document.built if ident in idents)
    if client and client.served:
        client = replace(client, operations=client.served, resources=())
    else:
        client = None
    return replace(document, client=client, schemas=schemas, built=built)


def _both_ways(document: ir.Api, config: Config) -> ir.Api:
    if config.denormalize:
        return document
    one_way = (replace(one, denormalize="", unfolds=()) for one in document.compat.normalizers)
    compat = replace(document.compat, normalizers=tuple(one_way))
    return replace(document, compat=compat, client=_one_way(document.client))


def _one_way(client: ir.Client | None) -> ir.Client | None:
    if client is None:
        return None
    resources = tuple(
        replace(one, operations=tuple(map(_without_way_back, one.operations)))
        for one in client.resources
    )
    operations = tuple(map(_without_way_back, client.operations))
    served = tuple(map(_without_way_back, client.served))
    return replace(client, resources=resources, operations=operations, served=served, older=())


def _without_way_back(operation: ir.Operation) -> ir.Operation:
    def plain(content: tuple[ir.Media, ...]) -> tuple[ir.Media, ...]:
        return tuple(replace(one, codec=_one_way_codec(one.codec)) for one in content)

    body = operation.body and replace(operation.body, content=plain(operation.body.content))
    responses = (replace(one, content=plain(one.content)) for one in operation.responses)
    return replace(
        operation,
        parameters=operation.parameters and _one_way_codec(operation.parameters),
        body=body,
        responses=tuple(responses),
    )


def _one_way_codec(codec: ir.Codec) -> ir.Codec:
    return replace(codec, denormalize="", older="")

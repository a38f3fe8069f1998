"""The table of output files, and the values that their templates receive."""

from __future__ import annotations

import builtins
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from speclens import ir
from speclens.config import Config
from speclens.config.settings import file_name
from speclens.literals import inline, prose, toml_string
from speclens.names import (
    ARGUMENT_NAMES,
    CLIENT_NAMES,
    COMPAT_NAMES,
    ERROR_NAMES,
    PAYLOAD_NAMES,
    pascal,
)
from speclens.output.choosing import chosen, has_client, has_files
from speclens.output.metadata import authors_source, version_of
from speclens.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class File:
    """An output file: its path in the output, its template, and the places of the document from which it is made.

    A verbatim file is a copy, with a header above it. `source` and `fix` stand in the header.
    """

    path: str
    template: str
    subjects: tuple[str, ...]
    is_verbatim: bool
    source: str
    fix: str


Subjects = Callable[[ir.Api], tuple[str, ...]]


def _info(document: ir.Api) -> tuple[str, ...]:
    return ("#/info",)


def _schemas(document: ir.Api) -> tuple[str, ...]:
    return (*_info(document), *(schema.pointer for schema in document.schemas))


def _no_subjects(document: ir.Api) -> tuple[str, ...]:
    return ()


Condition = Callable[[ir.Api, Config], bool]


def _always(document: ir.Api, config: Config) -> bool:
    return True


def _has_folds(document: ir.Api, config: Config) -> bool:
    return bool(document.compat.normalizers)


def _is_served(document: ir.Api, config: Config) -> bool:
    return document.client is not None and bool(document.client.served)


def _is_only_served(document: ir.Api, config: Config) -> bool:
    return _is_served(document, config) and not has_client(document, config)


def _operations(document: ir.Api) -> tuple[str, ...]:
    operations = document.client.operations if document.client else ()
    return (*_schemas(document), *(one.pointer for one in operations))


# path | template | subjects | condition. `prune` removes the copied code (`_*.py`) that a package does not use.
TABLE: tuple[tuple[str, str, Subjects, Condition], ...] = (
    ("pyproject.toml", "package/pyproject.toml.j2", _info, _always),
    ("README.md", "package/README.md.j2", _operations, _always),
    ("{package}/__init__.py", "package/__init__.py.j2", _operations, _always),
    ("{package}/py.typed", "package/py.typed.j2", _no_subjects, _always),
    ("{package}/models.py", "package/models.py.j2", _schemas, _always),
    ("{package}/_types.py", "package/_types.py", _no_subjects, _always),
    ("{package}/_enums.py", "package/_enums.py", _no_subjects, _always),
    ("{package}/_among.py", "package/_among.py", _no_subjects, _always),
    ("{package}/_headers.py", "package/_headers.py", _no_subjects, _always),
    ("{package}/_formats.py", "package/_formats.py", _no_subjects, _always),
    ("{package}/normalizers.py", "package/normalizers.py.j2", _schemas, _has_folds),
    ("{package}/_compat.py", "package/_compat.py", _no_subjects, _always),
    ("{package}/_payload.py", "package/_payload.py", _no_subjects, _always),
    ("{package}/_bounded.py", "package/_bounded.py", _no_subjects, _always),
    ("{package}/_gather.py", "package/_gather.py", _no_subjects, _always),
    ("{package}/_values.py", "package/_values.py", _no_subjects, _always),
    ("{package}/_patterns.py", "package/_patterns.py", _no_subjects, _always),
    ("{package}/_source_map.py", "package/_source_map.py", _no_subjects, _always),
    ("{package}/client.py", "package/client.py.j2", _operations, has_client),
    ("{package}/_operations.py", "package/_operations.py.j2", _operations, _is_only_served),
    ("{package}/server.py", "package/server.py.j2", _operations, _is_served),
    ("{package}/_transport.py", "package/_transport.py", _no_subjects, _always),
    ("{package}/_arguments.py", "package/_arguments.py", _no_subjects, _always),
    ("{package}/_operation.py", "package/_operation.py", _no_subjects, _always),
    ("{package}/_folding.py", "package/_folding.py", _no_subjects, _always),
    ("{package}/_offsets.py", "package/_offsets.py", _no_subjects, _always),
    ("{package}/_parameters.py", "package/_parameters.py", _no_subjects, _always),
    ("{package}/_bodies.py", "package/_bodies.py", _no_subjects, _always),
    ("{package}/_streams.py", "package/_streams.py", _no_subjects, _always),
    ("{package}/_pages.py", "package/_pages.py", _no_subjects, _always),
    ("{package}/_security.py", "package/_security.py", _no_subjects, _always),
    ("{package}/_errors.py", "package/_errors.py", _no_subjects, _always),
    ("{package}/_files.py", "package/_files.py", _no_subjects, _always),
    ("{package}/_limits.py", "package/_limits.py", _no_subjects, _always),
    ("{package}/_request.py", "package/_request.py", _no_subjects, _always),
    ("{package}/_fetch.py", "package/_fetch.py", _no_subjects, _always),
)


def package(whole: ir.Api, config: Config) -> ir.Package:
    """The distribution that a document becomes. A schema with a name of the runtime keeps the name; users then import the
    name of the runtime from its module."""
    client = _client_name(whole, config)  # which does not depend on what is left out
    document = chosen(whole, config)
    exports = {schema.ident: "models" for schema in document.schemas}
    for name, module in _own_exports(document, config, client):
        exports.setdefault(name, module)
    title = prose(document.title) or config.package
    return ir.Package(
        name=config.package,
        distribution=config.distribution_name,
        version=version_of(whole, config),
        title=title,
        description=toml_string(
            f"Python models of {' '.join(document.title.split()) or config.package}"
        ),
        authors=authors_source(config),
        license=toml_string(config.license) if config.license else "",
        is_distribution=config.layout == "distribution",
        modules=tuple(
            _module(
                module,
                tuple(sorted(name for name in exports if exports[name] == module)),
                is_told=module.startswith("_"),
            )
            for module in sorted(set(exports.values()))
        ),
        client=client,
        async_client=f"Async{client}",
        caller=client if config.has_sync else f"Async{client}",
        environment=config.package.upper(),
        is_sync=has_client(document, config) and config.has_sync,
        is_async=has_client(document, config) and config.has_async,
        operations="client" if has_client(document, config) else "_operations",
        has_requests=document.client is not None or has_files(document),
    )


def _module(name: str, names: tuple[str, ...], is_told: bool) -> ir.Module:
    lines = textwrap.wrap(" ".join(names), 80, break_long_words=False)
    return ir.Module(name, tuple(f"{line} " for line in lines), names if is_told else ())


def _client_name(document: ir.Api, config: Config) -> str:
    """The name of the client class, from the configuration or from the name of the package. Raises Refused if a configured
    name is taken."""
    schemas = {schema.ident for schema in document.schemas}
    others = document.client.taken if document.client else frozenset[str]()
    taken = schemas | others | {*CLIENT_NAMES, *dir(builtins)}
    name = config.client or pascal(config.package)
    if not {name, f"Async{name}"} & taken:
        return name
    if not config.client:
        return f"{name}Client"
    message = f"the client cannot be called {name!r}, since the package uses this name already"
    hint = f"choose another name, such as `{name}Client`"
    raise Refused([Problem("config/client", "error", "#", str(config.spec), 1, 1, message, hint)])


def _own_exports(document: ir.Api, config: Config, client: str) -> Iterator[tuple[str, str]]:
    if document.compat.normalizers or document.client:
        yield from ((name, "_payload") for name in PAYLOAD_NAMES)
    if document.compat.normalizers:
        yield from ((name, "_compat") for name in COMPAT_NAMES)
    for normalizer in document.compat.normalizers:
        yield normalizer.ident, "normalizers"
        if normalizer.denormalize:
            yield normalizer.denormalize, "normalizers"
    if has_client(document, config):
        yield from ((name, "client") for name in _client_exports(document, config, client))
        yield from ((name, "_errors") for name in ERROR_NAMES)
        yield from ((name, "_arguments") for name in ARGUMENT_NAMES)
    if has_files(document):
        yield "FileError", "_errors"
        yield "data_url", "_files"


def _client_exports(document: ir.Api, config: Config, client: str) -> Iterator[str]:
    resources = document.client.resources if document.client else ()
    classes = (client, *(one.class_name for one in resources))
    yield from classes if config.has_sync else ()
    yield from (f"Async{name}" for name in classes) if config.has_async else ()
    yield from (one.ident for one in (document.client.inputs if document.client else ()))


def files(document: ir.Api, config: Config) -> tuple[File, ...]:
    """The files that a document's package may have, in the order of the table."""
    return tuple(
        File(
            path=path.format(package=config.place),
            template=template,
            subjects=subjects(document),
            is_verbatim=template.endswith(".py"),
            source=inline(", ".join(map(file_name, (config.spec, *config.overlays)))),
            fix="speclens generate",
        )
        for path, template, subjects, condition in TABLE
        if condition(document, config) and (config.layout == "distribution" or "/" in path)
    )

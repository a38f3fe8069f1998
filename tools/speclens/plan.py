"""What is written: THE table of output files, and what their templates receive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from speclens import ir
from speclens.config import Config
from speclens.literals import inline, prose, toml


@dataclass(frozen=True, slots=True)
class File:
    """A file to be made: its path in the output, its template, and the places of the document it is made from.

    A verbatim file is copied, under the header. `source` and `fix` are what its header says.
    """

    path: str
    template: str
    subjects: tuple[str, ...]
    is_verbatim: bool
    source: str
    fix: str


Subjects = Callable[[ir.Document], tuple[str, ...]]


def _info(document: ir.Document) -> tuple[str, ...]:
    return ("#/info",)


def _schemas(document: ir.Document) -> tuple[str, ...]:
    return (*_info(document), *(schema.pointer for schema in document.schemas))


def _nothing(document: ir.Document) -> tuple[str, ...]:
    return ()


# path | template | subjects | only with compatibility fields
TABLE: tuple[tuple[str, str, Subjects, bool], ...] = (
    ("pyproject.toml", "package/pyproject.toml.j2", _info, False),
    ("README.md", "package/README.md.j2", _schemas, False),
    ("{package}/__init__.py", "package/__init__.py.j2", _schemas, False),
    ("{package}/py.typed", "package/py.typed.j2", _nothing, False),
    ("{package}/models.py", "package/models.py.j2", _schemas, False),
    ("{package}/_types.py", "package/_types.py", _nothing, False),
    ("{package}/normalizers.py", "package/normalizers.py.j2", _schemas, True),
    ("{package}/_compat.py", "package/_compat.py", _nothing, True),
    ("{package}/_source_map.py", "package/_source_map.py", _nothing, True),
)
_RUNTIME = ("CompatError", "Deprecation", "Drop", "Normalized", "PayloadError", "Rewrite")


def package(document: ir.Document, config: Config) -> ir.Package:
    """The distribution that a document becomes. A schema called as something of ours keeps its name; ours is then
    found in its module."""
    exports = {schema.ident: "models" for schema in document.schemas}
    if document.compat.normalizers:
        for name in _RUNTIME:
            exports.setdefault(name, "_compat")
        for normalizer in document.compat.normalizers:
            exports.setdefault(normalizer.ident, "normalizers")
            if normalizer.denormalize:
                exports.setdefault(normalizer.denormalize, "normalizers")
    title = prose(document.title) or config.package
    return ir.Package(
        name=config.package,
        distribution=config.package.replace("_", "-"),
        version=config.version,
        title=title,
        description=toml(f"Python models of {' '.join(document.title.split()) or config.package}"),
        exports=tuple(ir.Export(name, exports[name]) for name in sorted(exports)),
    )


def files(document: ir.Document, config: Config) -> tuple[File, ...]:
    """The files of a document's package, in the order of the table."""
    return tuple(
        File(
            path=path.format(package=config.package),
            template=template,
            subjects=subjects(document),
            is_verbatim=template.endswith(".py"),
            source=inline(config.spec.name),
            fix="speclens generate",
        )
        for path, template, subjects, only_compat in TABLE
        if document.compat.normalizers or not only_compat
    )

"""Removes the code of copied modules that a package does not use. A name counts as used wherever it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

Name = tuple[str, str]  # a module and a name in it; "" is the module itself
ClassMember = tuple[str, str, str]  # a module, a class in it, and a member of the class
NumberedLine = tuple[int, str]  # the former number of a line (from 0), and its text


@dataclass(frozen=True, slots=True)
class _ParsedModule:
    """A module: its imports from its package, its definitions, and its other statements."""

    tree: ast.Module
    imports: Mapping[str, Name]
    definitions: Mapping[str, ast.stmt]
    rest: tuple[ast.stmt, ...]
    gone: tuple[ast.stmt, ...]  # members of its classes that the package is without


def prune(
    texts: Mapping[str, str], copied: Collection[str], without: Collection[ClassMember] = ()
) -> dict[str, list[NumberedLine]]:
    """The lines of `copied` modules that a package (path -> Python text) uses, without modules that it does not use, and
    without some members of their classes. Raises SyntaxError, whose `filename` is the name of the module."""
    paths = {PurePosixPath(path).stem: path for path in texts}
    own = [module for module, path in paths.items() if path not in copied]
    read = _reader({module: texts[path] for module, path in paths.items()}, own, without)
    found = list(read("__init__").imports.values()) if "__init__" in paths else []
    for module in own:
        for node in read(module).tree.body:
            found += _resolved(_mentions(node), module, read(module).imports)
    used: dict[str, set[str]] = {}
    while found:
        module, name = found.pop()
        if module not in paths or module in own or name in used.get(module, ()):
            continue
        here = read(module)
        if module not in used:
            found += _uses(here.rest, module, here.imports)
        used.setdefault(module, set()).add(name)
        if name in here.definitions:
            found += _uses([here.definitions[name]], module, here.imports)
            found += ((module, other) for other in _registered(here, name))
        elif name in here.imports:
            found.append(here.imports[name])
    return {
        paths[module]: list(_rest(texts[paths[module]], read(module), names))
        for module, names in used.items()
        if names & (read(module).definitions.keys() | read(module).imports.keys())
    }


def _reader(
    texts: Mapping[str, str], own: Collection[str], without: Collection[ClassMember]
) -> Callable[[str], _ParsedModule]:
    """A function that parses a module once, when it is needed: a small package uses few of the copied modules. The next
    package needs copies of the same text, so their trees are kept; those of `own` modules may be large, and are not."""

    @cache
    def tree(module: str) -> ast.Module:
        return (ast.parse if module in own else _kept_tree)(texts[module], module)

    @cache
    def read(module: str) -> _ParsedModule:
        body = tree(module).body
        defined = {name: node for node in body if (name := _defined(node))}
        relative = _relative_imports if module in own else _kept_relative_imports
        imports = dict(_imports(relative(tree(module)), texts, tree))
        rest = tuple(node for node in body if not _defined(node))
        gone = list[ast.stmt]()
        for of, name, member in without:
            if of == module and isinstance(node := defined.get(name), ast.ClassDef):
                removed = _with_docs(node.body, member)
                gone += removed
                kept = [one for one in node.body if one not in removed]
                defined[name] = ast.ClassDef(
                    node.name, node.bases, node.keywords, kept, node.decorator_list
                )
        return _ParsedModule(tree(module), imports, defined, rest, tuple(gone))

    return read


def _with_docs(body: Sequence[ast.stmt], member: str) -> list[ast.stmt]:
    """A member of a class, and the text below it that documents it."""
    removed = [one for one in body if _defined(one) == member]
    docs = (two for one, two in pairwise(body) if one in removed and _is_text(two))
    return [*removed, *docs]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@lru_cache(maxsize=64)
def _kept_tree(text: str, module: str) -> ast.Module:
    return ast.parse(text, module)


def _registered(module: _ParsedModule, base: str) -> Iterator[str]:
    """The subclasses of a class that register themselves with it by a keyword argument, such as an error for a status."""
    for name, node in module.definitions.items():
        if isinstance(node, ast.ClassDef) and node.keywords:
            yield from (name for one in node.bases if isinstance(one, ast.Name) and one.id == base)


def _defined(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _imports(
    nodes: Iterable[ast.ImportFrom], texts: Collection[str], read: Callable[[str], ast.Module]
) -> Iterator[tuple[str, Name]]:
    """The names that a module imports from its package, each with its own module and name."""
    for node in nodes:
        of = node.module or ""
        for alias in node.names:
            if alias.name == "*" and of in texts:
                yield from ((name, (of, name)) for name in _public(read(of)))
            else:
                yield alias.asname or alias.name, (of, alias.name) if of else (alias.name, "")


def _relative_imports(tree: ast.Module) -> tuple[ast.ImportFrom, ...]:
    return tuple(
        node
        for node in _statements(tree.body)
        if isinstance(node, ast.ImportFrom) and node.level == 1
    )


_kept_relative_imports = lru_cache(maxsize=64)(_relative_imports)


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, and the statements inside them. `ast.walk` would visit all expressions as well."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, field, ()))
        for handler in getattr(node, "handlers", ()):
            yield from _statements(handler.body)


def _public(tree: ast.Module) -> list[str]:
    """The names that `import *` imports: those of `__all__`, else those that do not begin with an underscore."""
    listed = [node for node in tree.body if _defined(node) == "__all__"]
    names = [_defined(node) for node in tree.body]
    return _strings(listed[0]) if listed else [name for name in names if name[:1] not in {"", "_"}]


def _strings(node: ast.stmt) -> list[str]:
    return [str(inner.value) for inner in ast.walk(node) if isinstance(inner, ast.Constant)]


def _uses(nodes: Iterable[ast.stmt], module: str, imports: Mapping[str, Name]) -> Iterator[Name]:
    """What some statements of a copied module use."""
    for node in nodes:
        yield from _resolved(_kept_mentions(node), module, imports)


def _resolved(mentions: Iterable[Name], module: str, imports: Mapping[str, Name]) -> Iterator[Name]:
    for name, member in mentions:
        if not member:
            yield imports.get(name, (module, name))
        elif name in imports:
            yield imports[name][0], member


def _mentions(statement: ast.stmt) -> frozenset[tuple[str, str]]:
    """The names in a statement, each with a member of it, or with ""."""
    is_list = _defined(statement) == "__all__"
    found = {(name, "") for name in _strings(statement)} if is_list else set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name):
                found.add((name, ""))
            case ast.Attribute(value=ast.Name(id=name), attr=member):
                found.add((name, member))
            case ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, ast.Constant(value=quoted)]):
                found.update((name, "") for name in re.findall(r"\w+", str(quoted)))
    return frozenset(found)


_kept_mentions = lru_cache(maxsize=2048)(_mentions)


def _rest(text: str, module: _ParsedModule, used: Collection[str]) -> Iterator[NumberedLine]:
    """The lines without unused definitions, their documentation, and the comments directly above them."""
    lines: list[str | None] = [*text.split("\n")]
    for node in module.gone:
        first, end = _rows(node)
        lines[first:end] = [None] * (end - first)
    body = module.tree.body
    for node, after in zip(body, [*body[1:], None], strict=True):
        name = _defined(node)
        first, end = _rows(node)
        if name == "__all__":
            unused = "|".join(word for word in _strings(node) if word not in used) or " "
            for row in range(first, end):
                lines[row] = re.sub(rf"""["']({unused})["'],? *""", "", lines[row] or "")
        elif name and name not in used:
            while first > 1 and (lines[first - 1] or "").startswith("#"):
                first -= 1
            while first > 1 and not lines[first - 1]:
                first -= 1
            if after and _is_text(after):
                end = after.end_lineno or 0
            lines[first:end] = [None] * (end - first)
    return ((row, line) for row, line in enumerate(lines) if line is not None)


def _rows(node: ast.stmt) -> tuple[int, int]:
    """The first row of a statement (from 0), and the row after it."""
    top: ast.stmt = [*getattr(node, "decorator_list", ()), node][0]
    return top.lineno - 1, node.end_lineno or 0

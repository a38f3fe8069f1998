"""Of the modules that are copied, a package ships what it uses: names count as used wherever they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

Name = tuple[str, str]  # a module and a name in it; "" is the module itself
Line = tuple[int, str]  # where a line stood (from 0), and what it says


def prune(texts: Mapping[str, str], copied: Collection[str]) -> dict[str, list[Line]]:
    """What a package (path -> Python text) uses of its modules that are `copied`. Raises SyntaxError."""
    trees = {PurePosixPath(path).stem: ast.parse(text) for path, text in texts.items()}
    modules = {PurePosixPath(path).stem: path for path in copied}
    imports = {module: dict(_imports(tree, trees)) for module, tree in trees.items()}
    found = list(imports.get("__init__", {}).values())
    defined: dict[Name, ast.stmt] = {}
    for module, tree in trees.items():
        for node in tree.body:
            if module in modules and (name := _defined(node)):
                defined[module, name] = node
                # A class that is given something registers itself: an error for its status.
                found += [(module, name)] if getattr(node, "keywords", ()) else []
            else:
                found += _uses(node, module, imports[module])
    used = set[Name]()
    while found:
        module, name = place = found.pop()
        if place not in used:
            used.add(place)
            if place in defined:
                found += _uses(defined[place], module, imports[module])
            elif name in imports.get(module, {}):
                found.append(imports[module][name])
    return {
        path: list(_rest(texts[path], trees[module], {name for of, name in used if of == module}))
        for module, path in modules.items()
    }


def _defined(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _imports(tree: ast.Module, trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, Name]]:
    """The names that a module imports from its package, and whose they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            of = node.module or ""
            for alias in node.names:
                if alias.name == "*" and of in trees:
                    yield from ((name, (of, name)) for name in _public(trees[of]))
                else:
                    yield alias.asname or alias.name, (of, alias.name) if of else (alias.name, "")


def _public(tree: ast.Module) -> list[str]:
    """What `import *` brings: the names of `__all__`, else those that do not begin with an underscore."""
    listed = [node for node in tree.body if _defined(node) == "__all__"]
    names = [_defined(node) for node in tree.body]
    return _strings(listed[0]) if listed else [name for name in names if name[:1] not in {"", "_"}]


def _strings(node: ast.stmt) -> list[str]:
    return [str(inner.value) for inner in ast.walk(node) if isinstance(inner, ast.Constant)]


def _uses(tree: ast.stmt, module: str, imports: Mapping[str, Name]) -> Iterator[Name]:
    names = _strings(tree) if _defined(tree) == "__all__" else []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                names.append(name)
            case ast.Attribute(value=ast.Name(id=name), attr=member) if name in imports:
                yield imports[name][0], member
            case ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, ast.Constant(value=quoted)]):
                names += re.findall(r"\w+", str(quoted))
    yield from (imports.get(name, (module, name)) for name in names)


def _rest(text: str, tree: ast.Module, used: Collection[str]) -> Iterator[Line]:
    """The lines without unused definitions, what documents them, and the comments directly above."""
    lines: list[str | None] = [*text.split("\n")]
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        top: ast.stmt = [*getattr(node, "decorator_list", ()), node][0]
        name, first, end = _defined(node), top.lineno - 1, node.end_lineno or 0
        if name == "__all__":
            unused = "|".join(word for word in _strings(node) if word not in used) or " "
            for row in range(first, end):
                lines[row] = re.sub(rf"""["']({unused})["'],? *""", "", lines[row] or "")
        elif name and name not in used:
            while first > 1 and (lines[first - 1] or "").startswith("#"):
                first -= 1
            while first > 1 and not lines[first - 1]:
                first -= 1
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                end = after.end_lineno or 0
            lines[first:end] = [None] * (end - first)
    return ((row, line) for row, line in enumerate(lines) if line is not None)

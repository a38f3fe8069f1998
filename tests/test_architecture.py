"""The rules of ARCHITECTURE.md that a machine can check: who imports whom, who writes, what a template may do, sizes."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from speclens import ir
from speclens.commands import init
from speclens.output import plan

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / "tools" / "speclens"
TEMPLATES = ROOT / "templates"
GENERATED = ROOT / "generated"

# Each imports only from those before it.
ORDER = (
    "problems", "literals", "names", "config", "ir", "patterns", "source", "objects", "reading", "validate", "repair",
    "openapi", "lower", "judging", "output", "reporting", "tree", "cache", "digests", "project", "provenance", "loading",
    "folding", "mock", "verify", "show", "commands", "cli", "ending", "__main__",
)  # fmt: skip
# The wings of `lower`, likewise; outsiders know what is in `__all__` of each.
WINGS = ("ground", "rewrites", "compat", "schemas", "operations", "rules")
# Modules beside `__init__`.
MOST_IN_A_FOLDER = 15
# Who touches which library.
LIBRARIES = {
    "PIL": {"mock"},
    "anyascii": {"names"},
    "click": {"cli", "commands"},
    "datamodel_code_generator": {"output.models"},
    "hypothesis": {"verify"},
    "iregexp_check": {"source"},
    "jinja2": {"output.render"},
    "jsonpath_rfc9535": {"source"},
    "jsonschema_rs": {"folding", "patterns", "validate", "verify"},
    "platformdirs": {"cache"},
    "pydantic": {"verify"},
    "pydantic_core": {"patterns"},
    "ruff": {"output.tidy"},
    "starlette": {"mock"},
    "uvicorn": {"mock"},
    "yaml": {"commands", "source"},
}
# Who writes files: the output tree by `tree` alone, a project's first files by `commands.init`; the others in a temporary
# directory or the user's cache.
WRITERS = {"cache", "commands", "loading", "output.tidy", "tree"}
WRITES = {
    "fdopen", "mkdir", "mkstemp", "NamedTemporaryFile", "rename", "replace_file", "rmdir", "rmtree", "symlink_to",
    "touch", "unlink", "write_bytes", "write_text",
}  # fmt: skip
# Between source and tree nothing depends on when and where it runs.
PURE = {
    "literals",
    "names",
    "ir",
    "objects",
    "openapi",
    "validate",
    "repair",
    "lower",
    "judging",
    "output.matching",
    "output.makers",
    "output.marks",
    "output.plan",
    "output.models",
    "output.render",
    "output.prune",
}
IMPURE = {
    "datetime",
    "getpass",
    "locale",
    "platform",
    "random",
    "secrets",
    "socket",
    "time",
    "uuid",
}

# Functions of one name in several modules, each of which does the same: to another thing, or in another layer.
SAME_FUNCTIONS = {
    "bounded": "the document itself, or Refused beyond one kind of limit",
    "check": "the findings of one group of rules",
    "lift": "what an operation says becomes a component, in place",
    "load": "the Source of a file: its text, with overlays, with what it refers to",
    "loads": "the Source of a text",
    "lower": "the IR of one kind of thing",
    "main": "where a run begins",
    "parse": "the value of a text in one syntax, and its faults",
    "read": "the bytes of a file",
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


MODULES = {
    ".".join(path.relative_to(TOOLS).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(TOOLS.rglob("*.py"))
    if path != TOOLS / "__init__.py"
}
SPECLENS = sorted(MODULES)


def part(module: str) -> str:
    """The top-level module or package of the toolkit that a module belongs to."""
    return module.partition(".")[0]


def owner(module: str) -> str:
    """The part of the toolkit that a module is of; of those of `output` each is on its own."""
    return module if module.startswith("output.") else part(module)


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None or node.level
            prefix = "." * node.level + (node.module or "")
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def where(found: Callable[[str], object], modules: Iterable[str] = SPECLENS) -> dict[str, object]:
    """What is found in each of some modules, without those in which nothing is found."""
    return {module: wrong for module in modules if (wrong := found(module))}


# Imports


def test_import_order() -> None:
    def later(module: str) -> set[str]:
        own = ORDER.index(part(module))
        inner = {
            name.split(".")[1]
            for name in imports(parsed(MODULES[module]))
            if name.startswith("speclens.")
        }
        return {name for name in inner - {part(module), "__version__"} if ORDER.index(name) >= own}

    assert where(later) == {}


def test_order_names_every_module() -> None:
    assert {part(module) for module in SPECLENS} == set(ORDER)


def wing(name: str) -> str:
    """The wing of `lower` that a module or a name in it belongs to; "" for anything else."""
    path = name.removeprefix("speclens.").split(".")
    return path[1] if path[0] == "lower" and path[1:] and path[1] in WINGS else ""


def test_wings_import_in_order() -> None:
    def later(module: str) -> set[str]:
        found = {wing(name) for name in imports(parsed(MODULES[module]))} - {""}
        return {name for name in found if WINGS.index(name) > WINGS.index(wing(module))}

    assert where(later, filter(wing, SPECLENS)) == {}


def test_wings_are_small() -> None:
    inside = [module for module in SPECLENS if part(module) == "lower" and module != "lower"]
    assert {module.split(".")[1] for module in inside} == set(WINGS)


def test_a_folder_has_few_modules() -> None:
    sizes = Counter(path.parent for path in MODULES.values() if path.stem != "__init__")
    assert {folder: size for folder, size in sizes.items() if size > MOST_IN_A_FOLDER} == {}


def test_outsiders_know_the_faces_of_wings() -> None:
    faces = [f"speclens.lower.{name}" for name in WINGS]
    known = {*faces, *(f"{face}.{name}" for face in faces for name in import_module(face).__all__)}

    def beyond(module: str) -> set[str]:
        return {name for name in imports(parsed(MODULES[module])) if wing(name)} - known

    assert where(beyond, [module for module in SPECLENS if part(module) != "lower"]) == {}


def test_nothing_is_imported_in_a_circle() -> None:
    graph = {
        module: {
            name if name in MODULES else name.rpartition(".")[0]
            for full in imports(parsed(path))
            if full.startswith("speclens.") and (name := full.removeprefix("speclens."))
        }
        for module, path in MODULES.items()
    }
    done: set[str] = set()
    while ready := {
        module for module in graph if module not in done and graph[module] - {""} <= done | {module}
    }:
        done |= ready
    assert set(graph) - done == set()


# After `repair` every document has the one form of `reading/modern.py`.
WORDS_OF_VERSIONS = re.compile(r"\bis_[23]0\b|\bWAS_20\b|[\"'`]nullable[\"'`]|\bcollectionFormat\b")


@pytest.mark.parametrize(
    "module", [name for name in SPECLENS if ORDER.index(part(name)) >= ORDER.index("lower")]
)
def test_nothing_after_repair_asks_for_the_version(module: str) -> None:
    assert WORDS_OF_VERSIONS.findall(MODULES[module].read_text("utf-8")) == []


# After `repair` only `openapi` knows the fields of OpenAPI's own objects. Keywords that schemas have too are left out.
FIELDS = frozenset({
    "openapi", "info", "servers", "paths", "webhooks", "components", "security", "tags", "get", "put", "post", "delete", "options",
    "head", "patch", "trace", "query", "additionalOperations", "parameters", "requestBody", "responses", "callbacks", "operationId",
    "summary", "in", "name", "content", "schema", "style", "explode", "allowReserved", "allowEmptyValue", "headers", "links",
    "encoding", "itemSchema", "itemEncoding", "prefixEncoding", "contentType", "securitySchemes", "flows", "clientCredentials",
    "scheme", "bearerFormat", "openIdConnectUrl", "url", "variables", "schemas", "pathItems", "mediaTypes", "requestBodies",
    "version", "tokenUrl", "authorizationUrl", "deviceAuthorizationUrl", "scopes", "refreshUrl",
})  # fmt: skip
# What is called so elsewhere.
OTHER_FIELDS = {
    "lower.ground.x_compat": {"in", "name"},  # of `into`
    "lower.rewrites.directions": {"callbacks"},  # a token of a pointer
    "lower.rewrites.headers": {"callbacks"},  # a token of a pointer
    "lower.schemas.naming": {"parameters"},  # a token of a pointer
    "lower.operations.paging": {"in", "name"},  # of an input of x-speakeasy-pagination
    "lower.schemas.markup": {"name"},  # a group of a regular expression
    "mock": {"headers", "url"},  # of an ASGI message; a role of x-file
    "show": {"parameters", "schemas"},  # of its own output
}
OF_MAPPINGS = {"get", "pop", "setdefault"}


def fields(tree: ast.Module) -> Iterator[str]:
    """The constant names by which members of mappings are read, written, asked for or matched."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(
                func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(name)), *_]
            ) if attr in OF_MAPPINGS:
                yield name
            case ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()]):
                yield name
            case ast.MatchMapping(keys=keys):
                yield from (
                    one.value
                    for one in keys
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )
            case _:
                pass


@pytest.mark.parametrize(
    "module", [name for name in SPECLENS if ORDER.index(part(name)) >= ORDER.index("lower")]
)
def test_only_nodes_have_fields_of_openapi(module: str) -> None:
    found = FIELDS.intersection(fields(parsed(MODULES[module])))
    assert found == OTHER_FIELDS.get(module, set())


@pytest.mark.parametrize(
    "source",
    [
        "a['schema']", "a['schema'] = b", "a.get('schema')", "a.get('schema', {})", "a.pop('schema', None)", "'schema' in a",
        "'schema' not in a", "match a:\n    case {'schema': b}: ...", "del a['schema']",
    ],
)  # fmt: skip
def test_fields_are_found(source: str) -> None:
    assert list(fields(ast.parse(source))) == ["schema"]


def test_models_and_render_do_not_know_each_other() -> None:
    assert not any("render" in name for name in imports(parsed(MODULES["output.models"])))
    assert not any("models" in name for name in imports(parsed(MODULES["output.render"])))


def test_each_library_has_its_modules() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for module, path in MODULES.items():
        for name in imports(parsed(path)):
            library = name.partition(".")[0]
            if library not in sys.stdlib_module_names and library != "speclens":
                found[library].add(owner(module))
    assert dict(found) == LIBRARIES


def generated_modules() -> list[Path]:
    return sorted(GENERATED.rglob("*.py"))


# anyio is a requirement of httpx, and typing_extensions one of pydantic.
GENERATED_NEEDS = {"anyio", "httpx", "pydantic", "pydantic_core", "typing_extensions"}


def test_generated_code_imports_little() -> None:
    for path in generated_modules():
        found = {name.partition(".")[0] for name in imports(parsed(path)) if name[0] != "."}
        libraries = found - sys.stdlib_module_names
        # typing_extensions is a requirement of pydantic; only aliases made of themselves need it.
        needs = GENERATED_NEEDS | ({"starlette"} if path.stem == "server" else set())
        assert libraries <= needs, path.name
        if path.stem in {"__init__", "normalizers", "_compat", "_gather", "_source_map", "_values"}:
            assert libraries == set(), path.name


def test_generated_code_knows_nothing_of_the_toolkit() -> None:
    assert generated_modules()
    for path in generated_modules():
        assert not any(name.startswith("speclens") for name in imports(parsed(path)))


# The IR is data: what it prints for templates is read by nobody else.

PRINTED = {
    name
    for one in vars(ir).values()
    if isinstance(one, type)
    for name, member in vars(one).items()
    if isinstance(member, property) and member.fget.__annotations__["return"] == "str"
}
"""The properties of the IR that give Python source."""
READERS = [
    module for module in SPECLENS if part(module) in {"lower", "output", "show", "mock", "verify"}
]
PARSERS = {"output.models", "output.prune"}
"""Who parses Python: what other generators printed, and whole files."""


def is_printed(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in PRINTED


def readings(tree: ast.Module) -> Iterator[int]:
    """The lines in which something that the IR printed is compared, looked into, or given to something that reads text."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(
                map(is_printed, [left, *others])
            ):
                yield node.lineno
            case ast.Subscript(value=value) | ast.Attribute(value=value) if is_printed(value):
                yield node.lineno
            case ast.Call(func=ast.Attribute(), args=given) if any(map(is_printed, given)):
                yield node.lineno
            case _:
                pass


@pytest.mark.parametrize("module", [module for module in READERS if module not in PARSERS])
def test_nobody_reads_what_the_ir_printed(module: str) -> None:
    tree = parsed(MODULES[module])
    assert list(readings(tree)) == []
    assert "ast" not in set(imports(tree))


@pytest.mark.parametrize(
    "source",
    [
        "one.annotation.startswith('Literal[')", "one.annotation[0]", "'is_nullable' in one.annotation", "one.expression == 'Http()'",
        "re.findall(r'\\w+', one.annotation)", "ast.parse(case.test)", "one.codec_source.partition('(')",
    ],
)  # fmt: skip
def test_reading_what_the_ir_printed_is_found(source: str) -> None:
    assert list(readings(ast.parse(source)))


# Effects


def calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name


def test_only_tree_writes() -> None:
    found = {owner(module) for module, path in MODULES.items() if WRITES & set(calls(parsed(path)))}
    assert found == WRITERS


def test_pure_modules_ask_nothing_of_the_machine() -> None:
    def asked(module: str) -> set[str]:
        tree = parsed(MODULES[module])
        libraries = {name.partition(".")[0] for name in imports(tree)}
        functions = {"getenv", "now", "today", "perf_counter"}
        return libraries & (IMPURE | {"os"}) | functions.intersection(calls(tree))

    assert where(asked, [module for module in SPECLENS if owner(module) in PURE]) == {}


def test_no_state_outside_of_functions() -> None:
    def stated(module: str) -> bool:
        return any(isinstance(node, ast.Global) for node in ast.walk(parsed(MODULES[module])))

    assert where(stated) == {}


# Sizes and words


def test_modules_are_short() -> None:
    sizes = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: size for name, size in sizes.items() if size >= 300} == {}


def test_functions_are_short() -> None:
    def long(module: str) -> set[str]:
        return {
            node.name
            for node in ast.walk(parsed(MODULES[module]))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= 40
        }

    assert where(long) == {}


def classes(tree: ast.Module) -> Iterator[str]:
    """The classes, type aliases and type variables of a module, private ones too: a private class is no other thing
    than the public one of its name."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield name.lstrip("_")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                plain = name.lstrip("_")
                if plain[:1].isupper() and (len(plain) == 1 or not plain.isupper()):
                    yield plain
            case _:
                pass


def public_functions(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("_"):
                    yield name
            case _:
                pass


def in_several_modules(names: Callable[[ast.Module], Iterator[str]]) -> set[str]:
    counts = Counter(name for path in MODULES.values() for name in set(names(parsed(path))))
    return {name for name, count in counts.items() if count > 1}


def test_a_class_name_has_one_meaning() -> None:
    assert in_several_modules(classes) == set()


def test_a_function_name_has_one_meaning() -> None:
    assert in_several_modules(public_functions) == set(SAME_FUNCTIONS)


def test_classes_are_found() -> None:
    text = "class _A: ...\nB = list[int]\nT = TypeVar('T')\n_C: TypeAlias = int\nMOST = 1\nx = 2"
    assert list(classes(ast.parse(text))) == ["A", "B", "T", "C"]


def test_public_names_have_docstrings() -> None:
    def without(module: str) -> set[str]:
        tree = parsed(MODULES[module])
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        named = {module: tree, **{node.name: node for node in public}}
        return {name for name, node in named.items() if ast.get_docstring(node) is None}

    assert where(without) == {}


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module imports from others, defines or assigns to."""
    for node in tree.body:
        match node:
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case _:
                pass


def test_all_names_what_is_there() -> None:
    def missing(module: str) -> set[str]:
        tree = parsed(MODULES[module])
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items)):
                    return {ast.literal_eval(item) for item in items} - {*defined(tree)}
        return set()

    assert where(missing) == {}


def test_nothing_is_dead() -> None:
    """Every function and class of the toolkit is named somewhere else than where it is defined."""
    used: set[str] = set()
    homes: dict[str, str] = {}
    for module, path in MODULES.items():
        for node in ast.walk(parsed(path)):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    used.add(name)
                case ast.ImportFrom(names=aliases):
                    used |= {alias.name for alias in aliases}
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
                homes[node.name] = module
    assert {f"{module}.{name}" for name, module in homes.items() if name not in used} == set()


# Templates

ALL_TEMPLATES = sorted(p for p in TEMPLATES.rglob("*") if p.suffix in {".j2", ".jinja2"})
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Include, nodes.Name, nodes.Getattr,
    nodes.Filter, nodes.Not, nodes.Const,
)  # fmt: skip
FILTERS = {"mark", "indent"}


def relative(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def test_templates_only_print_loop_branch_and_include() -> None:
    for path in ALL_TEMPLATES:
        check_template(path)


def check_template(path: Path) -> None:
    template = Environment().parse(path.read_text("utf-8"))
    for node in template.find_all(nodes.Node):
        place = f"{relative(path)}:{node.lineno}"
        assert isinstance(node, ALLOWED), f"{place}: {type(node).__name__}"
        if isinstance(node, nodes.Filter):
            assert node.name in FILTERS, f"{place}: filter {node.name}"
            assert all(isinstance(argument, nodes.Const) for argument in node.args), place
        if isinstance(node, nodes.Include):
            assert isinstance(node.template, nodes.Const), place
        if isinstance(node, nodes.Output):
            assert not any(isinstance(printed, nodes.Const) for printed in node.nodes), place


def test_templates_say_what_they_receive() -> None:
    known = {"init": init, "ir": ir, "plan": plan}
    for path in ALL_TEMPLATES:
        first = path.read_text("utf-8").split("\n", 1)[0]
        assert first.startswith("{# receives: "), path
        assert first.endswith(" #}"), path
        if path.suffix == ".j2":
            for name in first.removeprefix("{# receives: ").removesuffix(" #}").split(", "):
                module, _, member = name.partition(".")
                assert hasattr(known[module], member), f"{path}: {name}"


def test_the_table_names_every_template() -> None:
    package = TEMPLATES / "package"
    there = {
        relative(path)
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == {template for _, template, *_ in plan.TABLE}


@pytest.mark.parametrize(
    "source",
    [
        "{{ a.b() }}", "{% if a == b %}{% endif %}", "{% set a = 1 %}", "{{ a ~ b }}", "{{ a + 1 }}", "{{ a | upper }}",
        "{% if a is defined %}{% endif %}", "{{ a[0] }}", "{% if a and b %}{% endif %}", "{{ a if b else c }}",
        "{% macro a() %}{% endmacro %}", "{% include a %}",
    ],
)  # fmt: skip
def test_the_lint_finds(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.j2"
    path.write_text(source)
    monkeypatch.setattr(sys.modules[__name__], "TEMPLATES", tmp_path)
    with pytest.raises(AssertionError):
        check_template(path)

"""Targets: a package has what they name and nothing else, and what stays is as in the whole package."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from built import HEAD, printed, source
from speclens import config, judging, reading
from speclens.config import Config
from speclens.output import choosing, tidy
from speclens.problems import Refused

ROOT = Path(__file__).parents[1]
FLAGSHIP = Config(ROOT / "openapi" / "routescope-images.yaml", "pkg", Path(), "speclens generate")
TARGETS = {
    "all": ("models", "client", "server"),
    "client": ("client",),
    "sync": ("models", "sync-client"),
    "async": ("models", "async-client"),
    "server": ("models", "server"),
    "models": ("models",),
}
PARTS = [name for name in TARGETS if name != "all"]
ITEM = {"$ref": "#/components/schemas/Item"}


def answered(content: Any, **more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "d", "content": content, **more}}}


# Together with the flagship (older fields, files) this has all that a client does.
REST = {
    **HEAD,
    "servers": [{"url": "https://{at}.example", "variables": {"at": {"default": "api"}}}],
    "security": [{"oauth": ["read"]}],
    "paths": {
        "/pages": {
            "get": {
                "x-fern-pagination": {"cursor": "$request.after", "next_cursor": "$response.next", "results": "$response.items"},
                "parameters": [{"name": "after", "in": "query", "schema": {"type": "string"}}],
                **answered({"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}),
            }
        },
        "/events": {"get": answered({"text/event-stream": {"schema": ITEM}})},
        "/file": {"get": answered({"application/octet-stream": {}})},
        "/items": {
            "post": {
                "security": [],
                "requestBody": {"required": True, "content": {"application/json": {"schema": ITEM}}},
                **answered({"application/json": {"schema": ITEM}}),
            }
        },
        "/headers": {
            "get": answered({"application/json": {"schema": ITEM}}, headers={"X-Rest": {"schema": {"type": "integer"}}})
        },
    },
    "components": {
        "schemas": {
            "Item": {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}},
            "Page": {"type": "object", "properties": {"next": {"type": "string"}, "items": {"type": "array", "items": ITEM}}},
        },
        "securitySchemes": {
            "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://t.example", "scopes": {"read": "r"}}}}
        },
    },
}  # fmt: skip
DOCUMENTS = ("flagship", "rest")


@cache
def package(document: str, name: str) -> Mapping[str, str]:
    """The files of a package with some targets, as they are written."""
    read = reading.load(FLAGSHIP.spec) if document == "flagship" else source(REST)
    drafts = printed(read, replace(FLAGSHIP, targets=TARGETS[name]))
    return tidy.tidy({path: draft.text for path, draft in drafts.items()})


def definitions(text: str) -> dict[str, str]:
    """The text of each definition of a module; of a class, that of its head and of each member."""
    lines = text.split("\n")
    return {
        name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for name, node in _named(text)
    }


def _named(text: str) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.parse(text).body:
        for name in _names(node):
            if isinstance(node, ast.ClassDef):
                yield from (
                    (f"{name}.{one}", inner) for inner in node.body for one in _names(inner)
                )
            else:
                yield name, node


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            pass


def heads(text: str) -> dict[str, list[str]]:
    """The bases of each class."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return {
        node.name: [ast.unparse(one) for one in (*node.bases, *node.keywords)] for node in nodes
    }


def is_told(target: str, path: str, name: str) -> bool:
    """The differences that there are: what a package exports, and what the asynchronous client takes from the other one."""
    is_public = path == "__init__.py" and name in {"_NAMES", "__all__"}
    of_other = {
        "_base_url",
        "_variables",
        "_environment",
        "_user_agent",
        "_schemes",
        "_security",
        "_older",
    }
    is_taken = path == "client.py" and name.partition(".")[2] in of_other
    return is_public or name == "__all__" or (target == "async" and is_taken)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("target", PARTS)
def test_what_stays_is_as_in_the_whole_package(target: str, document: str) -> None:
    whole, part = package(document, "all"), package(document, target)
    for path in part.keys() - {"README.md", "pyproject.toml", "py.typed"}:
        # Without a client the operations have a module of their own.
        of = whole["client.py" if path == "_operations.py" else path]
        here, there = definitions(part[path]), definitions(of)
        differ = {name for name in here if here[name] != there.get(name)}
        assert {name for name in differ if not is_told(target, path, name)} == set(), path
        if target not in {"models", "server"}:  # in these, results save no files
            assert heads(part[path]).items() <= heads(of).items(), path
        if differ <= {"__all__"} and here.keys() == there.keys() and path == "models.py":
            assert target in {"models", "server"} or part[path] == of


def test_a_part_has_nothing_of_the_others() -> None:
    def told(target: str, *words: str) -> list[str]:
        texts = [text for document in DOCUMENTS for text in package(document, target).values()]
        return [line for text in texts for line in text.split("\n") for one in words if one in line]

    assert told("client", "starlette", "[server]", "class Handler", "_operations.py") == []
    assert told("models", "starlette", "httpx", "anyio", "[server]", "client", "APIError") == []
    assert told("server", "SyncClient", "AsyncClient") == []
    assert told("sync", "await ", "async def", "import anyio", "class AsyncClient") == []
    assert told("async", "SyncClient", "time.sleep") == []


def test_the_members_that_targets_leave_out_exist() -> None:
    """A member that was renamed would stay, and nobody would notice."""
    empty = judging.read_document(source({**HEAD, "paths": {}})).document
    gone = choosing.left_out(empty, replace(FLAGSHIP, targets=("models",)))
    runtime = ROOT / "templates" / "package"
    texts = {module: (runtime / f"{module}.py").read_text("utf-8") for module, _, _ in gone}
    known = {module: definitions(text) for module, text in texts.items()}
    assert len(gone) > 5
    assert [one for one in gone if f"{one[1]}.{one[2]}" not in known[one[0]]] == []


def test_metadata_names_what_is_needed() -> None:
    def needs(target: str) -> tuple[list[str], list[str]]:
        project = tomllib.loads(package("flagship", target)["pyproject.toml"])["project"]
        libraries = [one.partition(">")[0] for one in project["dependencies"]]
        return libraries, list(project.get("optional-dependencies", ()))

    assert needs("all") == needs("server") == (["httpx", "pydantic"], ["server"])
    assert needs("client") == needs("sync") == needs("async") == (["httpx", "pydantic"], [])
    assert needs("models") == (["pydantic"], [])


ABSENT = {
    "client": "starlette",
    "sync": "starlette",
    "async": "starlette",
    "models": "starlette httpx anyio",
    "server": "",
}
PROBE = """
import importlib, pathlib, sys
for name in sys.argv[2].split():
    sys.modules[name] = None
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    importlib.import_module(f"{sys.argv[1]}.{path.stem}" if path.stem != "__init__" else sys.argv[1])
package = sys.modules[sys.argv[1]]
print(*(name for name in package.__all__ if getattr(package, name) and "Images" in name))
"""


@pytest.mark.parametrize("target", PARTS)
def test_a_part_needs_none_of_the_other_libraries(target: str, tmp_path: Path) -> None:
    _written(tmp_path, f"only_{target}", package("flagship", target))
    command = [sys.executable, "-c", PROBE, f"only_{target}", ABSENT[target]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    classes = {"client": "AsyncImages Images ", "sync": "Images ", "async": "AsyncImages "}
    assert (done.stdout, done.stderr) == (f"{classes.get(target, '')}ImagesResponse\n", "")


def test_parts_are_typed(tmp_path: Path) -> None:
    """One run for all, since mypy takes long to begin."""
    options = ["--strict", "--config-file=", "--cache-dir", str(ROOT / ".mypy_cache" / "targets")]
    for document in DOCUMENTS:
        for target in ("sync", "async", "models", "server"):
            _written(tmp_path, f"{document}_{target}", package(document, target))
    packages = [word for path in sorted(tmp_path.iterdir()) for word in ("-p", path.name)]
    command = [sys.executable, "-m", "mypy", *options, *packages]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Success: no issues found"), done.stdout


def _written(directory: Path, name: str, files: Mapping[str, str]) -> None:
    place = directory / name
    place.mkdir()
    for path, text in files.items():
        if path.endswith(".py"):
            place.joinpath(path).write_text(text, "utf-8")


@pytest.mark.parametrize("target", PARTS)
def test_names_do_not_depend_on_targets(target: str) -> None:
    """A schema takes the name of the client, and no target gives it back."""
    taken = replace(FLAGSHIP, package="image", targets=TARGETS[target])
    client = printed(reading.load(FLAGSHIP.spec), taken).get("client.py")
    if client:
        found = heads(client.text).keys() & {"ImageClient", "AsyncImageClient"}
        wanted = {"sync": {"ImageClient"}, "async": {"AsyncImageClient"}}
        assert found == wanted.get(target, {"ImageClient", "AsyncImageClient"})


def test_targets_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    table = '[tool.speclens]\nspec = "a.yaml"\npackage = "pets"\noutput = "out"\ntargets = '
    for text, message in (
        ('["clients"]', "'clients' is not a value of `targets`"),
        ("[]", "`targets` names nothing"),
        ('"client"', "`targets` must be a list of strings"),
    ):
        path.write_text(table + text)
        with pytest.raises(Refused) as refused:
            config.load_configs(path)
        [problem] = refused.value.problems
        assert (problem.message, problem.line) == (message, 5)


def test_the_lock_knows_targets_by_what_they_mean() -> None:
    def shown(*targets: str) -> str | None:
        return replace(FLAGSHIP, targets=targets).shown.get("targets")

    assert shown(*TARGETS["all"]) is None
    assert shown("server", "async-client", "sync-client") is None
    assert (
        shown("client") == shown("async-client", "sync-client") == "models sync-client async-client"
    )
    assert shown("models") == "models"


def test_a_package_without_older_fields_knows_nothing_of_them() -> None:
    files = package("rest", "all")
    assert "class Handler" in files["server.py"]
    assert {"normalizers.py", "_compat.py", "_gather.py", "_folding.py"}.isdisjoint(files)
    mentions = {
        (path, word)
        for path, text in files.items()
        for word in ("CompatError", "compat", "rewrite", "normalize", "_source_map.mark")
        if path.endswith(".py") and word in text
    }
    assert mentions == set()

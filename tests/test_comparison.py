"""Every claim of docs/comparison.md: the three tasks by pydantic, Cadwyn and speclens, run against the payloads of its tables.

The tables are the expectation: a cell is what comes of a payload, `yes` or `no` of a fact, or a number of lines.
"""

from __future__ import annotations

import ast
import asyncio
import copy
import importlib
import inspect
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ValidationError

from built import imported, source, texts
from routescope.server import create_app
from speclens.lower.rewrites import views
from speclens.source.pointer import join
from test_golden import runtime_of

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).with_name("comparison")
TEXT = (ROOT / "docs" / "comparison.md").read_text("utf-8")
TASKS = ("place", "images", "values")
OLD, NEW = "2025-01-01", "2026-08-01"

# The tables


def tables(heading: str) -> Iterator[list[list[str]]]:
    """The tables of a section, as cells."""
    (section,) = re.findall(
        rf"^## {re.escape(heading)}.*?$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
    for table in re.findall(r"(?:^\|.*\|\n)+", section, re.MULTILINE):
        head, _, *lines = table.splitlines()
        yield [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, *lines)]


def payload_rows() -> Iterator[Any]:
    for number, task in enumerate(TASKS, 1):
        head, *lines = next(tables(f"{number}. "))
        for payload, *cells in lines:
            for column, cell in zip(head[1:], cells, strict=True):
                sent = json.loads(payload.strip("`"))
                ident = f"{task}-{column}-{payload}"
                yield pytest.param(task, column, sent, cell, id=ident)


def facts(heading: str) -> dict[tuple[str, str], str]:
    head, *lines = next(tables(heading))
    return {
        (line[0], column): cell
        for line in lines
        for column, cell in zip(head[1:], line[1:], strict=True)
    }


# What comes of a payload


@pytest.fixture(scope="module", autouse=True)
def comparison() -> Iterator[None]:
    sys.path.insert(0, str(HERE))
    yield
    sys.path.remove(str(HERE))


def module(task: str, library: str) -> ModuleType:
    return importlib.import_module(f"task_{task}_{library}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("comparison")

    @cache
    def load(task: str) -> tuple[ModuleType, ModuleType]:
        files = texts(document(task))
        return imported(files, directory), imported(files, directory, "normalizers")

    return load


def document(task: str) -> str:
    return (HERE / f"task_{task}.yaml").read_text("utf-8")


def pydantic(task: str, payload: Any) -> str:
    try:
        return accepted(module(task, "pydantic").Thing.model_validate(payload))
    except ValidationError as error:
        return refused(payload, (fault["loc"] for fault in error.errors()))


def speclens(made: Any, task: str, payload: Any) -> str:
    models, normalizers = made(task)
    errors = runtime_of(normalizers)
    try:
        return accepted(normalizers.normalize_thing(payload).validate(models.Thing))
    except errors.CompatError as error:
        return refused(payload, [error.pointer.split("/")[1:]])
    except errors.PayloadError as error:
        return refused(payload, (fault.pointer.split("/")[1:] for fault in error.errors))


@cache
def app(task: str) -> tuple[Any, list[BaseModel]]:
    """A Cadwyn application with one endpoint that answers what it is sent, and what reached it."""
    from cadwyn import Cadwyn, VersionedAPIRouter

    task_module, received, router = module(task, "cadwyn"), list[BaseModel](), VersionedAPIRouter()

    async def create(thing: Any) -> Any:
        received.append(thing)
        return thing

    create.__annotations__ = {"thing": task_module.Thing, "return": task_module.Thing}
    router.post("/things", response_model_exclude_unset=True)(create)
    made = Cadwyn(versions=task_module.versions)
    made.generate_and_include_versioned_routers(router)
    return made, received


def call(task: str, version: str, payload: Any) -> httpx.Response:
    application, received = app(task)
    received.clear()

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
            return await http.post("/things", json=payload, headers={"x-api-version": version})

    return asyncio.run(run())


def cadwyn(task: str, version: str, payload: Any) -> str:
    answer = call(task, version, payload)
    if received := app(task)[1]:
        return accepted(received[0])
    detail = answer.json()["detail"]
    if isinstance(detail, str):
        return f"refused: {detail}"
    return refused(payload, (fault["loc"][1:] for fault in detail))


def accepted(model: BaseModel) -> str:
    return f"`{json.dumps(model.model_dump(mode='json', by_alias=True, exclude_unset=True))}`"


def refused(payload: Any, places: Any) -> str:
    """Where errors are located, without pydantic's names of union branches, each place once."""
    found = dict.fromkeys(f"`{pointer(payload, list(place))}`" for place in places)
    return f"refused at {', '.join(found)}"


def pointer(value: Any, place: list[Any]) -> str:
    """A place as its error names it, less the names of union branches: they name no member of an array or a scalar."""
    text = ""
    for key in place:
        if isinstance(value, dict) or str(key).isdecimal():
            is_list = isinstance(value, list) and str(key).isdecimal()
            inner = dict(enumerate(value)).get(int(key)) if is_list else None
            text, value = join(text, key), value.get(key, {}) if isinstance(value, dict) else inner
    return text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("task", "column", "payload", "cell"), tuple(payload_rows()))
def test_payloads(made: Any, task: str, column: str, payload: Any, cell: str) -> None:
    ways: Mapping[str, Callable[[Any], str]] = {
        "pydantic": lambda sent: pydantic(task, sent),
        "Cadwyn, old version": lambda sent: cadwyn(task, OLD, sent),
        "Cadwyn, new version": lambda sent: cadwyn(task, NEW, sent),
        "speclens": lambda sent: speclens(made, task, sent),
    }
    sent = copy.deepcopy(payload)
    assert ways[column](sent) == cell
    assert sent == payload, "the input was changed"


# Lines to write


def lines(path: Path) -> int:
    """Lines that are neither blank nor comments; of Python, neither imports."""
    text = path.read_text("utf-8")
    left = {number: line.strip() for number, line in enumerate(text.splitlines(), 1)}
    if path.suffix == ".py":
        for node in ast.parse(text).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    del left[number]
    return sum(1 for line in left.values() if line and not line.startswith("#"))


def test_lines_to_write() -> None:
    told = facts("Lines to write")
    titles = dict(zip(TASKS, dict.fromkeys(title for title, _ in told), strict=True))
    for task, title in titles.items():
        ours = lines(HERE / f"task_{task}.yaml")
        if (code := HERE / f"task_{task}_speclens.py").exists():
            ours += lines(code)
        measured = {
            "pydantic": lines(HERE / f"task_{task}_pydantic.py"),
            "Cadwyn": lines(HERE / f"task_{task}_cadwyn.py"),
            "speclens": ours,
        }
        assert {name: told[title, name] for name in measured} == {
            name: str(count) for name, count in measured.items()
        }


def test_excerpts_are_of_the_files() -> None:
    files = [path.read_text("utf-8") for path in HERE.iterdir() if path.is_file()]
    blocks = re.findall(r"^```(?:python|yaml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3 * len(TASKS) + 1
    for block in blocks:
        assert any(block in text for text in files), block


# Facts

OLD_NAMES = {"place": ("colour", "output_format"), "images": ("image_urls",), "values": ("small",)}
OLD_PAYLOADS: dict[str, Any] = {
    "place": {"colour": "red", "output_format": "png"},
    "images": {"image": [{"image_url": "u"}]},
    "values": {"size": "small"},
}
FACTS: dict[str, dict[str, Callable[[Any], bool]]] = {}


def names_old(text: str, task: str) -> bool:
    return all(f'"{name}"' in text for name in OLD_NAMES[task])


def published_by_pydantic(_: Any) -> bool:
    return any(
        names_old(json.dumps(module(task, "pydantic").Thing.model_json_schema()), task)
        for task in TASKS
    )


def published_by_cadwyn(_: Any) -> bool:
    async def get(task: str, version: str) -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app(task)[0])) as http:
            return (await http.get(f"http://x/openapi.json?version={version}")).text

    described = [
        (
            names_old(asyncio.run(get(task, OLD)), task),
            names_old(asyncio.run(get(task, NEW)), task),
        )
        for task in TASKS
    ]
    assert len(set(described)) == 1
    return described[0] == (True, False)  # each version says what it accepts, and no more


def published_by_speclens(_: Any) -> bool:
    wire = (views.wire(source(document(task)).value).document for task in TASKS)
    return all(
        names_old(json.dumps(view), task) for view, task in zip(wire, TASKS, strict=True)
    ) and not any(
        names_old(json.dumps(views.canonical(source(document(task)).value).document), task)
        for task in TASKS
    )


def answers_of_cadwyn(_: Any) -> bool:
    return all(call(task, OLD, sent).json() == sent for task, sent in OLD_PAYLOADS.items())


def way_back_of_speclens(made: Any) -> bool:
    ways = {
        "place": {"/color": "colour", "/output/format": "output_format"},
        "images": {"/images": "image"},
    }
    for task, to in ways.items():
        normalizers = made(task)[1]
        sent = OLD_PAYLOADS[task]
        value = normalizers.normalize_thing(sent).value
        back = normalizers.denormalize_thing(value, to=to)
        assert back.keys() == sent.keys()
        assert normalizers.normalize_thing(back).value == value
    return not hasattr(made("values")[1], "denormalize_thing")  # older values of the same field


def tells_of_speclens(made: Any) -> bool:
    return all(
        made(task)[1].normalize_thing(sent).rewrites for task, sent in OLD_PAYLOADS.items()
    ) and not any(
        made(task)[1].normalize_thing(made(task)[1].normalize_thing(sent).value).rewrites
        for task, sent in OLD_PAYLOADS.items()
    )


def tells_of_pydantic(_: Any) -> bool:
    thing = module("place", "pydantic").Thing
    old = thing.model_validate(OLD_PAYLOADS["place"])
    new = thing.model_validate({"color": "red", "output": {"format": "png"}})
    return bool((old, old.model_fields_set) != (new, new.model_fields_set))


def tells_of_cadwyn(_: Any) -> bool:
    """The version is known to whoever handles the call; which of its fields were used is not."""
    application, received = app("images")
    found = []
    for sent in ({"image": "u"}, {"image_urls": ["u"]}):
        call("images", OLD, sent)
        found.append(received[0])
    assert application.versions.api_version_var is not None
    return found[0] != found[1]


def folds_outside_a_server_of_cadwyn(_: Any) -> bool:
    import cadwyn

    return any("migrate_request" in name for name in cadwyn.__all__)


def said_by_alias() -> dict[str, Any]:
    thing = module("place", "pydantic").Thing.model_validate(OLD_PAYLOADS["place"])
    found: dict[str, Any] = thing.model_dump(by_alias=True)
    return found


FACTS |= {
    "the published schema describes the old shapes": {
        "pydantic": published_by_pydantic,
        "Cadwyn": published_by_cadwyn,
        "speclens": published_by_speclens,
    },
    "one version accepts old and new": {
        "pydantic": lambda made: takes_both(lambda sent: pydantic("place", sent)),
        "Cadwyn": lambda made: takes_both(lambda sent: cadwyn("place", OLD, sent)),
        "speclens": lambda made: takes_both(lambda sent: speclens(made, "place", sent)),
    },
    "it converts responses to the old shape by itself": {
        "pydantic": lambda made: answers_old(pydantic("place", OLD_PAYLOADS["place"])),
        "Cadwyn": answers_of_cadwyn,
        "speclens": lambda made: answers_old(speclens(made, "place", OLD_PAYLOADS["place"])),
    },
    "the way back needs no code that you write": {
        "pydantic": lambda made: "colour" in said_by_alias(),
        "Cadwyn": lambda made: "def to_old" not in (HERE / "task_place_cadwyn.py").read_text(),
        "speclens": way_back_of_speclens,
    },
    "it reports the old field of a payload, with no code that you write": {
        "pydantic": tells_of_pydantic,
        "Cadwyn": tells_of_cadwyn,
        "speclens": tells_of_speclens,
    },
    "it folds without a server, and so in a client too": {
        "pydantic": lambda made: takes_both(lambda sent: pydantic("place", sent)),
        "Cadwyn": folds_outside_a_server_of_cadwyn,
        "speclens": lambda made: takes_both(lambda sent: speclens(made, "place", sent)),
    },
}


def takes_both(run: Callable[[Any], str]) -> bool:
    return run({"colour": "red"}) == run({"color": "red"}) == '`{"color": "red"}`'


def answers_old(said: str) -> bool:
    return "colour" in said


@pytest.mark.parametrize("column", ["pydantic", "Cadwyn", "speclens"])
@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_facts(made: Any, fact: str, column: str) -> None:
    told = facts("Other differences")
    assert {name for name, _ in told} == FACTS.keys()
    assert told[fact, column] == ("yes" if FACTS[fact][column](made) else "no")


def test_old_values_warn_and_are_counted(made: Any) -> None:
    """The third task: each library's code warns once for each request, and counts it."""
    ways: dict[str, tuple[Callable[[Any], Any], str]] = {
        "pydantic": (lambda sent: pydantic("values", sent), "size: small is deprecated, use s"),
        "speclens": (
            lambda sent: [
                module("values", "speclens").on_rewrite(rewrite)
                for rewrite in made("values")[1].normalize_thing(sent).rewrites
            ],
            "/size: an older value is deprecated",
        ),
    }
    assert {"on_rewrite"} <= inspect.signature(create_app).parameters.keys()
    ways["cadwyn"] = (lambda sent: cadwyn("values", OLD, sent), ways["pydantic"][1])
    for library, (run, message) in ways.items():
        seen = module("values", library).seen
        seen.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run({"size": "small"})
        told = [str(one.message) for one in caught if one.category is DeprecationWarning]
        assert told == [message]
        assert list(seen.values()) == [1]


def test_what_cadwyn_alone_versions() -> None:
    import cadwyn

    assert {"endpoint", "VersionChangeWithSideEffects"} <= set(cadwyn.__all__)

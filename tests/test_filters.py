"""Filters: what they leave is a part of the whole package, and nothing is left that only the rest needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from built import HEAD, imported, load_config, printed, source
from speclens.config import Config
from speclens.output import tidy
from speclens.problems import Problem, Refused
from speclens.project import opened
from test_targets import definitions

CONFIG = Config(Path("openapi.yaml"), "pkg", Path(), "speclens generate")


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def operation(tag: str, result: Any, **more: Any) -> dict[str, Any]:
    return {
        "tags": [tag],
        "responses": {"200": {"description": "d", **json_of(result)}},
        **more,
    }


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
OLD = an_object(
    tags={"type": "array", "items": TEXT}, tag={**TEXT, "x-compat": {"into": "/tags", "to": ["$"]}}
)
DOCUMENT: dict[str, Any] = {
    **HEAD,
    "servers": [{"url": "https://api.example"}],
    "paths": {
        "/pets": {
            "get": operation("pets", {"type": "array", "items": ref("Pet")}, operationId="listPets"),
            "post": operation("pets", ref("Pet"), operationId="addPet", requestBody={"required": True, **json_of(ref("NewPet"))}),
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": operation("pets", ref("Pet"), operationId="getPet"),
            "delete": operation("pets", ref("Gone"), operationId="deletePet", **{"x-internal": True}),
        },
        "/stores": {
            "get": operation("stores", ref("Store")),
            "post": operation("stores", an_object(made=TEXT), requestBody={"required": True, **json_of(OLD)}),
        },
        "/stores/{id}/staff": {
            "x-internal": True,
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": operation("stores", ref("Staff")),
            # As its tag and its method would be called by another one.
            "put": operation("Stores", ref("Staff"), **{"x-internal": False}),
        },
    },
    "components": {
        "schemas": {
            "Pet": an_object(name=TEXT, owner=ref("Owner")),
            "NewPet": {**OLD, "properties": {**OLD["properties"], "name": TEXT}},
            "Owner": an_object(name=TEXT),
            "Gone": an_object(at=TEXT),
            "Store": an_object(owner=ref("Owner"), kind=ref("Kind")),
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Staff": an_object(boss=ref("Staff"), old=ref("Older")),
            "Older": OLD,
            "Event": an_object(pet=ref("Gone")),
            "Secret": {**an_object(of=TEXT), "x-internal": True},
            "Pkg": an_object(),
        }
    },
}  # fmt: skip


@cache
def package(**settings: Any) -> Mapping[str, str]:
    """The files of a filtered package."""
    drafts = printed(source(DOCUMENT), replace(CONFIG, **settings))
    return tidy.tidy({path: draft.text for path, draft in drafts.items()})


def methods(files: Mapping[str, str]) -> set[str]:
    names = definitions(files["client.py"]) if "client.py" in files else {}
    hidden = {"Pkg", "PkgClient"}
    found = (name.split(".") for name in names if "." in name and not name.startswith("Async"))
    return {f"{of}.{name}" for of, name in found if name[0] != "_" and of not in hidden}


def classes(files: Mapping[str, str]) -> set[str]:
    return {name.partition(".")[0] for name in definitions(files["models.py"])}


FILTERS: tuple[dict[str, Any], ...] = (
    {"include": ("tag:pets",)},
    {"include": ("tag:st*",)},
    {"include": ("path:/pets",)},
    {"include": ("path:/pets/*", "operationId:add*")},
    {"include": ("path:/**",), "exclude": ("method:GET",)},
    {"exclude": ("tag:pets",)},
    {"exclude": ("path:/stores**", "method:delete")},
    {"internal": False},
    {"internal": False, "include": ("tag:Stores",)},
)


@pytest.mark.parametrize("settings", FILTERS)
def test_what_a_filter_leaves_is_part_of_the_whole(settings: dict[str, Any]) -> None:
    whole, part = package(), package(**settings)
    assert part.keys() <= whole.keys()
    for path in part.keys() - {"README.md", "pyproject.toml", "py.typed"}:
        here, there = definitions(part[path]), definitions(whole[path])
        # What lists all of a package lists what is there.
        lists = {"_NAMES", "__all__", "PkgClient._older", "AsyncPkgClient._older", "create_app"}
        assert {name for name in here if here[name] != there.get(name)} <= lists, path
    assert len("".join(part.values())) < len("".join(whole.values()))


@pytest.mark.parametrize("settings", FILTERS)
def test_what_a_filter_leaves_imports(settings: dict[str, Any], tmp_path: Path) -> None:
    files = package(**settings)
    models = imported(files, tmp_path, "models")
    for name in classes(files):
        found = getattr(models, name)
        if hasattr(found, "model_rebuild"):
            found.model_rebuild()
    if "client.py" in files:
        imported(files, tmp_path, "client")


def test_filters_choose_operations() -> None:
    def left(**settings: Any) -> set[str]:
        return methods(package(**settings))

    whole = left()
    pets = {"Pets.list", "Pets.add", "Pets.get", "Pets.delete"}
    assert pets < whole
    assert left(include=("tag:pets",)) == pets
    assert left(include=("path:/pets",)) == {"Pets.list", "Pets.add"}
    assert left(include=("path:/pets/*", "operationId:add*")) == {
        "Pets.get",
        "Pets.delete",
        "Pets.add",
    }
    assert left(exclude=("tag:pets",)) == whole - pets
    assert left(exclude=("method:DELETE",)) == whole - {"Pets.delete"}
    # An operation says more than its path item.
    assert left(internal=False, exclude=("tag:pets",)) == {
        one for one in whole - pets if "staff" not in one.lower() or "replace" in one.lower()
    }
    assert left(exclude=("path:**",)) == set()


def test_schemas_that_nothing_uses_any_more_go() -> None:
    def left(**settings: Any) -> set[str]:
        return classes(package(**settings)) & set(DOCUMENT["components"]["schemas"])

    every = left()
    assert every == DOCUMENT["components"]["schemas"].keys()
    assert left(include=("tag:pets",)) == {"Pet", "NewPet", "Owner", "Gone"}
    assert left(include=("operationId:getPet",)) == {"Pet", "Owner"}
    # `Event` was used by no operation, and keeps what it is made of.
    assert left(exclude=("operationId:deletePet",)) == every
    assert left(exclude=("tag:pets",)) == every - {"Pet", "NewPet"}
    assert left(exclude=("path:/stores",)) == every - {"Store", "Kind"}
    assert left(internal=False) == every - {"Secret"}
    assert left(include=("operationId:getPet",), internal=False) == {"Pet", "Owner"}


def test_normalizers_go_with_their_schemas() -> None:
    found = package(include=("tag:pets",))["normalizers.py"]
    assert "normalize_new_pet" in found
    assert "normalize_older" not in found
    assert "_fold_older" not in found
    assert "normalizers.py" not in package(include=("operationId:getPet",))
    assert "_compat" not in package(include=("operationId:getPet",), targets=("models",))


def test_the_client_keeps_its_name() -> None:
    """It is not called like the schema `Pkg`, with which the filter does away."""
    assert "class PkgClient(" in package(include=("operationId:getPet",))["client.py"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("openapi.yaml").write_text(json.dumps(DOCUMENT))
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.speclens]\nspec = "openapi.yaml"\npackage = "pkg"\noutput = "out"\n')
    return path


def warnings(path: Path, line: str) -> list[Problem]:
    path.write_text(path.read_text() + line)
    found = opened(load_config(path)).reading.warnings
    return [one for one in found if one.rule.startswith("config/")]


def test_a_filter_that_matches_nothing_is_told(project: Path) -> None:
    line = 'include = ["tag:pets", "tag:Pets"]\nexclude = ["operationId:get"]\n'
    assert [(one.severity, one.rule, one.line, one.message) for one in warnings(project, line)] == [
        ("warning", "config/include", 5, "'tag:Pets' matches no operation"),
        ("warning", "config/exclude", 6, "'operationId:get' matches no operation"),
    ]


@pytest.mark.parametrize("pattern", ["pets", "tags:pets", "tag:", "/pets", ":"])
def test_a_filter_that_names_nothing_is_refused(pattern: str, project: Path) -> None:
    with pytest.raises(Refused, match="does not say what it names"):
        warnings(project, f'include = ["{pattern}"]\n')

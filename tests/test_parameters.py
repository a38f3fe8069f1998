"""x-compat between parameters beyond the golden documents: places, names, and what other tools are given."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from built import HEAD, drafts, lowered, problems, source
from speclens.cli import main
from speclens.lower.rewrites import lifting, parameters, views
from speclens.lower.schemas import naming
from speclens.source.pointer import exists
from speclens.validate import validate

GOLDEN = Path(__file__).parent / "golden"
TEXTS = {
    name: (GOLDEN / name / "openapi.yaml").read_text("utf-8")
    for name in ("compat_parameters", "compat_parameters_30")
}
each = pytest.mark.parametrize("name", TEXTS)


def parameter(name: str, into: str = "", where: str = "query", **more: Any) -> dict[str, Any]:
    own = {"x-compat": {"into": {"in": "query", "name": into}}} if into else {}
    return {"name": name, "in": where, "schema": {"type": "string"}, **own, **more}


def document(*listed: Any, path: tuple[Any, ...] = (), **more: Any) -> dict[str, Any]:
    answer = {"responses": {"default": {"description": "d"}}}
    item = {"parameters": list(path), "get": {"parameters": list(listed), **answer, **more}}
    return {**HEAD, "paths": {"/things": item}}


def members(value: dict[str, Any]) -> dict[str, list[str]]:
    """The components that parameters are lifted to, with their members."""
    lifted = lifting.lifted(value).document.get("components", {}).get("schemas", {})
    return {name: list(schema["properties"]) for name, schema in lifted.items()}


def test_those_of_the_path_and_of_the_operation_are_one_object() -> None:
    found = members(
        document(parameter("b", "a"), path=(parameter("a"), parameter("X", where="header")))
    )
    assert found == {"list things.parameters": ["query.a", "header.X", "query.b"]}


def test_the_operation_overrides_its_path() -> None:
    mine = parameter("a", deprecated=True)
    value = document(mine, parameter("b", "a"), path=(parameter("a"),))
    (schema,) = lifting.lifted(value).document["components"]["schemas"].values()
    assert schema["properties"]["query.a"] == {"type": "string", "deprecated": True}
    assert list(schema["properties"]) == ["query.a", "query.b"]


def test_names_of_headers_have_no_case() -> None:
    spoke = parameter("x-old", where="header") | {
        "x-compat": {"into": {"in": "header", "name": "x-new"}}
    }
    assert problems(json.dumps(document(parameter("X-New", where="header"), spoke)), "a.json") == ()


def test_where_there_is_no_compat_nothing_is_lifted() -> None:
    value = document(parameter("a"), parameter("b"))
    assert lifting.lifted(value).document is value


def test_a_shape_of_a_component_is_enough() -> None:
    shape = {
        "oneOf": [{"type": "integer"}, {"type": "string", "enum": ["x"], "x-compat": {"to": 1}}]
    }
    value = document({"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/A"}})
    value["components"] = {"schemas": {"A": shape}}
    assert "list things.parameters" in lifting.lifted(value).document["components"]["schemas"]


def test_a_component_of_that_name_stays() -> None:
    value = document(parameter("a"), parameter("b", "a"), operationId="list")
    value["components"] = {"schemas": {"list.parameters": {"type": "object", "properties": {}}}}
    idents = naming.component_classes(lifting.lifted(value).document)
    assert len(set(idents.values())) == 2


@each
def test_every_pointer_is_one_of_the_document_as_written(name: str) -> None:
    value = source(TEXTS[name]).value
    made = lowered(TEXTS[name])
    for pointer in pointers(json.loads(json.dumps(made, default=vars_of))):
        assert exists(value, pointer), pointer
    for path, draft in drafts(TEXTS[name]).items():
        for origin in draft.origins:
            assert exists(value, origin.pointer), (path, origin)


def vars_of(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return {name: getattr(value, name) for name in type(value).__slots__}


def pointers(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["pointer"]] if "pointer" in value else []
        return own + [one for inner in value.values() for one in pointers(inner)]
    return [one for inner in value for one in pointers(inner)] if isinstance(value, list) else []


@each
@pytest.mark.parametrize("view", ["wire", "canonical"])
def test_views_are_sound_documents_without_compat(name: str, view: str, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(TEXTS[name], "utf-8")
    done = CliRunner().invoke(main, ["export", str(path), "--view", view])
    assert done.exit_code == 0, done.output
    assert [one for one in validate(source(done.output)) if one.severity == "error"] == []
    assert "x-compat" not in done.output


def exported(value: dict[str, Any], is_canonical: bool) -> dict[str, Any]:
    before = copy.deepcopy(value)
    view = (views.canonical if is_canonical else views.wire)(value).document
    result = parameters.without_compat(view, is_canonical)
    assert value == before
    return result


def test_the_canonical_view_has_no_spokes() -> None:
    found = exported(source(TEXTS["compat_parameters"]).value, is_canonical=True)
    item = found["paths"]["/pets"]
    assert item["parameters"] == []
    assert [one["name"] for one in item["get"]["parameters"]] == ["page_size", "kind", "tags"]
    assert [one.get("required") for one in item["get"]["parameters"]] == [True, None, None]
    assert found["components"]["parameters"] == {}


def test_in_the_wire_view_any_source_of_a_required_hub_will_do() -> None:
    found = exported(source(TEXTS["compat_parameters"]).value, is_canonical=False)
    listed = found["paths"]["/pets"]["get"]["parameters"]
    assert [one.get("name") for one in listed] == ["page_size", "limit", "kind", "tags", None]
    assert not any("required" in one for one in listed)


def test_another_operation_keeps_what_it_requires() -> None:
    value = document(parameter("a", required=True), parameter("b", "a"))
    other = {
        "parameters": [parameter("a", required=True)],
        "responses": {"default": {"description": "d"}},
    }
    value["paths"]["/others"] = {"get": other}
    listed = exported(value, is_canonical=False)["paths"]["/others"]["get"]["parameters"]
    assert listed[0]["required"] is True


def test_policies_stand_on_the_operation() -> None:
    policies: Any = {"x-compat": {"hubs": {"/query.a": {"conflict": "prefr"}}}}
    value = document(parameter("a"), parameter("b", "a"), **policies)
    (problem,) = problems(yaml.safe_dump(value, sort_keys=False))
    assert (problem.rule, problem.pointer) == (
        "compat/unknown-keyword",
        "#/paths/~1things/get/x-compat/hubs/~1query.a",
    )


@pytest.mark.parametrize(
    "value", [None, 3, [], "x", {"into": None}, {"into": {"in": 3, "name": 4}}, {"hubs": 3}]
)
def test_whatever_stands_there_is_refused_in_its_place(value: Any) -> None:
    spoke = {**parameter("b"), "x-compat": value}
    found = problems(json.dumps(document(parameter("a"), spoke)), "a.json")
    assert found
    assert all(one.pointer.startswith("#/paths/~1things/get/parameters/1") for one in found)


def test_a_path_parameter_that_the_path_does_not_have_is_no_hub() -> None:
    """It is no argument: what folds into it would be lost."""
    into: dict[str, Any] = {"x-compat": {"into": {"in": "path", "name": "a"}}}
    listed = (parameter("a", where="path", required=True), parameter("b", **into))
    found = [one for one in problems(json.dumps(document(*listed))) if one.severity == "error"]
    place = "#/paths/~1things/get/parameters/1/x-compat/into"
    assert [(one.rule, one.pointer) for one in found] == [("compat/misplaced", place)]

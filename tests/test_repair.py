"""Documents that break the specification: what is generated of them all the same, and what is refused or left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from built import HEAD, HEAD_30, imported, source, texts
from speclens import ir, judging
from speclens.cli import main
from speclens.problems import Refused
from speclens.repair.edits import REMOVED, Edit, edited
from speclens.validate.dialect import schema_validator

OK = {"200": {"description": "OK"}}
HINDERED: list[tuple[dict[str, Any], str]] = [
    ({"parameters": [{"in": "query", "schema": {}}]}, "openapi/required"),
    ({"parameters": [{"in": "body", "name": "a", "schema": {}}]}, "openapi/enum"),
    ({"parameters": [{"in": "query", "name": [], "schema": {}}]}, "openapi/type"),
    ({"parameters": {"a": {}}}, "openapi/type"),
    ({"parameters": ["a"]}, "openapi/type"),
    ({"parameters": [{"$ref": "#/components/parameters/none"}]}, "reference/unresolved"),
    ({"parameters": [{"$ref": "#/components/schemas/A"}]}, "reference/kind"),
    ({"requestBody": {"$ref": "#/components/requestBodies/none"}}, "reference/unresolved"),
    ({"requestBody": "a"}, "openapi/type"),
    ({"responses": {"200": {"$ref": "https://example.com/a"}}}, "reference/external"),
]
"""Operations that cannot be understood."""


def operation(**fields: Any) -> dict[str, Any]:
    """A 3.0 document with a faulty operation, and one that is sound."""
    path = {"get": {"responses": OK, **fields}, "put": {"operationId": "sound", "responses": OK}}
    return {**HEAD_30, "paths": {"/a": path}, "components": {"schemas": {"A": {}}}}


def parameter(**fields: Any) -> dict[str, Any]:
    return operation(parameters=[{"name": "a", "in": "query", "schema": {}, **fields}])


def schema(value: Any, head: dict[str, Any] = HEAD_30) -> dict[str, Any]:
    return {**head, "components": {"schemas": {"A": value}}}


def repaired(document: dict[str, Any]) -> Any:
    return judging.read_document(source(document)).source.value


def schema_of(value: Any, head: dict[str, Any] = HEAD_30) -> Any:
    return repaired(schema(value, head))["components"]["schemas"]["A"]


def property_of(value: Any, head: dict[str, Any] = HEAD_30) -> Any:
    return schema_of({"properties": {"a": value}}, head)["properties"]["a"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "any"}, {}),
        ({"type": []}, {}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "required": True}, {"type": "string"}),
        ({"type": "string", "nullable": "true"}, {"type": "string", "nullable": True}),
        ({"type": "string", "nullable": 1}, {"type": "string"}),
        ({"type": "string", "maxLength": "9"}, {"type": "string", "maxLength": 9}),
        ({"type": "string", "maxLength": "x"}, {"type": "string"}),
        ({"type": "string", "minLength": -1}, {"type": "string"}),
        ({"type": "string", "title": 1.5}, {"type": "string", "title": "1.5"}),
        ({"type": "string", "description": None}, {"type": "string"}),
        ({"type": "string", "enum": ["a", "a"]}, {"type": "string", "enum": ["a", "a"]}),
        ({"type": "string", "enum": {}}, {"type": "string"}),
        ({"type": "string", "const": "a"}, {"type": "string"}),
        ({"type": "string", "discriminator": {}}, {"type": "string"}),
        ({"type": "object", "properties": []}, {"type": "object"}),
        ({"required": ["a", 1], "properties": {}}, {"required": ["a"], "properties": {}}),
        ({"items": [{"type": "string"}]}, {"items": {}}),
        ({"items": True}, {"items": True}),
        ({"allOf": [None, {"type": "string"}]}, {"allOf": [{}, {"type": "string"}]}),
        ({"$ref": "#/components/schemas/None"}, {}),
        # Reading makes components of these; of the second, which is itself, nothing is left.
        ({"$ref": "#/info"}, {"$ref": "#/components/schemas/info"}),
        (
            {"$ref": "#/components/schemas/A/properties/a"},
            {"$ref": "#/components/schemas/A.properties.a"},
        ),
        (None, {}),
        ("string", {}),
    ],
)
def test_schemas(value: Any, expected: Any) -> None:
    assert property_of(value) == expected


def test_a_keyword_of_the_wrong_type_in_31() -> None:
    assert property_of({"type": ["odd"]}, HEAD) == {}
    assert property_of({"type": [{}, "string"]}, HEAD) == {}
    given = {"type": "integer", "minimum": "1", "maximum": {}, "required": False}
    assert property_of(given, HEAD) == {"type": "integer", "minimum": 1}
    assert property_of({"type": {"type": "string"}}, HEAD) == {}


@pytest.mark.parametrize(
    ("head", "given", "expected"),
    [
        (HEAD, "5", 5),
        (HEAD, {}, None),
        (HEAD, None, None),
        (HEAD, False, None),
        (HEAD, "true", None),
        (HEAD, True, 7),  # as 3.0 and draft-04 say it
        (HEAD_30, True, True),
        (HEAD_30, 5, 5),  # as 3.1 says it
        (HEAD_30, "5", 5),
        (HEAD_30, [], None),
    ],
)
def test_exclusive_bounds(head: dict[str, Any], given: Any, expected: Any) -> None:
    bounds = {"type": "integer", "maximum": 7, "exclusiveMaximum": given}
    made = property_of(bounds, head)
    assert made == {
        key: value
        for key, value in {**bounds, "exclusiveMaximum": expected}.items()
        if value is not None
    }
    assert schema_validator(schema(made, head), "#/components/schemas/A").is_valid(6) == (
        expected != 5
    )


def test_an_exclusive_bound_without_a_bound() -> None:
    assert property_of({"type": "integer", "exclusiveMinimum": True}, HEAD) == {"type": "integer"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"in": "path"}, {"in": "path", "required": True}),
        ({"in": "path", "required": False}, {"in": "path", "required": True}),
        ({"in": "path", "required": "x"}, {"in": "path", "required": True}),
        ({"required": "True"}, {"required": True}),
        ({"required": "x"}, {}),
        ({"style": "odd"}, {}),
        ({"name": 1}, {"name": "1"}),
        ({"example": 1, "examples": []}, {"example": 1}),
        ({"type": "string"}, {}),
    ],
)
def test_parameters(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    [found] = repaired(parameter(**fields))["paths"]["/a"]["get"]["parameters"]
    assert found == {"name": "a", "in": "query", "schema": {}, **expected}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"operationId": 1}, {"operationId": "1"}),
        ({"operationId": ["a"]}, {}),
        ({"tags": "a"}, {}),
        ({"tags": ["a", 1]}, {"tags": ["a"]}),
        ({"parameters": None, "requestBody": None}, {}),
        ({"summary": None, "externalDocs": {}}, {}),
        ({"responses": {"200": {}}}, {"responses": {"200": {}}}),
        ({"responses": {"ok": {}}}, {"responses": {}}),
        ({"responses": {"200": "OK"}}, {"responses": {"200": {}}}),
        (
            {"responses": {"200": {"$ref": "#/components/responses/none"}}},
            {"responses": {"200": {}}},
        ),
        ({"callbacks": {"a": {"b": 1}}}, {"callbacks": {}}),
    ],
)
def test_operations(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert repaired(operation(**fields))["paths"]["/a"]["get"] == {"responses": OK, **expected}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"info": {"title": 1, "version": 1.0}}, {"info": {"title": "1", "version": "1.0"}}),
        ({"info": {}}, {"info": {}}),
        ({"tags": [{"name": "a"}, {"name": "a"}]}, {"tags": [{"name": "a"}, {"name": "a"}]}),
        ({"tags": [{}, {"name": "a"}]}, {"tags": [{"name": "a"}]}),
        ({"servers": [{}]}, {"servers": []}),
        ({"odd": 1, "x-odd": 1}, {"x-odd": 1}),
        ({"components": {"securitySchemes": {"a": {}}}}, {"components": {"securitySchemes": {}}}),
        # What nothing uses is missed by nobody.
        ({"components": {"parameters": {"a": {}}}}, {"components": {"parameters": {}}}),
        ({"components": {"requestBodies": []}}, {"components": {}}),
        ({"paths": {"x": 1}}, {}),
    ],
)
def test_documents(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert repaired({**HEAD_30, **fields}) == {**HEAD_30, **expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [(3.0, "3.0.0"), (3.1, "3.1.0"), ("3.1", "3.1.0"), ("3.0.x", "3.0.0"), (" 3.0.3", "3.0.0")],
)
def test_versions(given: Any, expected: str) -> None:
    document = {**HEAD, "openapi": given, "components": {"schemas": {"A": {"type": "any"}}}}
    found = repaired(document)
    assert (found["openapi"], found["components"]["schemas"]["A"]) == (expected, {})


def test_no_paths_and_no_info() -> None:
    """A document with webhooks alone, and without what every document must have."""
    webhooks = {"a": {"post": {"parameters": "x", "responses": OK}}}
    found = repaired({"openapi": "3.1.0", "webhooks": webhooks})
    assert found == {"openapi": "3.1.0", "webhooks": {"a": {}}} or not found["webhooks"]
    assert "models.py" in texts({"openapi": "3.1.0", "components": {"schemas": {"A": {}}}})


@pytest.mark.parametrize(("fields", "rule"), HINDERED)
def test_operations_that_cannot_be_understood(fields: dict[str, Any], rule: str) -> None:
    document = source(operation(**fields))
    with pytest.raises(Refused) as refused:
        judging.read_document(document)
    assert rule in {one.rule for one in refused.value.problems if one.severity == "error"}
    found = judging.read_document(document, is_lenient=True)
    assert all(one.severity == "warning" for one in found.warnings)
    assert [one.place for one in found.document.left_out][:1] == ["#/paths/~1a/get"] or (
        rule == "reference/external"
    )
    assert found.document.left_out
    assert "put" in found.source.value["paths"]["/a"]


@pytest.mark.parametrize(
    "document",
    [
        {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}},
        {**HEAD, "paths": "a"},
        {"openapi": "4.0.0"},
    ],
)
def test_nothing_to_generate(document: dict[str, Any]) -> None:
    for is_lenient in (False, True) if document.get("paths") is None else (False,):
        with pytest.raises(Refused):
            judging.read_document(source(document), is_lenient)


def test_what_is_missed_after_something_was_left_out() -> None:
    document = operation(parameters=[{"$ref": "#/components/parameters/a"}])
    document["components"]["parameters"] = {"a": {"in": "query"}}
    with pytest.raises(Refused) as refused:
        judging.read_document(source(document))
    told = [(one.rule, one.severity) for one in refused.value.problems]
    assert ("openapi/required", "warning") in told
    assert ("reference/unresolved", "error") in told
    found = judging.read_document(source(document), is_lenient=True)
    assert [one.place for one in found.document.left_out] == ["#/paths/~1a/get"]


OLDER = {"type": "string", "x-compat": {"into": {"in": "query", "name": "b"}}}
FILE = {"type": "object", "x-file": {"url": "a"}}
PARAMETER = {"name": "a", "in": "query"}
COMPONENTS: list[dict[str, Any]] = [
    {"schemas": {"A": {"type": "object", "properties": [FILE]}}},
    {"schemas": {"A": [OLDER]}},
    {"parameters": {"a": {"in": "query", "schema": OLDER}}},
    {"responses": {"a": {"description": "d", "content": {"text/plain": {"odd": FILE}}}}},
]


@pytest.mark.parametrize(
    "fields",
    [
        {"parameters": [{"$ref": "#/components/parameters/a", "x-compat": {}}]},
        {"parameters": [{**PARAMETER, "content": {"text/a": {"schema": OLDER}, "text/b": {}}}]},
        {"parameters": [{**PARAMETER, "schema": [OLDER]}]},
        {"requestBody": {"content": {"text/plain": {"schema": {"properties": [OLDER]}}}}},
        {"responses": {"ok": {"description": "d", "content": {"a/b": {"schema": FILE}}}}},
        {"responses": {"200": {"description": "d", "headers": [OLDER]}}},
        {"responses": {"200": {"$ref": "#/components/responses/a", "x-compat": {}}}},
        {"odd": {"schema": OLDER}},
    ],
)
def test_compat_in_an_operation_is_not_taken_away(fields: dict[str, Any]) -> None:
    """It would be lost, and with it what callers give; lenient, the whole operation is left out."""
    document = {**operation(**fields), "openapi": HEAD["openapi"]}
    named = {"parameters": {"a": {**PARAMETER, "schema": {}}}, "responses": {"a": OK["200"]}}
    document["components"].update(named)
    with pytest.raises(Refused):
        judging.read_document(source(document))
    found = judging.read_document(source(document), is_lenient=True)
    assert [one.place for one in found.document.left_out] == ["#/paths/~1a/get"]
    assert list(found.source.value["paths"]["/a"]) == ["put"]


FOLDED = {"type": "object", "properties": {"b": {}, "a": {"x-compat": {"into": "/b"}}}}
IN_BODY = {"content": {"application/json": {"schema": FOLDED}}}
ALONG = ", and its `x-compat` with it"


@pytest.mark.parametrize(
    ("fields", "along"),
    [
        ({}, ""),
        ({"requestBody": IN_BODY}, ALONG),
        ({"requestBody": {"$ref": "#/components/requestBodies/a"}}, ALONG),
        ({"requestBody": {"$ref": "#/components/requestBodies/no"}}, ""),
        ({"x-compat": {"b": "prefer"}}, ALONG),
        ({"responses": {"200": {"description": "d", "content": {"a/b": {"schema": FILE}}}}}, ", and its `x-file` with it"),
        ({"requestBody": IN_BODY, "responses": {"200": {"description": "d", "content": {"a/b": {"schema": FILE}}}}}, ", and its `x-compat` and `x-file` with it"),
        # The model of a component stays, and so does its normalizer.
        ({"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}, ""),
    ],
)  # fmt: skip
def test_compat_that_is_left_out_is_told(fields: dict[str, Any], along: str) -> None:
    document = {**operation(**fields, parameters=[1]), "openapi": HEAD["openapi"]}
    document["components"].update(
        schemas={"A": FOLDED},
        requestBodies={"a": IN_BODY},
    )
    found = judging.read_document(source(document), is_lenient=True)
    told = [one.message for one in found.warnings if one.rule == "openapi/type"]
    assert told == [f"must be an object, not an integer (left out{along})"]


def test_compat_in_a_path_that_is_left_out_is_told() -> None:
    document = {**HEAD, "paths": {"/a": {"parameters": {"a": 1}, "get": {"requestBody": IN_BODY, "responses": OK}}, "/b": {}}}  # fmt: skip
    found = judging.read_document(source(document), is_lenient=True)
    told = [one.message for one in found.warnings if "left out" in one.message]
    assert told
    assert all(one.endswith(f"(left out{ALONG})") for one in told)


@pytest.mark.parametrize("components", COMPONENTS)
@pytest.mark.parametrize("is_lenient", [False, True])
def test_compat_in_a_component_is_not_taken_away(
    components: dict[str, Any], is_lenient: bool
) -> None:
    with pytest.raises(Refused):
        judging.read_document(source({**HEAD, "components": components}), is_lenient)


def test_what_stays_beside_an_edit_hinders_nobody() -> None:
    faulty = {**FILE, "properties": {"a": {"type": "string", "maxLength": "x"}}, "required": True}
    read = schema_of(faulty)
    assert read == {**FILE, "properties": {"a": {"type": "string"}}}


def test_a_security_scheme_that_is_not_declared_is_a_bearer_token_and_told() -> None:
    found = judging.read_document(source({**operation(), "security": [{"none": []}]}))
    assert [(one.rule, one.severity) for one in found.warnings] == [
        ("security/undeclared", "warning")
    ]
    client = found.document.client
    assert client
    assert [one.proof for one in client.schemes] == [ir.Http("Bearer")]


def test_unknown_methods_are_no_detail() -> None:
    document = {**HEAD_30, "paths": {"/a": {"copy": {"responses": OK}, "odd": {"a": 1}}}}
    with pytest.raises(Refused) as refused:
        judging.read_document(source(document))
    errors = [one.pointer for one in refused.value.problems if one.severity == "error"]
    assert errors == ["#/paths/~1a/copy"]


def test_validate_is_strict_and_generate_is_not(tmp_path: Path) -> None:
    file = tmp_path / "api.yaml"
    file.write_text("openapi: 3.0.0\ninfo: {title: A}\npaths: {}\n")
    run = CliRunner().invoke
    checked = run(main, ["validate", str(file)])
    assert checked.exit_code == 1
    assert "2:1: openapi/required: `version` is missing" in checked.output
    arguments = ["--spec", str(file), "--package", "a", "--output", str(tmp_path / "out")]
    made = run(main, ["generate", *arguments])
    assert made.exit_code == 0
    assert "warning:" in made.output
    assert run(main, ["check", *arguments]).exit_code == 0


def test_lenient(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    file.write_text(source(operation(parameters=[1])).text)
    arguments = ["--spec", str(file), "--package", "a", "--output", str(tmp_path / "out")]
    run = CliRunner().invoke
    assert run(main, ["generate", *arguments]).exit_code == 1
    made = run(main, ["generate", "--lenient", *arguments])
    assert made.exit_code == 0
    assert "openapi/type: must be an object, not an integer (left out)" in made.output
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "## Left out" in readme
    assert "- `#/paths/~1a/get`: must be an object, not an integer\n" in readme
    assert run(main, ["check", "--lenient", *arguments]).exit_code == 0
    assert run(main, ["check", *arguments]).exit_code == 1


def test_all_at_once_imports(tmp_path: Path) -> None:
    document = {
        **schema({"type": "any", "required": True, "properties": {"a": {"$ref": "#/none"}}}),
        "info": {},
        "tags": [{}],
    }
    assert imported(texts(document), tmp_path).A(a=1).a == 1


def test_edits() -> None:
    value = {"a": [1, 2, 3], "b": {"c": 1}}
    edits = [
        Edit("#/a/0", REMOVED, ""),
        Edit("#/b/c/d", 1, ""),
        Edit("#/b", 2, ""),
        Edit("#/b/c", 3, ""),
        Edit("#/d", 4, ""),
    ]
    assert edited(value, edits) == {"a": [2, 3], "b": 2, "d": 4}
    assert value == {"a": [1, 2, 3], "b": {"c": 1}}


# Swagger 2.0: what is wrong is mended where it is written, since its parts stand elsewhere in OpenAPI 3

BODY = {"name": "b", "in": "body", "schema": {"type": "string"}}
QUERY = {"name": "q", "in": "query", "type": "string", "description": "Asked."}


def swagger(*parameters: Any, **fields: Any) -> dict[str, Any]:
    operation = {"operationId": "op", "parameters": list(parameters), "responses": OK}
    head = {"swagger": "2.0", "info": {"title": "Tests", "version": "1"}}
    return {**head, "paths": {"/a": {"post": operation}}, **fields}


@pytest.mark.parametrize(
    "faulty",
    [{"in": "query", "type": "string"}, {}, 5, {"in": "formData", "name": [], "required": True}],
)
def test_a_parameter_of_20_that_cannot_be_understood_hinders_after_a_body(faulty: Any) -> None:
    """In OpenAPI 3 the body is no parameter, and the others have other places."""
    document = source(swagger(BODY, faulty, QUERY))
    with pytest.raises(Refused) as refused:
        judging.read_document(document)
    left_out = judging.read_document(document, True).document.left_out

    errors = {one.pointer for one in refused.value.problems if one.severity == "error"}
    assert {place.startswith("#/paths/~1a/post/parameters/1") for place in errors} == {True}
    assert [one.place for one in left_out] == ["#/paths/~1a/post"]


def test_an_edit_of_20_is_of_the_parameter_that_is_at_fault() -> None:
    faulty = {"name": "r", "in": "query", "type": "string", "description": []}
    read = repaired(swagger(BODY, faulty, QUERY))["paths"]["/a"]["post"]["parameters"]

    assert [one.get("description") for one in read] == [None, "Asked."]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"parameters": {"P": {**QUERY, "pattern": 5}}}, "#/parameters/P/pattern"),
        ({"parameters": {"P": {**QUERY, "minLength": "x"}}}, "#/parameters/P/minLength"),
        ({"definitions": {"A": {"allOf": True}}}, "#/definitions/A/allOf"),
        ({"definitions": {"A": {"required": [{}]}}}, "#/definitions/A/required/0"),
        ({"securityDefinitions": {"key": True}}, "#/securityDefinitions/key"),
        ({"securityDefinitions": {"key": {"type": "apiKey", "name": "k", "in": []}}}, "#/securityDefinitions/key/in"),
    ],
)  # fmt: skip
def test_a_component_of_20_is_mended(fields: dict[str, Any], place: str) -> None:
    """Its section has another name in OpenAPI 3; what was not mended there was a traceback later."""
    section = next(iter(fields))
    use = {"parameters": "P", "definitions": "A"}.get(section)
    given = swagger(
        *([{"$ref": f"#/parameters/{use}"}] if section == "parameters" else []), **fields
    )
    read = judging.read_document(source({**given, "security": [{"key": []}]}))

    assert place in {one.pointer for one in read.warnings}


def test_counts_may_be_written_with_a_fraction_of_nothing(tmp_path: Path) -> None:
    """JSON Schema 2020-12, section 4.2.3: 2.0 is an integer."""
    several = {"type": "array", "items": {"type": "string"}, "minItems": 2.0, "maxItems": 3.0}
    members = {
        "text": {"type": "string", "minLength": 2.0, "maxLength": 1e3},
        "list": several,
        "map": {"type": "object", "minProperties": 1.0, "maxProperties": 1e300},
        "old": {**several, "x-compat": {"into": "/list"}},
        "minLength": {"type": "number", "default": 2.0},
    }
    body = {"type": "object", "required": ["text", "map"], "properties": members}
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "parameters": [{"name": "q", "in": "query", "required": True, "schema": several}],
        "responses": {"200": {"description": "ok"}},
    }
    document = {**HEAD, "paths": {"/a": {"post": {"operationId": "op", **operation}}}}
    made = texts(document)
    assert "max_length=1000" in made["models.py"]
    assert "`2.0`" in made["models.py"]  # what is no count is as it was written
    imported(made, tmp_path, "client")

"""Enumerations as classes, and the docs of their values in either form. tests/golden/enum_classes has the text of a package."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from jsonschema_rs import validator_for

import goldens
from built import HEAD, imported, printed, source
from speclens import names
from speclens.cli import main
from speclens.config import Config
from speclens.openapi.enumerations import enum_values

FEATURE = "enum_classes"
CONFIG = Config(Path("openapi.yaml"), "pkg", Path(), "speclens generate")
# What a caller writes, and what type checkers say of it.
CALLS = """
from typing import assert_type
from pkg import Pkg
from pkg.models import ListPetsKindsItem, ListPetsLevel, ListPetsOrder, Pet, Status

def call(client: Pkg) -> None:
    pets = client.pets.list(status=Status.FREE, order="-name", kinds=["cat", ListPetsKindsItem.DOG], level=2)
    client.pets.list(status="sold", order=ListPetsOrder.NAME, level=ListPetsLevel.MINUS_1)
    client.pets.add(status=None, level=1, size="s")
    for pet in pets:
        assert_type(pet.status, Status | None)
    client.pets.list(status="gone")  # type: ignore[arg-type]
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(goldens.texts(FEATURE), tmp_path_factory.mktemp("enums"), "client")


def client_of(package: Any, sent: list[httpx.Request]) -> Any:
    pet = {"id": 1, "status": "available", "level": 2, "size": "m"}

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        body = pet if request.method == "POST" else [pet, {**pet, "status": None}]
        return httpx.Response(200 + (request.method == "POST"), json=body, headers={"X-Level": "2"})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return package.Pkg(http_client=http)


def test_members_and_values_are_given_and_members_are_read(package: Any) -> None:
    sent: list[httpx.Request] = []
    client, models = client_of(package, sent), package._models
    found = client.pets.list(
        status=models.Status.RESERVED, order="-name", kinds=[models.ListPetsKindsItem.CAT, "dog"],
        level=models.ListPetsLevel.MINUS_1,
    )  # fmt: skip
    assert sent[0].url.query == b"status=on%20hold&order=-name&kinds=cat&kinds=dog&level=-1"
    assert [one.status for one in found] == ["available", None]
    assert found[0].status is models.Status.FREE
    assert (found[0].level, found[0].level == 2) == (models.Level.HIGH, True)
    body = {"status": models.Status.SOLD, "level": models.Level.LOW, "size": models.PetSize.TINY}
    made = models.PetRequest(**body)
    for one in (body, made, {"status": "sold", "level": 1, "size": "s"}):
        client.pets.add(body=one)
    added = client.pets.add(**body)
    assert {request.content for request in sent[1:]} == {b'{"status":"sold","level":1,"size":"s"}'}
    assert models.AddPetHeaders.from_response(added._response).x_level is models.Level.HIGH
    client.pets.add(status="sold", level=1, fit="large")
    assert json.loads(sent[-1].content)["size"] == "l"


def test_models_write_values_and_read_what_they_wrote(package: Any) -> None:
    pet, models = {"id": 1, "status": "sold", "level": 0, "size": "l"}, package._models
    made = models.Pet.model_validate(pet)
    assert made.model_dump(mode="json") == json.loads(made.model_dump_json()) == pet
    assert type(made.model_dump(mode="json")["status"]) is str
    assert models.Pet.model_validate(made.model_dump()) == made
    schema = models.Pet.model_json_schema()
    assert validator_for(schema).is_valid(pet)
    assert not validator_for(schema).is_valid({**pet, "status": "gone"})


def test_type_checkers_know_members_and_values(tmp_path: Path, mypy_cache: str) -> None:
    (tmp_path / "pkg").mkdir()
    for name, text in goldens.texts(FEATURE).items():
        if name.endswith(".py"):
            (tmp_path / "pkg" / name).write_text(text, "utf-8")
    (tmp_path / "calls.py").write_text(CALLS)
    options = ("--config-file=", "--strict", "--warn-unused-ignores", "--cache-dir", mypy_cache)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "calls.py", "pkg/models.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_docs_of_values_stand_where_the_values_do(package: Any) -> None:
    told = inspect.getdoc(package.Pets.list) or ""
    assert (
        "order: How they are sorted.\n\n        - `name`: By name.\n        - `-name`: Ba" in told
    )
    assert "- `dog`: Barks." in told
    literal = replace(goldens.settings(FEATURE), enums="literal")
    files = {path: one.text for path, one in printed(goldens.read(FEATURE), literal).items()}
    assert "_enums.py" not in files
    assert 'Status: TypeAlias = Literal["available", "sold", "on hold"]' in files["models.py"]
    # Of the alias, and of the attribute.
    assert files["models.py"].count("- `available`: For sale.\n") == 3
    assert "- `on hold`: Somebody asked for it." in files["models.py"]


def test_one_enumeration_is_one_class() -> None:
    """A schema that requests and responses have in two forms, one that others inherit, and one of two equal responses."""
    kind = {"type": "string", "enum": ["a", "b"]}
    base = {
        "type": "object",
        "properties": {"kind": kind, "id": {"type": "string", "readOnly": True}},
    }
    answer = {"type": "object", "properties": {"state": {"type": "string", "enum": ["on", "off"]}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    answers = {
        status: {"description": "d", "content": {"application/json": {"schema": answer}}}
        for status in ("200", "202")
    }
    document = {
        **HEAD,
        "servers": [{"url": "https://api.example"}],
        "paths": {"/a": {"post": {"operationId": "makeIt", "requestBody": body, "responses": answers}}},
        "components": {
            "schemas": {
                "Base": base,
                "Thing": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object"}]},
            }
        },
    }  # fmt: skip
    models = printed(source(document), replace(CONFIG, enums="enum"))["models.py"].text
    classes = [line for line in models.splitlines() if "(TextEnum)" in line]
    assert classes == ["class BaseKind(TextEnum):", "class MakeItResponseState(TextEnum):"]


def test_parameters_of_swagger_name_their_values() -> None:
    parameter = {
        "name": "q",
        "in": "query",
        "type": "integer",
        "enum": [1, 2],
        "x-enum-varnames": ["Low", "High"],
    }
    operation = {
        "operationId": "list",
        "parameters": [parameter],
        "responses": {"200": {"description": "d"}},
    }
    document = {
        "swagger": "2.0", "host": "api.example", "schemes": ["https"], "info": HEAD["info"], "paths": {"/a": {"get": operation}}
    }  # fmt: skip
    models = printed(source(document), replace(CONFIG, enums="enum"))["models.py"].text
    assert "    LOW = 1\n    HIGH = 2\n" in models


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("available", "AVAILABLE"), ("onHold", "ON_HOLD"), ("1024x1024", "VALUE_1024X1024"), ("-1", "MINUS_1"),
        ("+1", "PLUS_1"), ("-created_at", "MINUS_CREATED_AT"), ("größe", "GROSSE"), ("", "EMPTY"), ("*", "ASTERISK"),
        ("<=", "LESS_THAN_SIGN_EQUALS_SIGN"), ("none", "NONE"), ("v1.0", "V1_0"), ("\u0000", "U0"),
    ],
)  # fmt: skip
def test_names_of_members(text: str, name: str) -> None:
    assert names.member(text) == name


def test_extensions_of_any_form_say_what_they_can() -> None:
    """Nothing of what is too long, too short, or of another type gets anywhere."""
    schema = {
        "enum": ["a", 2, True],
        "x-enum-varnames": ["One", None, "Three", "Four"],
        "x-fern-enum": {"a": {"name": 7, "description": "First."}, "2": "Two", "b": {}},
        "x-ms-enum": {"values": [3, {"value": True, "name": "Yes", "description": ["no"]}]},
        "x-enumDescriptions": "none",
    }
    told = [(one.name, one.doc) for one in enum_values(schema)]
    assert told == [("One", "First."), ("Two", "Two"), ("Three", "")]
    assert enum_values({"enum": "a"}) == enum_values(True) == ()


def test_the_laws_of_the_generated_code_hold() -> None:
    document = str(goldens.document(FEATURE))
    found = CliRunner().invoke(main, ["verify", document, "--enums", "enum", "--examples", "60"])
    assert found.exit_code == 0, found.output
    assert "model and schema agree" in found.output

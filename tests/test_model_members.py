"""Models as their users make, read and dump them: attributes have Python's names, and JSON those of the document."""

from __future__ import annotations

import inspect
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from pydantic import TypeAdapter, ValidationError

from built import imported, schemas, texts

OWNER = {"type": "object", "required": ["fullName"], "properties": {"fullName": {"type": "string"}}}
PET: dict[str, Any] = {
    "type": "object",
    "required": ["petId", "nickName"],
    "properties": {
        "petId": {"type": "integer"},
        "nickName": {"type": ["string", "null"]},
        "Name": {"type": "string"},
        "getHTTPStatus": {"type": "integer"},
        "class": {"type": "string"},
        "tag": {"type": ["string", "null"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
        "former": {"type": "array", "items": {"$ref": "#/components/schemas/Owner"}},
    },
}
DOCUMENT = schemas(Pet=PET, Owner=OWNER)
JUDGE = validator_for({"$ref": "#/components/schemas/Pet", "components": DOCUMENT["components"]})


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("models"))


def test_attributes_have_names_of_python(models: Any) -> None:
    names = ["pet_id", "nick_name", "name", "get_http_status", "class_", "tag", "owner", "former"]
    assert [*models.Pet.model_fields] == names
    for _ in range(2):  # before and after pydantic has built the model
        parameters = inspect.signature(models.Pet).parameters
        assert [*parameters][:-1] == names
        assert str(models.Pet(pet_id=1, nick_name=None)).startswith("pet_id=1 nick_name=None")


def test_the_constructor_takes_attributes_and_all_else_the_names_of_the_document(
    models: Any,
) -> None:
    pet = models.Pet(pet_id=1, nick_name="x", name="n", owner={"fullName": "a"}, more=2)
    wire = {"petId": 1, "nickName": "x", "Name": "n", "owner": {"fullName": "a"}, "more": 2}
    assert pet.model_dump() == wire
    assert models.Pet.model_validate(wire) == pet
    assert models.Pet(**wire) == pet
    with pytest.raises(ValidationError, match="petId"):
        models.Pet.model_validate({"pet_id": 1, "nickName": "x"})
    with pytest.raises(ValidationError, match=r"owner\.fullName"):
        models.Pet(pet_id=1, nick_name="x", owner={"full_name": "a"})


def test_a_member_called_like_the_attribute_of_another_stays_one_of_its_own(models: Any) -> None:
    wire = {"petId": 1, "nickName": None, "name": 0, "pet_id": "x", "class_": 1}
    pet = models.Pet.model_validate(wire)
    assert (pet.name, pet.class_, pet.pet_id) == (None, None, 1)
    assert pet.model_dump() == wire


@given(
    st.fixed_dictionaries(
        {"petId": st.integers(), "nickName": st.none() | st.text()},
        optional={
            "Name": st.text(),
            "tag": st.none() | st.text(),
            "owner": st.fixed_dictionaries({"fullName": st.text()}),
            "former": st.lists(st.fixed_dictionaries({"fullName": st.text()}), max_size=2),
            "more": st.none() | st.booleans(),
        },
    )
)
def test_a_dump_has_what_was_there_and_nothing_else(models: Any, wire: dict[str, Any]) -> None:
    pet = models.Pet.model_validate(wire)
    assert pet.model_dump() == wire
    assert json.loads(pet.model_dump_json()) == wire
    assert JUDGE.is_valid(pet.model_dump())
    assert models.Pet.model_validate(pet.model_dump()) == pet
    assert models.Pet.model_validate_json(pet.model_dump_json()) == pet
    assert pickle.loads(pickle.dumps(pet)) == pet
    assert JUDGE.is_valid(TypeAdapter(dict[str, models.Pet]).dump_python({"a": pet})["a"])


def test_none_is_not_sent_unless_it_is_null(models: Any) -> None:
    pet = models.Pet(pet_id=1, nick_name=None, name=None, tag=None)
    assert pet.model_dump() == {"petId": 1, "nickName": None, "tag": None}
    assert pet.model_fields_set == {"pet_id", "nick_name", "tag"}
    pet.name = None
    assert "Name" not in pet.model_dump()
    with pytest.raises(ValidationError):
        models.Pet.model_validate({"petId": 1, "nickName": None, "Name": None})


def test_absent_members_are_none(models: Any, tmp_path: Path) -> None:
    pet = models.Pet(pet_id=1, nick_name="x")
    assert (pet.tag, pet.name, pet.owner) == (None, None, None)
    assert pet.model_copy(update={"tag": "a"}).model_dump()["tag"] == "a"

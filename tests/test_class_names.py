"""What classes are called: after what their schemas say, not after their position; and which schemas are one class."""

from __future__ import annotations

from typing import Any

import pytest

from built import drafts, schemas

Json = dict[str, Any]
CAT = {"$ref": "#/components/schemas/Cat"}
PARTS = {"Cat": {"type": "object", "properties": {"name": {"type": "string"}}}}


def branch(**more: Any) -> Json:
    return {"type": "object", "properties": {"x": {"type": "integer"}}, **more}


def kind(value: str, **more: Any) -> Json:
    return {"type": "object", "properties": {"kind": {"enum": [value]}, **more}}


def classes(document: Json) -> list[str]:
    text = drafts(document)["models.py"].text
    return [line[6:].split("(")[0] for line in text.split("\n") if line.startswith("class ")]


@pytest.mark.parametrize(
    ("union", "expected"),
    [
        ([branch(title="A dog"), branch(title="A bird")], ["PetADog", "PetABird"]),
        ([kind("dog"), kind("bird")], ["PetDog", "PetBird"]),
        ([branch(description="Dog"), branch(description="Bird")], ["PetDog", "PetBird"]),
        ([CAT, {"allOf": [CAT, branch()]}], ["PetCat"]),
        ([{"type": "string"}, branch()], ["PetObject"]),
        ([branch(), kind("bird")], ["PetOption1", "PetBird"]),
        ([branch(title="Dog"), {**kind("bird"), "title": "Dog"}], ["PetOption1", "PetBird"]),
    ],
)
def test_a_branch_is_called_after_what_it_says(union: list[Json], expected: list[str]) -> None:
    found = classes(schemas(Pet={"oneOf": union}, **PARTS))
    assert [name for name in found if name != "Cat"] == sorted(expected)


def test_the_value_of_the_discriminator_comes_first() -> None:
    union = {
        "oneOf": [kind("dog", size={"const": "big"}), kind("bird", size={"const": "small"})],
        "discriminator": {"propertyName": "size"},
    }
    assert classes(schemas(Pet=union)) == ["PetBig", "PetSmall"]


def test_a_union_without_a_name_says_nothing_twice() -> None:
    holder = {"type": "object", "properties": {"pet": {"oneOf": [{"type": "string"}, branch()]}}}
    assert classes(schemas(Home=holder)) == ["Home", "HomePet"]


def test_a_part_of_a_whole_is_not_counted() -> None:
    whole = {"allOf": [CAT, {"properties": {"owner": branch()}}]}
    assert classes(schemas(Pet=whole, **PARTS)) == ["Cat", "Pet", "PetOwner"]


def operation(**responses: Json) -> Json:
    told = {
        status.lstrip("s"): {"description": status, "content": content}
        for status, content in responses.items()
    }
    return {"/buckets": {"post": {"operationId": "createBucket", "responses": told}}}


def content(schema: Json, media: str = "application/json") -> Json:
    return {media: {"schema": schema}}


ONE, OTHER = branch(description="One."), branch(description="Other.")


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ({"s200": content(ONE), "s201": content(OTHER)}, ["CreateBucketResponse"]),
        ({"s202": content(ONE), "s200": content(OTHER)}, ["CreateBucketResponse"]),
        ({"s404": content(ONE), "s422": content(OTHER)}, ["CreateBucketError"]),
        ({"s404": content(ONE)}, ["CreateBucketResponse404"]),
        (
            {"s200": content(ONE), "s201": content(kind("a"))},
            ["CreateBucketResponse200", "CreateBucketResponse201"],
        ),
        (
            {"s200": content(ONE) | content(OTHER, "application/vnd.a+json")},
            ["CreateBucketResponse"],
        ),
    ],
)
def test_equal_schemas_of_an_operation_are_one_class(
    responses: dict[str, Json], expected: list[str]
) -> None:
    assert classes({**schemas(), "paths": operation(**responses)}) == expected


def test_equal_schemas_of_two_operations_are_two_classes() -> None:
    one = {"responses": {"200": {"description": "d", "content": content(ONE)}}}
    paths = {"/a": {"get": one}, "/b": {"get": one}}
    assert classes({**schemas(), "paths": paths}) == ["GetAResponse", "GetBResponse"]


def test_extensions_of_other_generators_name_what_they_stand_on() -> None:
    document = schemas(
        PetDto={
            "x-fern-type-name": "Pet",
            "type": "object",
            "properties": {
                "petName": {"type": "string", "x-fern-property-name": "name"},
                "home": {**branch(), "x-fern-type-name": "House"},
            },
        },
        Toy={"x-speakeasy-name-override": "Plaything", **branch()},
    )
    asked = {
        "operationId": "findPets",
        "x-speakeasy-name-override": "search",
        "x-fern-sdk-group-name": ["zoo", "pets"],
        "parameters": [
            {"name": "q", "in": "query", "x-fern-parameter-name": "text", "schema": {}},
            {"name": "n", "in": "query", "x-speakeasy-name-override": "limit", "schema": {}},
        ],
        "requestBody": {"content": content({"$ref": "#/components/schemas/PetDto"})},
        "responses": {"204": {"description": "d"}},
    }
    made = drafts({**document, "paths": {"/pets": {"post": asked}}})
    assert classes({**document, "paths": {"/pets": {"post": asked}}}) == [
        "House",
        "Pet",
        "Plaything",
    ]
    assert 'name: Annotated[Maybe[str], Field(alias="petName")]' in made["models.py"].text
    client = made["client.py"].text
    assert "def zoo_pets(self)" in client
    method = client.split("def search(")[-1]
    assert all(f"        {name}: " in method for name in ("text", "limit", "name", "home"))

"""By which branch of a union, or child of a base, an object is folded: what its discriminator names, and where it names
nothing. Expectations are what docs/x-compat.md says."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from built import imported, schemas, texts
from test_golden import function, runtime_of

TEXT = {"type": "string"}
REFUSED = "refused"


def older(name: str, **more: Any) -> dict[str, Any]:
    """An object whose member `a` was called `name`."""
    spoke = {"type": "string", "x-compat": {"into": "/a"}}
    return {"type": "object", "properties": {"type": TEXT, "a": TEXT, name: spoke, **more}}


def of(kind: str, name: str) -> dict[str, Any]:
    """The same with a tag that is always there."""
    return {**older(name, type={"const": kind}), "required": ["type"]}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def union(*branches: str | dict[str, Any], **told: Any) -> dict[str, Any]:
    listed = [ref(one) if isinstance(one, str) else one for one in branches]
    return {"oneOf": listed, "discriminator": {"propertyName": "type", **told}}


def child(base: str, name: str) -> dict[str, Any]:
    return {"allOf": [ref(base), older(name)]}


def base(**told: Any) -> dict[str, Any]:
    return {**older("o"), "discriminator": {"propertyName": "type", **told}}


DOCUMENT = schemas(
    Cat=older("b"), Dog=older("c"), SureCat=of("SureCat", "b"), SureDog=of("SureDog", "c"),
    Plain={"type": "object", "properties": {"type": TEXT}}, Short=older("b", q=False),
    Mapped=union("Cat", "Dog", mapping={"cat": "#/components/schemas/Cat", "kitty": "Cat"}),
    Default=union("Cat", "Dog", defaultMapping="Dog"),
    OnePossible=union("Cat", "SureDog"),
    NonePossible=union("SureCat", "SureDog"),
    OneFolds=union("Cat", "Plain"),
    Inline=union("Short", {**older("d", q=TEXT), "required": ["q"]}),
    Pet=base(mapping={"kit": "Kit"}), Kit=child("Pet", "b"), Pup=child("Pet", "c"),
    Beast=base(defaultMapping="Calf"), Calf=child("Beast", "b"), Lamb=child("Beast", "c"),
) | {"openapi": "3.2.0"}  # fmt: skip

# Union or base, what is sent, and whether the older member is folded; None: it is left as it is.
TABLE: list[tuple[str, dict[str, Any], str | None]] = [
    ("Mapped", {"type": "cat", "b": "x"}, "b"),
    ("Mapped", {"type": "kitty", "b": "x"}, "b"),
    ("Mapped", {"type": "Cat", "b": "x"}, "b"),  # its own name too
    ("Mapped", {"type": "Dog", "c": "x"}, "c"),
    ("Mapped", {"type": "cat", "c": "x"}, None),
    ("Mapped", {"type": "bird", "b": "x"}, REFUSED),
    ("Mapped", {"type": 5, "c": "x"}, REFUSED),
    ("Mapped", {"b": "x"}, REFUSED),
    ("Mapped", {"type": "bird", "a": "x", "z": "x"}, None),
    ("Default", {"type": "Cat", "b": "x"}, "b"),
    ("Default", {"type": "bird", "c": "x"}, "c"),
    ("Default", {"c": "x"}, "c"),
    ("Default", {"b": "x"}, None),
    ("OnePossible", {"type": "SureDog", "c": "x"}, "c"),
    ("OnePossible", {"type": "bird", "b": "x"}, "b"),
    ("OnePossible", {"b": "x"}, "b"),
    ("NonePossible", {"type": "SureCat", "b": "x"}, "b"),
    ("NonePossible", {"type": "bird", "b": "x"}, None),  # the model refuses it
    ("OneFolds", {"type": "Cat", "b": "x"}, "b"),
    ("OneFolds", {"type": "Plain", "b": "x"}, None),
    ("OneFolds", {"type": "bird", "b": "x"}, REFUSED),
    ("OneFolds", {"z": "x"}, None),
    ("Inline", {"type": "Short", "b": "x"}, "b"),
    ("Inline", {"q": "x", "d": "x"}, "d"),
    ("Inline", {"type": "bird", "q": "x", "d": "x"}, "d"),
    ("Inline", {"b": "x"}, "b"),
    ("Pet", {"type": "kit", "b": "x"}, "b"),
    ("Pet", {"type": "Kit", "o": "x"}, "o"),
    ("Pet", {"type": "Pup", "c": "x"}, "c"),
    ("Pet", {"type": "bird", "c": "x"}, None),
    ("Pet", {"o": "x"}, "o"),
    ("Beast", {"type": "Lamb", "c": "x"}, "c"),
    ("Beast", {"type": "bird", "b": "x"}, "b"),
    ("Beast", {"b": "x"}, "b"),
    ("Beast", {"o": "x"}, "o"),
]


@pytest.fixture(scope="module")
def normalizers(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("tags"), "normalizers")


@pytest.mark.parametrize(("name", "payload", "folded"), TABLE, ids=str)
def test_what_names_a_branch(
    normalizers: ModuleType, name: str, payload: dict[str, Any], folded: str | None
) -> None:
    normalize = function(normalizers, "normalize", name)
    if folded == REFUSED:
        with pytest.raises(runtime_of(normalizers).CompatError) as caught:
            normalize(payload)
        assert (caught.value.rule, caught.value.pointer) == ("discriminator", "")
        return
    expected = {"a" if key == folded else key: value for key, value in payload.items()}
    assert normalize(payload).value == expected


def test_a_required_hub_tells_no_branch_of_a_union(tmp_path: Path) -> None:
    """An older field may stand for it."""
    old = {"type": "string", "x-compat": {"into": "/size"}}
    big = {
        "type": "object",
        "required": ["k", "size"],
        "properties": {"k": {"const": "A"}, "size": {"type": "string"}, "old": old},
    }
    small = {"type": "object", "required": ["k"], "properties": {"k": {"const": "B"}}}
    files = texts(
        schemas(Either={"oneOf": [big, small]}, Both={"allOf": [{"required": ["size"]}, big]})
    )
    normalize = imported(files, tmp_path, "normalizers").normalize_either
    assert normalize({"k": "A", "old": "x"}).value == {"k": "A", "size": "x"}
    assert normalize({"k": "B", "old": "x"}).value == {"k": "B", "old": "x"}

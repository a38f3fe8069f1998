"""The smallest document per feature: the modules it becomes, and what they accept.

`UPDATE=1 pytest tests/test_golden.py` rewrites the expected modules. In `cases.json` a case is a payload of a schema
and what comes of it: `canonical` (or `errors`: pointer -> rule), `rewrites`, `drops`, `denormalized`. What a case says
is judged twice: by the generated package, and by a JSON Schema validator on the views; `unenforced` says why a model
accepts what its schema refuses, `wire` why the wire view accepts what comes to nothing.
What else may be in the directory of a golden: `goldens.py`.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from runtime._source_map import pointer_of

import goldens
from built import imported
from goldens import FEATURES, GOLDEN
from speclens.lower.rewrites import lifting, views
from speclens.lower.schemas import naming
from speclens.reading.modern import modern
from speclens.source.pointer import join
from speclens.validate.dialect import schema_validator

SHOWN = ("client.py", "models.py", "normalizers.py")
KEYS = {
    "schema",
    "payload",
    "canonical",
    "errors",
    "rewrites",
    "drops",
    "denormalized",
    "unenforced",
    "wire",
}


@pytest.mark.parametrize("feature", FEATURES)
def test_text(feature: str) -> None:
    expected = GOLDEN / feature / "expected"
    files = {name: text for name, text in goldens.texts(feature).items() if name in SHOWN}
    if os.environ.get("UPDATE"):
        expected.mkdir(exist_ok=True)
        for path in expected.iterdir():
            path.unlink()
        for name, text in files.items():
            expected.joinpath(name).write_text(text, "utf-8")
    assert {path.name: path.read_text("utf-8") for path in expected.iterdir()} == files


def cases() -> Iterator[Any]:
    for feature in FEATURES:
        found = json.loads((GOLDEN / feature / "cases.json").read_text("utf-8"))
        for index, case in enumerate(found):
            yield pytest.param(feature, case, id=f"{feature}-{index}")


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("golden")

    @cache
    def load(feature: str) -> tuple[ModuleType, ModuleType | None]:
        files = goldens.texts(feature)
        models = imported(files, directory)
        normalizers = (
            imported(files, directory, "normalizers") if "normalizers.py" in files else None
        )
        return models, normalizers

    return load


@pytest.mark.parametrize(("feature", "case"), tuple(cases()))
def test_case(feature: str, case: dict[str, Any], packages: Any) -> None:
    assert case.keys() <= KEYS
    assert ("canonical" in case) != ("errors" in case)
    models, normalizers = packages(feature)
    document = lifting.lifted(modern(goldens.read(feature).value)).document
    pointer = join("#", "components", "schemas", case["schema"])
    ident = naming.component_classes(document)[pointer]
    payload = copy.deepcopy(case["payload"])

    found = run(models, normalizers, ident, payload)

    assert payload == case["payload"], "the payload was changed"
    assert found == {
        "canonical": case.get("canonical"),
        "errors": {},
        "rewrites": [],
        "drops": [],
    } | {
        key: value
        for key, value in case.items()
        if key in {"canonical", "errors", "rewrites", "drops"}
    }
    conflict = "conflict" in case.get("errors", {}).values()
    wire = schema_validator(views.wire(document).document, pointer)
    canonical = schema_validator(views.canonical(document).document, pointer)
    if "unenforced" in case:
        assert not wire.is_valid(payload), "the schema accepts it"
    elif "wire" in case:
        assert wire.is_valid(payload), "the wire view refuses it"
    elif not conflict:
        assert wire.is_valid(payload) == ("canonical" in case), "the wire view judges otherwise"
    if "canonical" in case and "unenforced" not in case:
        assert canonical.is_valid(case["canonical"]), "the canonical view refuses it"
    if "denormalized" in case:
        denormalize(models, normalizers, ident, case)


def run(
    models: ModuleType, normalizers: ModuleType | None, ident: str, payload: Any
) -> dict[str, Any]:
    """What a generated package says to a payload."""
    normalize = function(normalizers, "normalize", ident)
    if normalize is None or normalizers is None:
        errors = judged(getattr(models, ident), payload)
        return outcome(payload, errors)
    try:
        folded = normalize(payload)
    except runtime_of(normalizers).CompatError as error:
        return outcome(None, {error.pointer: error.rule})
    again = normalize(folded.value)
    assert (again.value, again.rewrites, again.drops) == (folded.value, (), ()), "twice is not once"
    errors = judged(getattr(models, ident), folded.value)
    if errors and is_model(getattr(models, ident)):
        with pytest.raises(runtime_of(normalizers).PayloadError) as caught:
            folded.validate(getattr(models, ident))
        errors = {fault.pointer: fault.rule for fault in caught.value.errors}
    rewrites = [[rewrite.source, rewrite.target] for rewrite in folded.rewrites]
    return outcome(folded.value, errors, rewrites, [[d.pointer, d.reason] for d in folded.drops])


def runtime_of(normalizers: ModuleType) -> Any:
    return importlib.import_module(normalizers.__package__ or "")


def outcome(
    value: Any, errors: dict[str, str], rewrites: Sequence[Any] = (), drops: Sequence[Any] = ()
) -> dict[str, Any]:
    if errors:
        return {"canonical": None, "errors": errors, "rewrites": [], "drops": []}
    return {"canonical": value, "errors": {}, "rewrites": list(rewrites), "drops": list(drops)}


def judged(model: Any, value: Any) -> dict[str, str]:
    """What a model refuses in a value; that it says it again where it refuses nothing."""
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    text = json.dumps(value)
    try:
        instance = adapter.validate_python(value, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        with pytest.raises(ValidationError):
            adapter.validate_json(text, strict=True, by_alias=True, by_name=False)
        return {
            pointer_of(fault["loc"], value, fault["type"]): fault["type"]
            for fault in error.errors()
        }
    assert adapter.validate_json(text, strict=True, by_alias=True, by_name=False) == instance
    dumped = adapter.dump_python(instance, mode="json", by_alias=True, exclude_unset=True)
    assert json.loads(adapter.dump_json(instance, by_alias=True, exclude_unset=True)) == dumped
    assert dumped == value, "the model says something else"
    return {}


def is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def function(normalizers: ModuleType | None, verb: str, ident: str) -> Any:
    names = {
        name.replace("_", "").lower(): name
        for name in vars(normalizers or object)
        if name.startswith(f"{verb}_")
    }
    name = names.get(f"{verb}{ident}".replace("_", "").lower())
    return getattr(normalizers, name) if name else None


def denormalize(
    models: ModuleType, normalizers: ModuleType | None, ident: str, case: dict[str, Any]
) -> None:
    """`denormalized` maps `HUB by SPOKE` to the value in older fields, or to the pointer where it cannot be said."""
    assert normalizers is not None
    say = function(normalizers, "denormalize", ident)
    back = function(normalizers, "normalize", ident)
    for ways, expected in case["denormalized"].items():
        to = dict(way.split(" by ") for way in ways.split(", "))
        if isinstance(expected, str):
            with pytest.raises(runtime_of(normalizers).CompatError) as caught:
                say(case["canonical"], to=to)
            assert (caught.value.rule, caught.value.pointer) == ("denormalize", expected)
        else:
            assert say(case["canonical"], to=to) == expected
            assert back(expected).value == case["canonical"]

"""`speclens verify`: that it tells what is broken, by the smallest payload and at its place, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field

from built import schemas, source, texts
from speclens import judging, loading
from speclens.lower.rewrites import views
from speclens.verify import Report, generated
from speclens.verify.instances import instances
from speclens.verify.judges import judges, typed
from speclens.verify.running import report_on as verified
from speclens.verify.subjects import subjects
from speclens.verify.values import Json, exact, reordered

THING = "#/components/schemas/Thing"


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return {**found, "required": list(required)} if required else found


# That it can fail: generated code with a fault

TAGS = schemas(
    Thing=thing(
        name={"type": "string"},
        title={"type": "string", "x-compat": {"into": "/name"}},
        tags={"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        tag={"type": "integer", "x-compat": {"into": "/tags", "to": ["$"]}},
    )
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, ...]:
    """The models, the normalizers and the runtime of the package of TAGS."""
    files = {name: text for name, text in texts(TAGS).items() if name.endswith(".py")}
    return loading.load_texts(files, "_sabotaged", ["models", "normalizers", "_compat"])


@dataclass
class Folded:
    """What a normalizer gives, changed."""

    value: Json
    rewrites: tuple[Any, ...]
    drops: tuple[Any, ...]
    real: Any

    def validate(self, model: Any) -> Any:
        return replace(self.real, value=self.value).validate(model)


Sabotage = Callable[[Any, Any], Callable[..., Any]]
"""From the real function and the runtime of its package, one with a fault."""


def on_fold(change: Callable[[Json, Folded], object]) -> Sabotage:
    """A normalizer of which a function changes the payload or the result."""

    def sabotage(real: Any, _: Any) -> Callable[..., Any]:
        def normalize(payload: Json) -> Folded:
            result = real(payload)
            folded = Folded(
                json.loads(json.dumps(result.value)), result.rewrites, result.drops, result
            )
            change(payload, folded)
            return folded

        return normalize

    return sabotage


def mutates(payload: Json, _: Folded) -> None:
    if isinstance(payload, dict):
        payload.pop("tag", None)


def mutates_deeply(payload: Json, _: Folded) -> None:
    tags = payload.get("tags") if isinstance(payload, dict) else None
    if isinstance(tags, list) and all(type(tag) is int and tag >= 0 for tag in tags):
        tags.sort()


def leaves_a_spoke(payload: Json, folded: Folded) -> None:
    if isinstance(payload, dict) and isinstance(payload.get("title"), str):
        folded.value["title"] = payload["title"]


def loses_what_it_does_not_know(_: Json, folded: Folded) -> None:
    if isinstance(folded.value, dict):
        known = ("name", "title", "tags", "tag")
        folded.value = {key: item for key, item in folded.value.items() if key in known}


def depends_on_order(payload: Json, folded: Folded) -> None:
    if (
        isinstance(payload, dict)
        and list(payload)[:2] == ["tag", "title"]
        and "name" not in payload
    ):
        folded.value = dict(folded.value, name="!")


def rewritten(**changed: str) -> Sabotage:
    """A normalizer that tells something else of the rewrite of `tag`."""

    def change(_: Json, folded: Folded) -> None:
        folded.rewrites = tuple(
            replace(one, **changed) if one.source == "/tag" else one for one in folded.rewrites
        )

    return on_fold(change)


def with_error(change: Callable[[Any], tuple[str, str, str]]) -> Sabotage:
    """A normalizer whose errors are told otherwise."""

    def sabotage(real: Any, runtime: Any) -> Callable[..., Any]:
        def normalize(payload: Json) -> Any:
            try:
                return real(payload)
            except runtime.CompatError as error:
                raise runtime.CompatError(*change(error)) from None

        return normalize

    return sabotage


def raises(error: Exception) -> Sabotage:
    def sabotage(real: Any, _: Any) -> Callable[..., Any]:
        def normalize(payload: Json) -> Any:
            if isinstance(payload, dict) and "tag" in payload:
                raise error
            return real(payload)

        return normalize

    return sabotage


def refuses_more(real: Any, runtime: Any) -> Callable[..., Any]:
    def normalize(payload: Json) -> Any:
        if isinstance(payload, dict) and payload.get("title") == "":
            raise runtime.CompatError("type", "/title", "must not be empty")
        return real(payload)

    return normalize


def accepts_more(real: Any, runtime: Any) -> Callable[..., Any]:
    """`tag: "1"` is taken for `tag: 1`."""

    def normalize(payload: Json) -> Any:
        if isinstance(payload, dict) and re.fullmatch("-?[0-9]+", str(payload.get("tag"))):
            payload = {**payload, "tag": int(payload["tag"])}
        return real(payload)

    return normalize


def names_another_place(error: Any) -> tuple[str, str, str]:
    is_tag = (error.rule, error.pointer) == ("type", "/tag")
    return error.rule, "/tags/0/tag" if is_tag else error.pointer, error.message


def names_one_place(error: Any) -> tuple[str, str, str]:
    is_name = error.pointer == "/title"
    return error.rule, error.pointer, error.message.split(" /")[0] if is_name else error.message


TYPE_ERROR = TypeError("'int' object is not iterable")
ORDER = "order of keys is no matter"
RAISED = "nothing else is raised"
VIEWS = "wire and canonical view agree"
OLDER = "older fields say the same"
LOST = "nothing is lost"
AGREE = "model and schema agree"
NORMALIZERS: dict[str, tuple[Sabotage, tuple[str, ...], Json, str]] = {
    # what is done, the laws that it breaks, and of the last the smallest payload and what is told
    "mutates": (
        on_fold(mutates),
        ("input is not mutated",),
        {"tag": 0},
        "folding changed the payload itself, to {}",
    ),
    "mutates-deeply": (
        on_fold(mutates_deeply),
        ("input is not mutated",),
        {"tags": [1, 0]},
        'folding changed the payload itself, to {"tags": [0, 1]}',
    ),
    "leaves-a-spoke": (
        on_fold(leaves_a_spoke),
        ("folding twice is folding once", OLDER, "no spoke survives"),
        {"title": ""},
        '/title is left in {"name": "", "title": ""}',
    ),
    "loses": (
        on_fold(loses_what_it_does_not_know),
        ("canonical stays", OLDER, LOST),
        {"": 0},
        " is lost: it becomes {}",
    ),
    "order": (
        on_fold(depends_on_order),
        (ORDER,),
        {"title": "", "tag": 0},
        'as {"tag": 0, "title": ""} it becomes {"name": "!", "tags": [0]}',
    ),
    "wrong-source": (
        rewritten(source="/nothing"),
        (LOST,),
        {"tag": 0},
        "a rewrite names the source /nothing, where nothing was sent",
    ),
    "wrong-target": (
        rewritten(target="/nothing"),
        (LOST,),
        {"tag": 0},
        "a rewrite names the target /nothing, where nothing is",
    ),
    "wrong-rule": (
        rewritten(rule=THING),
        (LOST,),
        {"tag": 0},
        f"a rewrite names the rule {THING}, which is not a shape",
    ),
    "wrong-pointer": (
        with_error(names_another_place),
        ("errors are the senders",),
        {"tag": ""},
        "an error names /tags/0/tag, where nothing was sent",
    ),
    "one-place": (
        with_error(names_one_place),
        (VIEWS,),
        {"name": "", "title": "0"},
        "a conflict names only one place",
    ),
    "type-error": (raises(TYPE_ERROR), (RAISED,), {"tag": 0}, f"raises TypeError: {TYPE_ERROR}"),
    "value-error": (raises(ValueError("no")), (RAISED,), {"tag": 0}, "raises ValueError: no"),
    "recursion": (raises(RecursionError()), (RAISED,), {"tag": 0}, "raises RecursionError: "),
    "too-strict": (
        refuses_more,
        (OLDER, VIEWS),
        {"title": ""},
        "the document allows it, but it is refused (/title: must not be empty)",
    ),
    "too-lax": (
        accepts_more,
        (VIEWS,),
        {"tag": "0"},
        "the document does not allow it, but the code accepts it",
    ),
}


def report_on(package: tuple[ModuleType, ...], examples: int = 200, **changed: Any) -> Report:
    """The report on Thing, with some of what is generated of it replaced."""
    models, normalizers, _ = package
    read = source(TAGS)
    made = generated(read.value, judging.read_document(read)[0], models, normalizers)[THING]
    return verified(subjects(read.value)(THING, replace(made, **changed)), examples)


def broken(report: Report) -> dict[str, tuple[Json, str]]:
    return {one.law: (one.payload, one.broken) for one in report.verdicts if one.broken}


def sorted_(value: Json) -> str:
    return exact(reordered(value, sorted))


def test_nothing_is_broken_as_it_is_generated(package: tuple[ModuleType, ...]) -> None:
    assert broken(report_on(package)) == {}


@pytest.mark.parametrize("name", NORMALIZERS)
def test_a_faulty_normalizer_breaks_its_law(name: str, package: tuple[ModuleType, ...]) -> None:
    sabotage, laws, payload, told = NORMALIZERS[name]
    real = package[1].normalize_thing
    found = broken(report_on(package, normalize=sabotage(real, package[2])))
    assert set(found) == set(laws)
    assert sorted_(found[laws[-1]][0]) == sorted_(payload)
    assert found[laws[-1]][1].endswith(told) or told in found[laws[-1]][1]


# The model


def changed_model(package: tuple[ModuleType, ...], **fields: Any) -> Any:
    """A model of Thing of which some fields have another type."""
    from pydantic import create_model

    real = package[0].Thing
    changed: Any = {name: (kind, None) for name, kind in fields.items()}
    base: Any = create_model("Thing", __base__=real, **changed)
    base.model_config = dict(real.model_config)
    return base


MODELS: dict[str, tuple[dict[str, Any], tuple[str, ...], Json, str]] = {
    "too-lax": ({"name": Any}, (VIEWS, AGREE), {"name": 0}, "the model accepts it, but the"),
    "too-strict": (
        {"name": Annotated[str, Field(min_length=2)]},
        (VIEWS, "canonical stays", AGREE),
        {"name": ""},
        "the model refuses it, but the schema accepts it",
    ),
    "says-otherwise": (
        {"name": Annotated[str, AfterValidator(str.upper)]},
        (AGREE,),
        {"name": "a"},
        'the model reads it and writes {"name": "A"}',
    ),
    "raises": (
        {"name": Annotated[str, AfterValidator(lambda text: text.nothing)]},
        (RAISED,),
        {"name": ""},
        "raises AttributeError: 'str' object has no attribute 'nothing'",
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_faulty_model_breaks_its_law(name: str, package: tuple[ModuleType, ...]) -> None:
    fields, laws, payload, told = MODELS[name]
    found = broken(report_on(package, model=changed_model(package, **fields)))
    assert set(found) == set(laws)
    as_older = {"title" if key == "name" else key: item for key, item in payload.items()}
    assert exact(found[laws[-1]][0]) in (exact(payload), exact(as_older))
    assert told in found[laws[-1]][1].replace(exact(payload), "it")


# The way back


def mutates_a_value(real: Any) -> Callable[..., Any]:
    def denormalize(value: Json, *, to: Any) -> Json:
        said = real(value, to=to)
        if "tags" in value and "/tags" in to:
            del value["tags"]
        return said

    return denormalize


def lies(real: Any) -> Callable[..., Any]:
    def denormalize(value: Json, *, to: Any) -> Json:
        said = real(value, to=to)
        return {**said, "tag": said["tag"] + 1} if "tag" in said else said

    return denormalize


def says_what_is_refused(real: Any) -> Callable[..., Any]:
    def denormalize(value: Json, *, to: Any) -> Json:
        said = real(value, to=to)
        return {**said, "tag": str(said["tag"])} if "tag" in said else said

    return denormalize


def raises_on_the_way_back(real: Any) -> Callable[..., Any]:
    def denormalize(value: Json, *, to: Any) -> Json:
        if "tags" in value and "/tags" in to:
            raise TypeError("no")
        return real(value, to=to)

    return denormalize


WAYS_BACK: dict[str, tuple[Callable[[Any], Any], str, Json, str]] = {
    "mutates": (
        mutates_a_value,
        OLDER,
        {"tags": [0]},
        "expressing it in tag for /tags changes it to {}",
    ),
    "lies": (
        lies,
        OLDER,
        {"tags": [0]},
        'in tag for /tags it is {"tag": 1}, which folds into {"tags": [1]}',
    ),
    "refused": (
        says_what_is_refused,
        OLDER,
        {"tags": [0]},
        'in tag for /tags it is {"tag": "0"}, which the document does not allow',
    ),
    "raises": (raises_on_the_way_back, RAISED, {"tags": []}, "raises TypeError: no"),
}


@pytest.mark.parametrize("name", WAYS_BACK)
def test_a_faulty_way_back_breaks_its_law(name: str, package: tuple[ModuleType, ...]) -> None:
    sabotage, law, payload, told = WAYS_BACK[name]
    real = package[1].denormalize_thing
    found = broken(report_on(package, denormalize=sabotage(real)))
    assert list(found) == [law]
    assert exact(found[law][0]) == exact(payload)
    assert found[law][1] == told


def test_what_differs_from_run_to_run_is_told_all_the_same(package: tuple[ModuleType, ...]) -> None:
    times = iter(range(10**9))

    def normalize(payload: Json) -> Any:
        result = package[1].normalize_thing(payload)
        changed = {**result.value, "name": "x"} if isinstance(result.value, dict) else result.value
        return replace(result, value=changed) if next(times) % 7 == 0 else result

    assert broken(report_on(package, normalize=normalize))


def reports_on(document: dict[str, Any]) -> dict[str, Report]:
    """The reports on all schemas of a document without x-compat, by their names."""
    read = source(document)
    files = {name: text for name, text in texts(document).items() if name.endswith(".py")}
    [models] = loading.load_texts(files, "_plain", ["models"])
    made = generated(read.value, judging.read_document(read)[0], models, None)
    subject = subjects(read.value)
    return {one.name: verified(subject(place, one), 200) for place, one in made.items()}


def answered(content: dict[str, Any], **components: Any) -> dict[str, Any]:
    """A document with an operation that is answered so."""
    get = {"operationId": "list", "responses": {"200": {"description": "OK", "content": content}}}
    return schemas(**components) | {"openapi": "3.2.0", "paths": {"/a": {"get": get}}}


def test_a_required_hub_without_type_refuses_what_means_not_given() -> None:
    """`items` says that it is an array, as models take it."""
    items = {"items": {"type": "integer"}}
    hub, spoke = {**items, "x-compat": {"absent": [[]]}}, {**items, "type": "array"}
    whole = thing(("all",), all=hub, some={**spoke, "x-compat": {"into": "/all"}})
    read = source(schemas(Thing=whole))
    [found] = views.canonical(read.value).document["components"]["schemas"].values()
    assert found["properties"]["all"] == {**items, "minItems": 1}


def test_formats_of_older_fields_are_not_judged_on_the_wire() -> None:
    """Models judge them, which do not see a value that folding leaves out."""
    day = {"type": "string", "format": "date"}
    older = {**day, "x-compat": {"into": "/day"}}
    hubs = {"hubs": {"/day": {"conflict": "prefer", "absent": [None]}}}
    thing = {"type": "object", "properties": {"day": day, "old": older}, "x-compat": hubs}
    of = {"date": lambda text: len(text) == 10}
    found = [
        judge("#/components/schemas/X") for judge in judges(typed(schemas(X=thing), of), (), of)
    ]
    verdicts = [
        [judge(payload) for judge in found]
        for payload in ({"day": "2020-01-01"}, {"day": "x"}, {"day": "2020-01-01", "old": "x"}, {"old": 3})
    ]  # fmt: skip
    assert verdicts == [[True, True], [None, False], [None, True], [False, True]]


def test_events_are_judged_by_what_their_data_holds() -> None:
    """Also without x-compat: the model's data is the JSON that the text holds."""
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": thing(n={"type": "integer"})}  # fmt: skip
    [found] = reports_on(
        answered({"text/event-stream": {"itemSchema": thing(("data",), data=data)}})
    ).values()
    assert broken(found) == {}
    assert found.seen["accepted"] > 0


def test_what_a_direction_changes_inside_is_not_judged_as_it_is_written() -> None:
    """The items of the answer have no secret, which is required of a pet as it is written."""
    pet = thing(("secret",), secret={"type": "string", "writeOnly": True})
    items = {"type": "array", "items": reference("Pet")}
    inline = thing(pets={"type": "array", "items": items}, more=thing(pet=reference("Pet")))
    content = {"application/json": {"schema": items}, "application/a+json": {"schema": inline}}
    assert {name: broken(one) for name, one in reports_on(answered(content, Pet=pet)).items()} == {
        "Pet": {}
    }


WHOLE: Json = {"type": "integer"}


def _nested(times: int, levels: int) -> Json:
    return (
        WHOLE
        if not levels
        else {"type": "array", "minItems": times, "items": _nested(times, levels - 1)}
    )


def _doubled(levels: int) -> dict[str, Json]:
    found: dict[str, Json] = {f"D{levels}": WHOLE}
    for level in range(levels):
        inner = {"$ref": f"#/components/schemas/D{level + 1}"}
        found[f"D{level}"] = {
            "type": "object",
            "required": ["l", "r"],
            "properties": {"l": inner, "r": inner},
        }
    return found


@pytest.mark.parametrize(
    ("named", "is_drawn"),
    [
        ({"D0": _nested(20, 2)}, True),
        ({"D0": _nested(40, 2)}, False),
        ({"D0": _nested(30, 4)}, False),
        (_doubled(7), True),
        (_doubled(30), False),
        ({"D0": {"type": "object", "required": [f"r{index}" for index in range(3_000)]}}, False),
        ({"D0": {"oneOf": [_nested(100, 5), WHOLE]}}, True),
        ({"D0": {"type": "array", "items": _nested(100, 5)}}, True),
    ],
    ids=["few", "more", "many", "doubled", "doubled often", "required", "an option", "optional"],
)  # fmt: skip
def test_values_that_are_large_at_least_are_not_drawn(
    named: dict[str, Json], is_drawn: bool
) -> None:
    """Hypothesis gives up each after a long time."""
    found = instances(schemas(**named))("#/components/schemas/D0")
    assert found.is_empty is not is_drawn

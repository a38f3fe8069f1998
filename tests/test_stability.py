"""Adding or removing a schema or a property changes the lines that belong to it, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from built import drafts, schemas

Json = dict[str, Any]
FEW = settings(max_examples=25, deadline=None, phases=(Phase.generate, Phase.shrink))
FILES = ("client.py", "models.py", "normalizers.py")
NAME = st.sampled_from(["Alpha", "Beta", "Gamma", "Delta"])
KEY = st.sampled_from(["a", "b", "c_d", "e-f", "list", "Alpha"])


# Schemas of properties; references only to what is always there.
PLACE: st.SearchStrategy[Json] = st.sampled_from(
    [
        {"type": "string", "minLength": 1},
        {"type": "integer", "description": "How many."},
        {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}},
        {"type": "object", "properties": {"y": {"type": "integer"}}},
        {"$ref": "#/components/schemas/Fixed"},
        {"$ref": "#/components/schemas/Word"},
        {
            "oneOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "string", "x-compat": {"to": ["$"]}},
            ]
        },
        {"type": "string", "x-compat": {"absent": [""]}},
        {"type": "string", "x-compat": {"into": "/hub"}},
        {"enum": ["p", "q"]},
    ]
)


OBJECT = st.dictionaries(KEY, PLACE, max_size=3).map(
    lambda found: {"type": "object", "properties": {"hub": {"type": "string"}, **found}}
)
SCHEMA = OBJECT | st.sampled_from(
    [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]
)
FIXED: Json = {
    "Fixed": {"type": "object", "properties": {"z": {"type": "string"}}},
    "Word": {"type": "string", "maxLength": 5},
}
SCHEMAS = st.dictionaries(NAME, SCHEMA, min_size=1, max_size=3)


OLD = {"type": "string", "x-compat": {"into": "/hub"}}  # so that both functions are always there


def rest(document: Json, is_own: Callable[[str, str], bool], **more: Any) -> dict[str, list[str]]:
    """The lines of the modules without those that belong to something: (place of the document, line) -> whether."""
    whole = {**schemas(**FIXED, **document), **more}
    whole["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    made = drafts(whole)
    return {
        name: [
            line
            for line, origin in zip(made[name].text.split("\n"), made[name].origins, strict=True)
            if line.strip() and not is_own(origin.pointer, line.strip())
        ]
        for name in FILES
        if name in made
    }


@FEW
@given(SCHEMAS, NAME, SCHEMA)
def test_a_schema_more_or_less(document: Json, name: str, schema: Json) -> None:
    own = f"#/components/schemas/{name}"
    lower = name.lower()

    def is_own(pointer: str, line: str) -> bool:
        listed = line.startswith(
            (f'"{name}', f'"normalize_{lower}', f'"denormalize_{lower}', "_ABSENT")
        )
        return f"{pointer}/".startswith(f"{own}/") or listed

    others = {**document, "Always": {"type": "object", "properties": {"hub": {}, "old": OLD}}}
    others.pop(name, None)
    assert rest(others, is_own) == rest({**others, name: schema}, is_own)


@FEW
@given(OBJECT, KEY, PLACE)
def test_a_property_more_or_less(schema: Json, key: str, inner: Json) -> None:
    own = f"#/components/schemas/Thing/properties/{key}"
    hub = "#/components/schemas/Thing/properties/hub"  # lists its spokes

    def is_own(pointer: str, line: str) -> bool:
        listed = line.startswith(('"Thing', "_ABSENT"))
        return f"{pointer}/".startswith((f"{own}/", f"{hub}/")) or listed

    before = {**schema, "properties": {**schema["properties"], "old": OLD}}
    before["properties"].pop(key, None)
    after = {**before, "properties": {**before["properties"], key: inner}}
    assert rest({"Thing": before}, is_own) == rest({"Thing": after}, is_own)


CONTENT = st.sampled_from(
    [
        {"application/json": {"schema": {"$ref": "#/components/schemas/Fixed"}}},
        {"application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}},
        {"application/json": {"schema": {"type": "object", "properties": {"x": {"enum": [1]}}}}},
        {"text/plain": {}, "application/json": {}},
        {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"f": {"format": "binary"}}}
            }
        },
        {"application/octet-stream": {}},
        {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Fixed"}}},
    ]
)
PARAMETER = st.builds(
    lambda name, place: {"name": name, "in": place, "schema": {"type": "string"}},
    st.sampled_from(["a", "b-c", "x", "timeout"]),
    st.sampled_from(["query", "header", "cookie"]),
)
OPERATION = st.builds(
    lambda parameters, body, answers, own: {
        "parameters": parameters,
        # Members of a component are the component's, wherever they are arguments.
        "requestBody": {"content": body if "$ref" not in str(body) else {"text/csv": {}}},
        "responses": {
            status: {"description": "d", "content": one} for status, one in answers.items()
        },
        **own,
    },
    st.lists(PARAMETER, max_size=3, unique_by=lambda one: (one["in"], one["name"])),
    CONTENT,
    st.dictionaries(st.sampled_from(["200", "201", "404", "4XX", "default"]), CONTENT, min_size=1),
    st.sampled_from(
        [
            {},
            {"tags": ["one"]},
            {"tags": ["one"], "operationId": "searchThings"},
            {"security": [{"key": []}]},
            {"servers": [{"url": "https://other.example"}]},
        ]
    ),
)
PLACES = st.tuples(
    st.sampled_from(["/things", "/items/things", "/other"]), st.sampled_from(["get", "put"])
)
OPERATIONS = st.dictionaries(PLACES, OPERATION, max_size=3)
# Of each resource there is one always, and it is the first.
ALWAYS: dict[Any, Any] = {
    ("/things/one", "post"): {"tags": ["one"], "responses": {"204": {"description": "d"}}},
    ("/things/all", "post"): {"responses": {"204": {"description": "d"}}},
    ("/items/all", "post"): {"responses": {"204": {"description": "d"}}},
    ("/other/all", "post"): {"responses": {"204": {"description": "d"}}},
}


@FEW
@given(OPERATIONS, PLACES, OPERATION)
def test_an_operation_more_or_less(document: Json, place: tuple[str, str], operation: Json) -> None:
    path, method = place
    own = f"#/paths/{path.replace('/', '~1')}/{method}"

    def is_own(pointer: str, line: str) -> bool:
        return f"{pointer}/".startswith(f"{own}/")

    def paths(operations: Any) -> Json:
        found: Json = {}
        for (where, how), one in operations.items():
            found.setdefault(where, {})[how] = one
        return found

    others: dict[Any, Any] = {**ALWAYS, **document}
    others.pop(place, None)
    used = {one.get("operationId") for one in others.values()}
    if operation.get("operationId") in used - {None}:
        operation = {**operation, "operationId": "another"}
    before, after = (
        rest({}, is_own, paths=paths(one)) for one in (others, {**others, place: operation})
    )
    for name in FILES[:2]:
        assert before[name] == after[name]

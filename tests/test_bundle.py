"""Several files, anchors and references into odd places: what the one document becomes, and where its parts are written."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from built import HEAD, HEAD_30, problems
from speclens import config
from speclens.cli import main
from speclens.config import Allowed
from speclens.problems import Problem, Refused
from speclens.project import opened
from speclens.reading import NOTHING_ALLOWED, load, loads
from speclens.source import Source, locate
from speclens.validate import official, validate
from speclens.validate.dialect import schema_validator
from speclens.validate.document import Document


def stored(directory: Path, **files: Any) -> Path:
    """A directory with these files; that of `root` is the document."""
    for name, value in files.items():
        path = directory / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return directory / "root.yaml"


def read(directory: Path, root: dict[str, Any], **files: Any) -> dict[str, Any]:
    """The document that a root with these fields and other files become; it is valid, and refers to itself only."""
    source = load(stored(directory, root=HEAD | root, **files))
    assert not source.warnings
    assert not source.unreachable
    return sound(source)


def sound(source: Source) -> dict[str, Any]:
    document: dict[str, Any] = source.value
    version = document["openapi"][:3]
    assert list(official.structure(Document(version, document, ()))) == []
    assert [one for one in validate(source) if one.severity == "error"] == []
    return document


def refused(directory: Path, root: dict[str, Any], allowed: Allowed = NOTHING_ALLOWED, **files: Any) -> list[tuple[str, str, int, str]]:  # fmt: skip
    """What is wrong: rule, file, line, message."""
    path = stored(directory, root=HEAD | root, **files)
    try:
        source = load(path, (), allowed)
        found: tuple[Problem, ...] = source.warnings + locate(source, validate(source))
    except Refused as reason:
        found = reason.problems
    return [(one.rule, Path(one.file).name, one.line, one.message.replace(f"{directory}/", "")) for one in found]  # fmt: skip


def schema(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def ref(reference: str) -> dict[str, str]:
    return {"$ref": reference}


def local(name: str, section: str = "schemas") -> dict[str, str]:
    return ref(f"#/components/{section}/{name}")


# Names


def test_names_come_from_the_place(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        schema(
            A={"items": ref("models/pet.yaml")},
            B={"items": ref("./models/all.yaml#/components/schemas/Pet")},
            C={"items": ref("models/all.yaml#/definitions/My%20Pet~1Cat")},
            D={"items": ref("models/../models/all.yaml#/parts/0")},
        ),
        models__pet={"type": "string"},
        models__all={
            **schema(Pet={"type": "object"}),
            "definitions": {"My Pet/Cat": {"type": "null"}},
            "parts": [{"type": "integer"}],
        },
    )["components"]["schemas"]
    names = ["models.pet", "models.all.Pet", "models.all.My_Pet_Cat", "models.all.parts.0"]
    assert [made[one]["items"] for one in "ABCD"] == [local(name) for name in names]
    assert [made[name]["type"] for name in names] == ["string", "object", "null", "integer"]


def test_a_component_gives_its_name(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        schema(Pet=ref("pet.yaml"), Other={"items": ref("pet.yaml")}, Twin=ref("pet.yaml")),
        pet={"type": "object", "properties": {"friend": ref("pet.yaml"), "self": ref("#")}},
    )["components"]["schemas"]
    inner = {"friend": local("Pet"), "self": local("Pet")}
    assert made == {
        "Pet": {"type": "object", "properties": inner},
        "Other": {"items": local("Pet")},
        "Twin": local("Pet"),
    }


def test_a_file_of_components(tmp_path: Path) -> None:
    """What is in a file that is all of the schemas is there once, and so is what that refers to."""
    made = read(
        tmp_path,
        {"components": {"schemas": ref("all.yaml")}},
        all={
            "A": {"items": ref("#/B")},
            "B": {"items": ref("c.yaml")},
            "C": ref("c.yaml"),
        },
        c={"anyOf": [ref("all.yaml#/A"), ref("root.yaml#/components/schemas/B")]},
    )["components"]["schemas"]
    assert made == {
        "A": {"items": local("B")},
        "B": {"items": local("C")},
        "C": {"anyOf": [local("A"), local("B")]},
    }


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        schema(pet={"type": "null"}, A={"items": ref("pet.yaml")}),
        pet={"type": "object"},
    )["components"]["schemas"]
    assert made["pet"] == {"type": "null"}
    [name] = made.keys() - {"pet", "A"}
    assert name.startswith("pet_")
    assert made["A"]["items"] == local(name)


def test_adding_a_file_renames_nothing(tmp_path: Path) -> None:
    files = {"b__x": {"type": "string"}, "c__x": {"type": "string"}, "a__x": {"type": "string"}}
    few = read(tmp_path, schema(A={"items": ref("b/x.yaml")}), **files)
    more = {"Z": {"items": ref("a/x.yaml")}, "A": {"anyOf": [ref("c/x.yaml"), ref("b/x.yaml")]}}
    many = read(tmp_path, schema(**more), **files)
    assert few["components"]["schemas"].keys() - {"A"} == {"b.x"}
    assert many["components"]["schemas"].keys() - {"A", "Z"} == {"a.x", "b.x", "c.x"}


# Every kind


PARTS = {
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": ref("#/components/schemas/Id")}},
        "schemas": {"Id": {"type": "integer"}},
        "responses": {"No": {"description": "No", "headers": {"X-A": ref("#/components/headers/A")}}},
        "headers": {"A": {"schema": {"type": "string"}}},
        "requestBodies": {"Body": {"content": {"application/json": ref("#/media")}}},
        "examples": {"One": {"value": {"$ref": "data"}}},
    },
    "media": {"schema": ref("#/components/schemas/Id"), "examples": {"one": ref("#/components/examples/One")}},
}  # fmt: skip


@pytest.mark.parametrize("head", [HEAD, HEAD_30], ids=["3.1", "3.0"])
def test_every_kind(tmp_path: Path, head: dict[str, Any]) -> None:
    operation = {
        "requestBody": ref("parts.yaml#/components/requestBodies/Body"),
        "responses": {"404": ref("parts.yaml#/components/responses/No")},
    }
    made = read(
        tmp_path,
        {**head, "paths": ref("paths.yaml")},
        paths={"/a/{id}": {"$ref": "item.yaml#/item", "summary": "Own"}},
        item={"item": {"summary": "There", "parameters": ref("#/listed"), "put": ref("operation.yaml")},
              "listed": [ref("parts.yaml#/components/parameters/Id")]},
        operation=operation,
        parts=PARTS,
    )  # fmt: skip
    item = made["paths"]["/a/{id}"]
    assert item["summary"] == "Own"
    assert item["parameters"] == [local("parts.Id", "parameters")]
    assert item["put"]["requestBody"] == local("parts.Body", "requestBodies")
    assert item["put"]["responses"]["404"] == local("parts.No", "responses")
    components = made["components"]
    media = components["requestBodies"]["parts.Body"]["content"]["application/json"]
    assert media["schema"] == local("parts.Id")
    assert media["examples"]["one"] == local("parts.One", "examples")
    assert components["examples"]["parts.One"]["value"] == {"$ref": "data"}
    assert components["responses"]["parts.No"]["headers"]["X-A"] == local("parts.A", "headers")


def test_swagger_in_several_files(tmp_path: Path) -> None:
    path = stored(
        tmp_path,
        root={
            "swagger": "2.0",
            "info": HEAD["info"],
            "paths": {"/a": {"post": ref("operations.yaml#/post")}},
            "definitions": {"A": {"type": "array", "items": ref("models.yaml#/definitions/B")}},
        },
        operations={
            "post": {
                "parameters": [{"name": "b", "in": "body", "schema": ref("models.yaml#/definitions/B")}, ref("models.yaml#/parameters/P")],
                "responses": {"200": {"description": "OK", "schema": ref("root.yaml#/definitions/A")}},
            }
        },
        models={
            "definitions": {"B": {"type": "string", "x-nullable": True, "pattern": "("}},
            "parameters": {"P": {"name": "p", "in": "query", "type": "string"}},
        },
    )  # fmt: skip
    source = load(path)
    made = sound(source)
    post = made["paths"]["/a"]["post"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == local("models.B")
    assert post["parameters"] == [local("models.P", "parameters")]
    assert made["components"]["schemas"]["models.B"]["nullable"] is True
    [found] = locate(source, validate(source))
    assert (Path(found.file).name, found.pointer) == ("models.yaml", "#/definitions/B/pattern")


def test_discriminators(tmp_path: Path) -> None:
    mapped = {"cat": "pets.yaml#/components/schemas/Cat", "dog": "Dog", "no": "Unknown"}
    told = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    union = {"oneOf": [ref("#/components/schemas/Cat")], "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat"}}}  # fmt: skip
    made = read(
        tmp_path,
        schema(
            Pet={"discriminator": {"propertyName": "kind", "mapping": mapped}, **told},
            Dog=told,
            Other={"items": ref("pets.yaml#/components/schemas/Union")},
        ),
        pets=schema(Cat=told, Union=union),
    )["components"]["schemas"]
    cat = "#/components/schemas/pets.Cat"
    assert made["Pet"]["discriminator"]["mapping"] == mapped | {"cat": cat}
    assert made["pets.Union"]["discriminator"]["mapping"] == {"cat": cat}


# Within one document


def test_odd_places() -> None:
    """What stands where no schema is expected becomes a component; what stands in a schema's place stays."""
    inline = "#/paths/~1a/get/responses/200/content/application~1json/schema"
    answer = {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
    root = {
        "paths": {"/a": {"get": {"responses": {"200": answer}}}},
        "x-models": {"Pet": {"items": ref("#/x-models/Pet")}},
        **schema(
            A={"properties": {"a": ref(inline), "b": ref("#/x-models/Pet"), "c": ref("#/components/schemas/B/properties/d/properties/e")}},
            B={"properties": {"d": ref("#/components/schemas/C")}},
            C={"properties": {"e": {"type": "string"}}},
        ),
    }  # fmt: skip
    made = sound(loads(json.dumps(HEAD | root), "openapi.json"))["components"]["schemas"]
    assert made["A"]["properties"] == {
        "a": ref(inline),
        "b": local("x-models.Pet"),
        "c": ref("#/components/schemas/C/properties/e"),
    }
    assert made["x-models.Pet"] == {"items": local("x-models.Pet")}


def test_what_recurs_has_a_name() -> None:
    kids = "#/components/schemas/T/properties/kids"
    root = schema(T={"properties": {"kids": {"type": "array", "items": ref(kids)}}})
    made = sound(loads(json.dumps(HEAD | root), "openapi.json"))["components"]["schemas"]
    assert made["T"]["properties"]["kids"]["items"] == local("T.properties.kids")
    assert made["T.properties.kids"] == {"type": "array", "items": local("T.properties.kids")}
    assert problems(json.dumps(HEAD | root), "openapi.json") == ()


def test_definitions_of_a_newer_document() -> None:
    root = {"definitions": {"Pet": {"type": "string"}}, **schema(A=ref("#/definitions/Pet"))}
    source = loads(json.dumps(HEAD | root), "openapi.json")
    assert source.value["components"]["schemas"] == {
        "A": local("Pet"),
        "Pet": {"type": "string"},
    }


def test_anchors_and_identifiers() -> None:
    named = {"$id": "https://example.com/named", "$anchor": "top", "$defs": {"a": {"$anchor": "inner", "type": "null"}}}  # fmt: skip
    inside = {**named, "properties": {"b": ref("#inner"), "c": ref("#/$defs/a"), "d": ref("other")}}
    root = schema(
        Named=inside,
        Other={"$id": "https://example.com/other", "type": "string"},
        A={"items": ref("https://example.com/named#inner")},
        B={"items": ref("https://example.com/named")},
        C={"items": ref("#plain")},
        D={"$anchor": "plain"},
    )
    made = sound(loads(json.dumps(HEAD | root), "openapi.json"))["components"]["schemas"]
    inner = ref("#/components/schemas/Named/$defs/a")
    assert made["A"]["items"] == inner
    assert made["B"]["items"] == local("Named")
    assert made["C"]["items"] == local("D")
    assert made["Named"]["properties"] == {"b": inner, "c": inner, "d": local("Other")}
    assert "$id" not in made["Named"]


def test_dynamic_references(tmp_path: Path) -> None:
    """Anchors and identifiers are gone in the one document, so what they name is a pointer; dynamic anchors stay."""
    root = schema(
        Named={"$id": "https://example.com/named", "$defs": {"a": {"$anchor": "inner"}}},
        Anchored={"$anchor": "plain"},
        Dynamic={"$dynamicAnchor": "node"},
        A={"anyOf": [{"$dynamicRef": text} for text in ("#plain", "#node", "https://example.com/named", "https://example.com/named#inner", "b.yaml#node")]},
    )  # fmt: skip
    made = read(tmp_path, root, b={"$dynamicAnchor": "node"})["components"]["schemas"]
    names = ("Anchored", "", "Named", "Named/$defs/a", "b")
    assert [one["$dynamicRef"] for one in made["A"]["anyOf"]] == [
        f"#/components/schemas/{name}" if name else "#node" for name in names
    ]
    assert schema_validator(HEAD | {"components": {"schemas": made}}, "#/components/schemas/A")


def test_a_fragment_is_relative_to_any_identifier() -> None:
    named = {"$id": "urn:example:a", "properties": {"b": ref("#/$defs/b")}, "$defs": {"b": {}}}
    made = sound(loads(json.dumps(HEAD | schema(A=named)), "openapi.json"))
    assert made["components"]["schemas"]["A"]["properties"]["b"] == ref(
        "#/components/schemas/A/$defs/b"
    )


def test_identifiers_are_none_in_30() -> None:
    root = schema(A={"$id": "https://example.com/a", "properties": {"b": ref("#/components/schemas/A/properties/c"), "c": {}}})  # fmt: skip
    made = loads(json.dumps(HEAD_30 | root), "openapi.json").value
    assert made["components"] == root["components"]


def test_self(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        {"openapi": "3.2.0", "$self": "https://example.com/api", **schema(A={"items": ref("https://example.com/api#/components/schemas/B")}, B={"items": ref("b.yaml")})},
        b={"type": "string"},
    )  # fmt: skip
    assert made["components"]["schemas"]["A"]["items"] == local("B")


# What cannot be followed


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("no.yaml", "'no.yaml' is in a file that does not exist"),
        ("other.yaml#/no", "'other.yaml#/no' names nothing"),
        ("other.yaml#no", "'other.yaml#no' names nothing"),
        ("file:///etc/passwd", "'file:///etc/passwd' is outside the directory of the document"),
        ("/etc/passwd", "'/etc/passwd' is outside the directory of the document"),
        ("../outside.yaml", "'../outside.yaml' is outside the directory of the document"),
        ("%2e%2e/outside.yaml", "'%2e%2e/outside.yaml' is outside the directory of the document"),
        ("link.yaml", "'link.yaml' is outside the directory of the document"),
        ("link/outside.yaml", "'link/outside.yaml' is outside the directory of the document"),
        ("//example.com/a", "'//example.com/a' is neither a file nor at an http(s) address"),
        ("ftp://example.com/a", "'ftp://example.com/a' is neither a file nor at an http(s) address"),
        ("https://example.com/a", "'https://example.com/a' is on a host that you did not allow"),
        ("http://[", "'http://[' is not a URI reference"),
        ("a%00b", "'a%00b' cannot be the name of a file"),
        ("pipe", "'pipe' cannot be read: not a regular file"),
    ],
)  # fmt: skip
def test_unreachable(tmp_path: Path, reference: str, message: str) -> None:
    here = tmp_path / "api"
    here.mkdir()
    (tmp_path / "outside.yaml").write_text("type: string")
    (here / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (here / "link").symlink_to(tmp_path)
    os.mkfifo(here / "pipe")
    found = refused(here, schema(A={"items": ref(reference)}), other={"a": {}})
    assert [(one[0].partition("/")[0], *one[1:]) for one in found] == [
        ("reference", "root.yaml", 1, message)
    ]


def test_directories_that_are_allowed(tmp_path: Path) -> None:
    here = tmp_path / "api"
    here.mkdir()
    (tmp_path / "outside.yaml").write_text("type: string")
    root = schema(A={"items": ref("../outside.yaml")})
    assert refused(here, root, Allowed(paths=(tmp_path,))) == []


def test_all_is_told_at_once_where_it_stands(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        schema(A={"items": ref("a.yaml")}, B={"type": 1}, C={"properties": ref("no.yaml")}),
        a="type: object\nproperties:\n  a: {$ref: 'no.yaml#/a'}\n  b: {type: 1}\n",
    )
    assert [one[:3] for one in found if one[0] != "openapi/enum"] == [
        ("reference/external", "root.yaml", 1),
        ("schema/keyword", "root.yaml", 1),
        ("reference/external", "a.yaml", 3),
        ("schema/keyword", "a.yaml", 4),
    ]


def test_faults_of_other_texts(tmp_path: Path) -> None:
    root = schema(A={"items": ref("a.yaml")}, B={"items": ref("b.yaml")}, C=ref("a.yaml#/x"))
    found = refused(tmp_path, root, a="a: 1\na: 2\n", b="- 1\n")
    assert [one[:3] for one in found] == [
        ("source/duplicate-key", "a.yaml", 2),
        ("source/root", "b.yaml", 1),
    ]


@pytest.mark.parametrize(
    "root",
    [
        {"paths": {"/a": {"get": ref("#/paths/~1a/get")}}},
        {"paths": ref("#/paths")},
        {"paths": {"/a": ref("loop.yaml#/a")}},
        schema(A={"properties": ref("#/components/schemas/A/properties")}),
        schema(A=ref("loop.yaml#/b")),
        schema(A=ref("loop.yaml#/a")),
        {"openapi": "3.2.0", "components": {"mediaTypes": {"a": ref("#/components/mediaTypes/a")}}},
    ],
)
def test_what_leads_back_to_itself(tmp_path: Path, root: dict[str, Any]) -> None:
    loop = {"a": ref("loop.yaml#/a"), "b": ref("loop.yaml#/c"), "c": ref("loop.yaml#/b")}
    found = refused(tmp_path, root, loop=loop)
    assert {one[0].partition("/")[0] for one in found} >= {"reference"}


def doubled(number: int) -> dict[str, Any]:
    """An operation that holds the next one twice."""
    further = {"x": {"get": ref(f"#/o{number + 1}")}}
    return {"responses": OK, "callbacks": {"a": further, "b": further}}


OK = {"200": {"description": "OK"}}


def test_copies_do_not_explode(tmp_path: Path) -> None:
    more = {f"o{number}": doubled(number) for number in range(60)}
    found = refused(tmp_path, {"paths": {"/a": {"get": ref("more.yaml#/o0")}}}, more=more)
    assert {one[0] for one in found} == {"source/depth"}
    large = {"get": {"responses": OK, "x-data": [0] * 20_000}}
    root = {"paths": {f"/a{number}": ref("more.yaml") for number in range(100)}}
    found = refused(tmp_path, root, more=large)
    assert {one[0] for one in found} == {"source/depth"}


@pytest.mark.parametrize("step", ["items", "properties"])
def test_depth(tmp_path: Path, step: str) -> None:
    """Each file is as deep as may be read, and goes on in the next."""
    names = [f"f{number}" for number in range(40)]
    files: dict[str, Any] = {}
    for name, following in zip(names, [*names[1:], "f0"], strict=True):
        value: Any = {step: ref(f"{following}.yaml")}
        for _ in range(90):
            value = {"items": value}
        files[name] = value
    problems_found = refused(tmp_path, schema(A=ref("f0.yaml")), **files)
    assert all(one[0] in {"source/depth", "reference/cycle"} for one in problems_found)


def test_further_copies_of_the_same_are_few(tmp_path: Path) -> None:
    """A small document becomes a large one by those alone."""
    listed = [{"name": f"p{n}", "in": "query", "schema": {"type": "string"}} for n in range(200)]
    item = {"parameters": listed, "get": {"responses": {"200": {"description": "ok"}}}}

    def found(number: int) -> set[str]:
        paths = {f"/{n}": ref("item.yaml") for n in range(number)}
        return {one[0] for one in refused(tmp_path, {**HEAD, "paths": paths}, item=item)}

    assert found(60) == set()
    assert found(150) == {"source/depth"}


TARGETS = st.sampled_from(
    ["#", "#/paths", "#/components/schemas/A", "a.yaml", "a.yaml#/x", "#/x", "#a", "a.yaml#a", "", "#/paths/~1a/get"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["paths", "/a", "get", "responses", "200", "content", "schema", "properties", "items", "mapping", "discriminator", "parameters", "components", "schemas", "A", "x", "$id", "$anchor"]
)  # fmt: skip
VALUES = st.recursive(
    st.builds(ref, TARGETS) | st.sampled_from(["a", "a.yaml", 1, None]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=4) | st.lists(inner, max_size=2),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_written_is_told_not_raised(root: dict[str, Any]) -> None:
    problems(json.dumps(HEAD | root), "openapi.json")


# The network


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        bodies = {"/a.yaml": b"A: {type: string, items: {$ref: 'b.yaml'}}", "/b.yaml": b"{$ref: 'file:///etc/passwd'}", "/c.yaml": b"type: string"}  # fmt: skip
        away = {"/away": "http://example.com/", "/near": "/c.yaml", "/odd": "file:///etc/passwd"}
        self.send_response(302 if self.path in away else 200 if self.path in bodies else 404)
        if self.path in away:
            self.send_header("Location", away[self.path])
        self.end_headers()
        self.wfile.write(bodies.get(self.path, b""))

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def host(address: str) -> str:
    """The host and the port of a server's address."""
    return address.removeprefix("http://")


def test_fetched(tmp_path: Path, served: str) -> None:
    path = stored(tmp_path, root=HEAD | schema(A={"items": ref(f"{served}/c.yaml")}))
    source = load(path, (), Allowed((host(served),)))
    made = sound(source)["components"]["schemas"]
    [name] = made.keys() - {"A"}
    assert name.endswith(".c")
    assert made[name] == {"type": "string"}
    assert source.texts[1] == "type: string"
    near = stored(tmp_path, root=HEAD | schema(A={"items": ref(f"{served}/near")}))
    assert not load(near, (), Allowed((host(served),))).unreachable


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.yaml#/A", "'/etc/passwd' is a file, to which documents on the network cannot refer"),
        ("no.yaml", "cannot be fetched: 404 Not Found"),
        ("away", "cannot be fetched: it redirects to http://example.com"),
        ("odd", "cannot be fetched: 302 Found"),
    ],
)  # fmt: skip
def test_not_fetched(tmp_path: Path, served: str, name: str, message: str) -> None:
    allowed = Allowed((host(served),))
    found = refused(tmp_path, schema(A={"items": ref(f"{served}/{name}")}), allowed)
    assert any(message in one[3] for one in found), found


def test_too_large(tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speclens.reading.remote.MAX_BYTES", 5)
    allowed = Allowed((host(served),))
    [found] = refused(tmp_path, schema(A={"items": ref(f"{served}/c.yaml")}), allowed)
    assert "larger than 5 bytes" in found[3]


# The commands


def test_check_notices_other_files(tmp_path: Path) -> None:
    path = stored(tmp_path, root=HEAD | schema(A=ref("a.yaml")), a={"type": "object", "title": "A"})
    options = ["--spec", str(path), "--package", "p", "--output", str(tmp_path / "out")]
    run = CliRunner()
    assert run.invoke(main, ["generate", *options]).exit_code == 0
    assert run.invoke(main, ["check", *options]).exit_code == 0
    stored(tmp_path, a={"type": "object", "title": "Other", "properties": {"b": {}}})
    result = run.invoke(main, ["check", *options])
    assert result.exit_code == 1
    assert "document" in result.output


def test_options(tmp_path: Path, served: str) -> None:
    here = tmp_path / "api"
    here.mkdir()
    (tmp_path / "b.yaml").write_text("type: string")
    path = stored(here, root=HEAD | schema(A=ref(f"{served}/c.yaml"), B=ref("../b.yaml")))
    result = CliRunner().invoke(main, ["validate", str(path)])
    assert result.exit_code == 1
    assert f"--allow-remote {host(served)}" in result.output
    assert "--allow-path" in result.output
    allowed = ["--allow-remote", host(served), "--allow-path", str(tmp_path)]
    assert CliRunner().invoke(main, ["validate", str(path), *allowed]).exit_code == 0
    (tmp_path / "pyproject.toml").write_text(
        '[tool.speclens]\nspec = "api/root.yaml"\npackage = "p"\noutput = "out"\n'
        f'allow_remote = ["{host(served)}"]\nallow_path = ["."]\n'
    )
    (settings,) = config.load_configs(tmp_path / "pyproject.toml")
    assert opened(settings).reading.warnings == ()


def test_long_names_of_another_file_are_told_there(tmp_path: Path) -> None:
    inside = {f"p{number}": {"type": "string", "items": {}} for number in range(2_000)}
    other = {"a" * 10_000: {"properties": inside}}
    found = refused(tmp_path, schema(A=ref(f"b.yaml#/{'a' * 10_000}")), b=other)
    assert ("source/long-names", "b.yaml") in {(rule, file) for rule, file, _, _ in found}

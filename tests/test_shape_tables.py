"""What the README of a package tells of shapes is so: every shape is there, its example is what the normalizer does,
and no text of a document breaks the table or the picture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hostile
from built import imported, lowered, schemas, source, texts
from hostile_checks import drafts, quicken
from speclens import ir
from speclens.literals import json_span, mermaid
from speclens.lower.ground import likely
from speclens.lower.rewrites import lifting
from speclens.lower.schemas import naming
from speclens.problems import Refused
from speclens.verify.cases import shapes as shapes_of
from test_hostile import check_readme

TESTS = Path(__file__).parent
FLAGSHIP = TESTS.parent / "openapi" / "routescope-images.yaml"
DOCUMENTS = {
    **{path.name: path / "openapi.yaml" for path in sorted(TESTS.glob("golden/compat_*"))},
    "routescope": FLAGSHIP,
}
EDGE = re.compile(r"    (at_\w+)\[(\"[^\"\n]*\")\] --> (at_\w+)\[(\"[^\"\n]*\")\]", re.ASCII)
SIGNS = re.compile(r"#(\d+);")


@cache
def ir_of(name: str) -> ir.Api:
    return lowered(DOCUMENTS[name].read_text("utf-8"))


def tables(document: ir.Api) -> list[tuple[ir.Normalizer, ir.ShapeTable]]:
    return [(one, one.table) for one in document.compat.normalizers if one.table]


def rows() -> Iterator[Any]:
    for name in DOCUMENTS:
        for normalizer, table in tables(ir_of(name)):
            for row in table.rows:
                place = row.pointer.removeprefix("#/components/schemas/")
                yield pytest.param(name, normalizer.ident, row, id=f"{name}-{place}")


@pytest.fixture(scope="module")
def normalizers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("tables")

    @cache
    def load(name: str) -> Any:
        return imported(texts(DOCUMENTS[name].read_text("utf-8")), directory, "normalizers")

    return load


def value_of(span: str) -> Any:
    assert (span[0], span[-1]) == ("`", "`")
    return json.loads(span[1:-1])


@pytest.mark.parametrize(("name", "ident", "row"), list(rows()))
def test_an_example_is_what_the_normalizer_does(
    name: str, ident: str, row: ir.ShapeRow, normalizers: Any
) -> None:
    """Law 8."""
    before, after = value_of(row.before), value_of(row.after)
    normalized = getattr(normalizers(name), ident)(before)
    assert json.dumps(normalized.value, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert row.pointer in {rewrite.rule for rewrite in normalized.rewrites}
    assert {drop.reason for drop in normalized.drops} <= {"template"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_shape_is_told(name: str) -> None:
    view = lifting.lifted(source(DOCUMENTS[name].read_text("utf-8")).value)
    found = tables(ir_of(name))
    pointers = {
        ident: pointer for pointer, ident in naming.component_classes(view.document).items()
    }
    wanted = {
        view.origin(shape)
        for one in ir_of(name).compat.normalizers
        for shape in shapes_of(view.document, pointers[one.schema])
    }
    assert {row.pointer for _, table in found for row in table.rows} == wanted


def test_the_readme_of_the_flagship_has_them_all() -> None:
    readme = (TESTS.parent / "generated" / "README.md").read_text("utf-8")
    told = [
        cells(line) for line in readme.splitlines() if "| in place |" in line or "/images`" in line
    ]
    assert len(told) == sum(len(table.rows) for _, table in tables(ir_of("routescope")))
    assert '\n- `{"/images": "image"}`\n' in readme


def test_dates_and_the_way_back() -> None:
    (_, table), *_ = tables(ir_of("compat_deprecated"))
    assert [(row.becomes, row.since, row.sunset) for row in table.rows] == [
        ("`/name`", "2026-08-01", "2027-02-01")
    ]
    readme = texts(DOCUMENTS["compat_deprecated"].read_text("utf-8"))["README.md"]
    assert "`denormalize_thing(value, to=...)` expresses a value in older fields" in readme
    assert '\n- `{"/name": "title"}`\n' in readme


# Fields, examples


def shape(schema: Any, into: Any = None, **keywords: Any) -> ir.ShapeRow:
    """The row of the only shape of a schema."""
    own = {"x-compat": {"into": "/hub", **keywords}, **schema}
    document = schemas(Thing={"type": "object", "properties": {"hub": into or {}, "spoke": own}})
    ((_, table),) = tables(lowered(document))
    (row,) = table.rows
    return row


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({}, "anything"),
        ({"type": ["string", "null"]}, "a string or null"),
        ({"type": "object", "required": ["b", "a"]}, "an object with `a`, `b`"),
        ({"type": "object", "maxProperties": 0}, "an empty object"),
        ({"type": "number"}, "a number"),
    ],
)
def test_what_is_accepted(schema: Any, told: str) -> None:
    assert shape(schema).shape == f"`/spoke`, {told}"


@pytest.mark.parametrize(
    ("schema", "keywords", "before"),
    [
        ({"type": "string", "pattern": "^[a-z]{2}-[0-9]+$"}, {}, "aa-0"),
        ({"type": "string", "pattern": "^(?<a>x)b$", "examples": ["xb"]}, {}, "xb"),
        ({"enum": ["none", "some"]}, {"absent": ["none"]}, "some"),
        ({"type": "string", "enum": ["a", "b"]}, {"values": {"b": "y"}}, "b"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, {}, ["text", "text"]),
        ({"type": "array", "items": {"type": "string"}}, {"absent": [[]]}, ["text"]),
        ({"type": "integer", "maximum": -3}, {}, -3),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, {}, 8),
        ({"type": "object", "minProperties": 2, "additionalProperties": {"type": "string"}}, {}, None),
        ({"type": "string", "pattern": r"^a\bb"}, {}, None),
        ({"type": "string", "minLength": 1000}, {}, None),
        ({"type": "null"}, {}, None),
    ],
)  # fmt: skip
def test_examples_are_of_the_shape_or_left_out(schema: Any, keywords: Any, before: Any) -> None:
    row = shape(schema, **keywords)
    if before is None:
        assert (row.before, row.after) == ("-", "-")
    else:
        assert value_of(row.before) == {"spoke": before}


def test_what_is_beside_a_shape() -> None:
    """Of the whole what the normalizer asks for; inside of it what the schema does."""
    plain = {"type": "string"}
    inner = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": plain,
            "name": plain,
            "title": {**plain, "x-compat": {"into": "/name"}},
        },
    }
    outer = {
        "type": "object",
        "required": ["hub", "other"],
        "properties": {
            "hub": plain,
            "other": plain,
            "spoke": {**plain, "x-compat": {"into": "/hub"}},
            "inner": {"type": "array", "items": inner},
            "map": {"type": "object", "additionalProperties": {
                "oneOf": [inner, {**plain, "x-compat": {"to": {"id": "$", "name": "x"}}}],
            }},
        },
    }  # fmt: skip
    ((_, table),) = tables(lowered(schemas(Thing=outer)))
    found = {row.shape: (value_of(row.before), value_of(row.after)) for row in table.rows}
    new, old = {"id": "text", "name": "text"}, {"id": "text", "title": "text"}
    assert found == {
        "`/spoke`, a string": ({"spoke": "text"}, {"hub": "text"}),
        "`/inner/*/title`, a string": (
            {"hub": "text", "inner": [old]}, {"hub": "text", "inner": [new]}
        ),
        "`/map/*`, a string": (
            {"hub": "text", "map": {"key": "text"}},
            {"hub": "text", "map": {"key": {"id": "text", "name": "x"}}},
        ),
        "`/map/*/title`, a string": (
            {"hub": "text", "map": {"key": old}}, {"hub": "text", "map": {"key": new}}
        ),
    }  # fmt: skip


def test_a_shape_inside_a_shape() -> None:
    plain = {"type": "string"}
    url = {
        "oneOf": [
            plain,
            {
                "type": "object",
                "required": ["u"],
                "properties": {"u": plain},
                "x-compat": {"to": "$/u"},
            },
        ]
    }
    old = {
        "type": "object",
        "required": ["link"],
        "properties": {"link": url},
        "x-compat": {"into": "/hub", "to": "$/link"},
    }
    document = schemas(Thing={"type": "object", "properties": {"hub": plain, "old": old}})
    ((_, table),) = tables(lowered(document))
    assert [(row.shape, value_of(row.before), value_of(row.after)) for row in table.rows] == [
        ("`/old`, an object with `link`", {"old": {"link": "text"}}, {"hub": "text"}),
        ("`/old/link`, an object with `u`", {"old": {"link": {"u": "text"}}}, {"hub": "text"}),
    ]


def test_what_refers_to_what_holds_it_has_no_end_and_is_told_once() -> None:
    reference = {"$ref": "#/components/schemas/Thing"}
    plain = {"type": "string"}
    old = {"type": "object", "required": ["in"], "properties": {"in": reference}}
    members = {
        "next": reference,
        "hub": reference,
        "plain": plain,
        "inner": {"properties": {"next": reference}},
    }
    old = {**old, "x-compat": {"into": "/hub", "to": "$/in"}}
    document = schemas(Thing={"type": "object", "properties": {**members, "old": old}})
    ((_, table),) = tables(lowered(document))
    assert [(row.before, row.after) for row in table.rows] == [
        ('`{"old": {"in": {"next": {}}}}`', '`{"hub": {"next": {}}}`')
    ]


# Hostile texts


def cells(line: str) -> list[str]:
    """The cells of a row of a table (GitHub Flavored Markdown, 4.10)."""
    assert (line[0], line[-1]) == ("|", "|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])]


def check_tables(readme: str, document: ir.Api) -> None:
    """Every row has its cells, and every line between fences is an edge."""
    section = readme.partition("\n## Compatibility\n")[2]
    found = [cells(line) for line in section.splitlines() if line.startswith("|")]
    told = [cell for cell in found if len(cell) == 6 and cell[0] not in {"accepted", "---"}]
    assert {len(cell) for cell in found} <= {2, 6}
    expected = [table for _, table in tables(document)]
    assert [(one[4], one[5]) for one in told] == [
        (row.before, row.after) for table in expected for row in table.rows
    ]
    pictures = re.findall(r"^```mermaid\nflowchart LR\n(.*?)^```$", section, re.M | re.S)
    lines = [line for picture in pictures for line in picture.splitlines()]
    assert len(lines) == sum(len(table.edges) for table in expected)
    assert [line for line in lines if not EDGE.fullmatch(line)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tables_and_pictures_are_well_formed(name: str) -> None:
    written = texts(DOCUMENTS[name].read_text("utf-8"))["README.md"]
    check_tables(written, ir_of(name))
    for _, table in tables(ir_of(name)):
        labels = {edge.spoke: edge.spoke_label for edge in table.edges}
        labels |= {edge.hub: edge.hub_label for edge in table.edges}
        assert len(set(labels.values())) == len(labels)


@pytest.mark.parametrize("build", [hostile.names, lambda text: hostile.texts(text, ".", ".")])
def test_no_text_breaks_a_table_or_a_picture(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)
    more = [
        "a|b",
        "`",
        '"]',
        '"] --> x["',
        "end",
        "x\\|y",
        "\\",
        "#quot;",
        "%%{init: {}}%%",
        "*a*_b_",
    ]
    seen = 0
    for text in [*[*hostile.TEXTS.values()][::2], *more]:
        try:
            document, files = drafts(source(build(text)), "pkg")
        except Refused:
            continue
        check_readme(files["README.md"])
        check_tables(files["README.md"], document)
        seen += sum(row.before != "-" for _, table in tables(document) for row in table.rows)
    assert seen > 250


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_in_a_cell_is_json(value: Any) -> None:
    span = json_span(value)
    assert json.loads(span[1:-1]) == value
    assert re.fullmatch("`[^`|<>&]*`", span)
    assert span.isprintable()


@given(st.text())
def test_labels_say_the_text(text: str) -> None:
    label = mermaid(text)
    assert re.fullmatch(r'"[^"\n`<>\[\](){}|\\;]*"', SIGNS.sub("", label))
    said = SIGNS.sub(lambda code: chr(int(code[1])), label[1:-1])
    assert said == (text if len(text) <= 60 else f"{text[:60]}…")


# Patterns


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^k\d$", "k0"), ("^(https?://|data:)", "http://"), (r"^[A-Z]{2}-\d{4,6}$", "AA-0000"), ("a|b", "a"),
        ("(?:x|y)+?z*!", "x!"), ("(?!no)yes", "yes"), (r"[\w.]+@x", "a@x"), ("[]a]", "]"), (r"\\\.", "\\."), ("", ""),
        ("a" * 1001, ""), ("(((", ""), ("((a{1000}){1000}){1000}", "a" * 1000),
    ],
)  # fmt: skip
def test_what_a_pattern_may_match(pattern: str, text: str) -> None:
    assert likely.text_of(pattern) == text


@given(st.text(alphabet="()[]{}|*+?\\^$.a0,=!:<", max_size=100))
def test_any_pattern_gives_some_text(pattern: str) -> None:
    assert len(likely.text_of(pattern)) <= 1000

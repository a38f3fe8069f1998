"""docs/x-compat.md is true: every example of it is generated and run, its rules are those that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from built import HEAD, imported, texts
from speclens.lower.ground import x_compat
from speclens.lower.rewrites import lifting, views
from speclens.lower.schemas import naming
from speclens.names import snake
from speclens.validate.dialect import schema_validator
from speclens.verify.laws import LAWS
from test_compat_rules import RULES

PAGE = (Path(__file__).parents[1] / "docs" / "x-compat.md").read_text("utf-8")
EXAMPLE = re.compile(
    r"```yaml\n((?:(?!```).*\n)*)```\n\n\| sent \| becomes \|\n\|---\|---\|\n((?:\|.*\n)+)"
)
ROW = re.compile(r"\| `(.*?)` \| (?:`([^`]*)`(?:, without `([^`]*)`)?|refused at `(.*?)`: (.*)) \|")
EXAMPLES = EXAMPLE.findall(PAGE)


def document_of(text: str) -> dict[str, Any]:
    value = yaml.safe_load(text)
    return {**HEAD, **value} if "paths" in value else {**HEAD, "components": {"schemas": value}}


@pytest.mark.parametrize(("text", "table"), EXAMPLES, ids=lambda text: text.split(":")[0][:20])
def test_example(text: str, table: str, tmp_path: Path) -> None:
    document = document_of(text)
    files = texts(document)
    models, normalizers = (imported(files, tmp_path, name) for name in ("models", "normalizers"))
    lifted = lifting.lifted(document).document
    pointer, ident = list(naming.component_classes(lifted).items())[-1]  # the last is the subject
    normalize = getattr(normalizers, f"normalize_{snake(ident)}")
    rows = [ROW.fullmatch(line) for line in table.splitlines()]
    assert all(rows)
    wire = schema_validator(views.wire(lifted).document, pointer)
    for row in rows:
        sent, becomes, without, place, message = row.groups() if row else ()
        payload = json.loads(sent)
        if becomes is None:
            with pytest.raises(ValueError, match=re.escape(message)) as caught:
                normalize(payload).validate(getattr(models, ident))
            error: Any
            (error,) = getattr(caught.value, "errors", (caught.value,))
            assert (error.pointer, error.message) == (place, message)
            assert wire.is_valid(payload) == (error.rule == "conflict"), sent
            continue
        found = normalize(payload)
        found.validate(getattr(models, ident))
        assert json.dumps(found.value) == json.dumps(json.loads(becomes)), sent
        dropped = [drop.pointer for drop in found.drops]
        assert dropped == ([without] if without else [])
        assert wire.is_valid(payload), sent


def test_there_are_examples_of_every_keyword() -> None:
    assert len(EXAMPLES) >= 15
    used = {key for text, _ in EXAMPLES for key in keywords(yaml.safe_load(text))}
    assert used == x_compat.KEYWORDS
    assert {policy for policy in x_compat.POLICIES if f"`{policy}`" in PAGE} == set(
        x_compat.POLICIES
    )


def keywords(value: Any) -> set[str]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = set(value.get(x_compat.KEYWORD, ())) if isinstance(value, dict) else set()
    return own.union(*map(keywords, inside))


def test_the_refusals_are_those_that_there_are() -> None:
    assert set(re.findall(r"^\| `compat/([a-z-]+)`", PAGE, re.MULTILINE)) == RULES


def test_the_laws_are_numbered_as_in_the_code() -> None:
    told = {int(number) for law in LAWS for number in re.findall(r"Law (\d)", law.__doc__ or "")}
    listed = PAGE.rpartition("## The laws")[2]
    assert told | {8} == {int(number) for number in re.findall(r"^(\d)\. ", listed, re.MULTILINE)}

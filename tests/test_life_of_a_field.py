"""The life of an older field as docs/x-compat.md tells it, step by step, by the commands."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from built import imported
from speclens.cli import main

CONFIG = '[tool.speclens]\nspec = "paint.json"\npackage = "paint"\noutput = "out"\n'
STRING = {"type": "string"}
COLOUR = "#/components/schemas/Paint"


def content(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def write(**properties: Any) -> None:
    """The document: one operation, with these properties in its body."""
    answer = {"200": {"description": "d", "content": content("Answer")}}
    paint = {
        "post": {
            "operationId": "paint",
            "requestBody": {"content": content("Paint")},
            "responses": answer,
        }
    }
    paint["post"]["tags"] = ["walls"]
    named = {
        "Paint": {"type": "object", "properties": properties},
        "Answer": {"type": "object", "properties": {"id": STRING}},
    }
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Paint", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:9"}],
        "paths": {"/paint": paint},
        "components": {"schemas": named},
    }
    Path("paint.json").write_text(json.dumps(document, indent=2), "utf-8")


def spoke(**deprecated: str) -> dict[str, Any]:
    own = {"into": "/color", **({"deprecated": deprecated} if deprecated else {})}
    return {**STRING, "deprecated": True, "x-compat": own}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def generate(directory: Path) -> Any:
    """The package is generated, is in sync, and its module of a name is given."""
    done = run("generate")
    assert done.exit_code == 0, done.output
    assert run("check").output == "in sync\n"
    files = {path.name: path.read_text("utf-8") for path in Path("out/paint").glob("*.py")}
    return lambda module: imported(files, directory, module)


def drifted() -> tuple[list[str], set[str], str]:
    """What `check` says: the files, the places of the document, and all of it as text."""
    told = json.loads(run("check", "--format", "json").output)
    done = run("check")
    assert done.exit_code == 1
    files = [file["path"] for file in told["files"]]
    return files, {place for file in told["files"] for place in file["pointers"]}, done.output


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("pyproject.toml").write_text(CONFIG, "utf-8")


def test_the_life_of_an_older_field(tmp_path: Path) -> None:
    write(colour=STRING)
    before = generate(tmp_path)
    assert (
        before("client").PAINT_OPERATION.draft({"colour": "red"}).content["content"]
        == b'{"colour":"red"}'
    )

    # Introduce
    write(color=STRING, colour=spoke())
    files, places, text = drifted()
    assert "paint/normalizers.py" in files
    assert places
    assert all(place.startswith(COLOUR) for place in places)
    assert "+    color: Maybe[str] = None" in text
    assert "it is missing" in text
    load = generate(tmp_path)
    operation, normalizers = load("client").PAINT_OPERATION, load("normalizers")
    with pytest.warns(DeprecationWarning, match="'colour' is deprecated: Use color"):
        assert operation.draft({"colour": "red"}).content["content"] == b'{"color":"red"}'
    assert (
        operation.draft({"color": "red", "compat": {"/color": "colour"}}).content["content"]
        == b'{"colour":"red"}'
    )

    # Announce
    write(color=STRING, colour=spoke(since="2026-08-01", sunset="2999-02-01", note="Say color."))
    _, places, text = drifted()
    assert places
    assert all(place.startswith(COLOUR) for place in places)
    assert "2999-02-01" in text
    load = generate(tmp_path)
    with pytest.warns(DeprecationWarning, match="'colour' is deprecated: Say color"):
        load("client").PAINT_OPERATION.draft({"colour": "red"})
    assert "2999-02-01" in Path("out/README.md").read_text("utf-8")

    # Count
    (rewrite,) = load("normalizers").normalize_paint({"colour": "red"}).rewrites
    assert (rewrite.source, rewrite.target, rewrite.rule) == (
        "/colour",
        "/color",
        f"{COLOUR}/properties/colour",
    )
    assert rewrite.deprecated.sunset == "2999-02-01"
    assert normalizers.normalize_paint({"color": "red"}).rewrites == ()

    # Sunset: only `validate` knows the day
    assert "sunset" not in run("validate").output
    write(color=STRING, colour=spoke(since="2000-08-01", sunset="2001-02-01", note="Say color."))
    told = run("validate")
    assert told.exit_code == 0
    assert "compat/sunset-passed" in told.output
    load = generate(tmp_path)
    assert load("normalizers").normalize_paint({"colour": "red"}).value == {"color": "red"}

    # Remove
    write(color=STRING)
    files, places, text = drifted()
    assert "paint/normalizers.py: document, stale" in text
    assert places
    assert all(place.startswith(COLOUR) for place in places)
    load = generate(tmp_path)
    assert not Path("out/paint/normalizers.py").exists()
    with warnings.catch_warnings(), pytest.raises(TypeError, match="unexpected argument 'colour'"):
        load("client").PAINT_OPERATION.draft({"colour": "red"})

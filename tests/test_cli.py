"""The command line: what is told and how, exit codes, and no traceback for anything one can get wrong."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from speclens.cli import main
from speclens.config import package_names
from speclens.output import render

ROOT = Path(__file__).parents[1]
DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths: {}
components:
  schemas:
    Owner:
      type: object
      properties:
        name: {type: string}
    Pet:
      type: object
      properties:
        name: {type: string, description: What it is called.}
        tags: {type: array, items: {type: string}}
        tag: {type: string, x-compat: {into: /tags, to: [$]}}
"""
CONFIG = """\
[tool.speclens]
spec = "api.yaml"
package = "pets"
output = "out"
templates = "templates"
"""
README = Path("templates/package/README.md.j2")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document, its configuration, and one template of its own; the current directory."""
    (tmp_path / "api.yaml").write_text(DOCUMENT)
    (tmp_path / "pyproject.toml").write_text(CONFIG)
    (tmp_path / README).parent.mkdir(parents=True)
    shutil.copy(render.BUILT_IN / "package/README.md.j2", tmp_path / README)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def generated(project: Path) -> Path:
    assert run("generate").exit_code == 0
    return project


def run(*arguments: str, stdin: str = "") -> Result:
    """A command run to its end. What it raises, other than to exit, is raised here."""
    return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new))


def snapshot(directory: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(directory).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in directory.rglob("*")
        if path.is_file()
    }


# Help and usage


@pytest.mark.parametrize("name", ["", *sorted(main.commands)])
def test_help_has_an_example(name: str) -> None:
    result = run(*name.split(), "--help")

    assert result.exit_code == 0
    example = result.output.partition("Example:\n")[2].splitlines()[0]
    assert re.search(rf"\bspeclens {name or 'generate'}\b", example)


def test_commands() -> None:
    commands = {
        "generate", "check", "explain", "validate", "normalize", "export", "mock", "verify", "init", "schema", "show", "completion",
    }  # fmt: skip
    assert set(main.commands) == commands
    assert all(isinstance(command, click.Command) for command in main.commands.values())


USAGE = (
    (("nope",), "No such command 'nope'."),
    (("check", "--nope"), "No such option '--nope'."),
    (("check", "--format", "xml"), "Invalid value for '--format'"),
    (("generat",), "No such command 'generat'. Did you mean 'generate'?"),
    (("openapi.json",), "No such command 'openapi.json'. Did you mean 'generate openapi.json'?"),
    (("https://a.example/v1",), "Did you mean 'generate https://a.example/v1'?"),
    (("check", "--otput", "x"), "No such option '--otput'. Did you mean '--output'?"),
    (("check", "--formats", "types"), "--formats is now --string-types."),
    (("generate", "--one-way"), "--one-way is now --no-denormalize."),
    (("check", "api.yaml", "--spec", "api.yaml"), "Give the document once"),
    (("explain",), "Missing argument 'FILE:LINE'."),
    (("explain", "out/pets/models.py"), "Write FILE:LINE, such as models.py:42."),
    (("explain", "out/pets/models.py:0"), "Write FILE:LINE, such as models.py:42."),
    (("explain", "out/pets/models.py:9999"), "out/pets/models.py has "),
    (("explain", f"out/pets/models.py:{'9' * 5000}"), "Write FILE:LINE, such as models.py:42."),
    (("explain", "api.yaml:1"), "api.yaml is not a file that speclens generates into out."),
    (("normalize",), "Missing option '--schema'."),
    (("normalize", "--schema", "Pat"), "no schema 'Pat'; did you mean 'Pet'?"),
    (("normalize", "--schema", "Pet", "--payload", "missing.json"), "No such file or directory"),
    (("normalize", "--schema", "Pet", "--payload", "."), "Is a directory"),
    (
        ("normalize", "-", "--schema", "Pet"),
        "Standard input is the document, so give --payload FILE.",
    ),
    (("export",), "Missing option '--view'."),
)


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_usage(generated: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


NO_CONFIG = (
    ("generate",),
    ("check",),
    ("explain", "out/pets/models.py:1"),
    ("validate",),
    ("normalize", "--schema", "Pet"),
    ("export", "--view", "wire"),
    ("mock",),
)


@pytest.mark.parametrize("arguments", NO_CONFIG)
@pytest.mark.parametrize("text", [None, "", "[tool.other]\n"])
def test_without_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], text: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)

    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"give a file, an address or -, as in `speclens {arguments[0]} " in result.stderr
    assert "No pyproject.toml with [tool.speclens] here or above" in result.stderr


@pytest.mark.parametrize("text", ["[tool]\nspeclens = 3\n", "[[tool.speclens]]\nspec = 'a.yaml'\n"])
def test_a_configuration_that_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """It does not count as missing: another one above would be taken without a word."""
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    (tmp_path / "pyproject.toml").write_text("[tool.speclens]\n")
    Path("pyproject.toml").write_text(text)
    result = run("generate")
    assert result.exit_code == 2
    assert "pyproject.toml:1:1: config/unreadable: `tool.speclens` must be a table" in result.stdout


# What the package is made of would import it instead, or be imported instead; or no installer takes its name.
PACKAGES = (
    "json",
    "types",
    "test",
    "httpx",
    "pydantic",
    "httpcore",
    "typing_extensions",
    "pets_",
    "_pets",
)
# The package would be found by these names, not its client; or its own functions would find that.
CLIENTS = ("str", "dict", "client", "models", "__init__", "_Client", "import_module")
CONFIGS = (
    ("a former key", CONFIG + "formats = 'types'\n", [(6, "config/formats")]),
    ("unknown key", CONFIG + "outptu = 'x'\n", [(6, "config/outptu")]),
    (
        "missing keys",
        "[tool.speclens]\npackage = 'pets'\n",
        [(1, "config/spec")],
    ),
    ("bad package", CONFIG.replace("pets", "1-pet"), [(3, "config/package")]),
    ("a keyword", CONFIG.replace("pets", "class"), [(3, "config/package")]),
    *((name, CONFIG.replace("pets", name), [(3, "config/package")]) for name in PACKAGES),
    *((name, CONFIG + f"client = '{name}'\n", [(6, "config/client")]) for name in CLIENTS),
    ("no client", CONFIG + "client = 'a b'\n", [(6, "config/client")]),
    ("NUL in output", CONFIG.replace('"out"', r'"a\u0000b"'), [(4, "config/output")]),
    ("NUL in spec", CONFIG.replace("api.yaml", r"a\u0000b"), [(2, "config/spec")]),
    ("NUL in templates", CONFIG.replace('"templates"', r'"a\u0000b"'), [(5, "config/templates")]),
    ("NUL in overlays", CONFIG + r'overlays = ["a", "a\u0000b"]', [(6, "config/overlays")]),
    ("NUL in allow_path", CONFIG + r'allow_path = ["a\u0000b"]', [(6, "config/allow_path")]),
    ("bad version", CONFIG + "version = '\"'\n", [(6, "config/version")]),
    ("no number", CONFIG + "version = 'latest'\n", [(6, "config/version")]),
    ("no string", CONFIG + "client = 5\n", [(6, "config/client")]),
    ("no such directory", CONFIG.replace('"templates"', '"there"'), [(5, "config/templates")]),
    ("no TOML", "[tool.speclens\n", [(1, "config/unreadable")]),
    ("no UTF-8", b"\xff\xfe", [(1, "config/unreadable")]),
    ("nested too deep", "a = " + "[" * 100_000, [(1, "config/unreadable")]),
)


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in CONFIGS], ids=[case[0] for case in CONFIGS]
)
def test_faulty_configuration(
    project: Path, text: str | bytes, expected: list[tuple[int, str]]
) -> None:
    Path("pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    result = run("check", "--format", "json")

    assert result.exit_code == 2
    assert [(one["line"], one["rule"]) for one in json.loads(result.stdout)] == expected


@pytest.mark.parametrize("name", ["ValueError", "None"])
def test_the_client_may_hide_no_builtin(project: Path, name: str) -> None:
    Path("pyproject.toml").write_text(CONFIG + f"client = '{name}'\n")

    result = run("show")

    assert (result.exit_code, result.stdout.split(": ")[1]) == (2, "config/client")


def test_what_the_package_needs_is_no_name_of_one() -> None:
    """What httpx, pydantic and starlette require, and what that requires."""
    modules = {
        name: to for to, names in metadata.packages_distributions().items() for name in names
    }
    waiting, seen = ["httpx", "pydantic", "starlette"], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in modules:
            seen.add(name)
            required = metadata.requires(name) or []
            waiting += [one for one in map(distribution, required) if one]
    assert len(seen) > 8
    assert [modules[name] for name in seen if package_names.is_package(modules[name])] == []


def distribution(requirement: str) -> str:
    """The name of what is required; "" if only an extra does."""
    found = re.match(r"[\w.-]+", requirement)
    return found[0] if found and "extra ==" not in requirement else ""


@pytest.mark.parametrize("arguments", NO_CONFIG)
def test_an_unreadable_configuration_is_told_by_every_command(
    project: Path, arguments: tuple[str, ...]
) -> None:
    Path("pyproject.toml").write_text("[tool.speclens\n")

    result = run(*arguments)

    assert result.exit_code == 2
    assert "pyproject.toml:1:1: config/unreadable: " in result.stdout


# Documents that cannot be read

UNREADABLE: tuple[tuple[str, bytes | None, str, int], ...] = (
    ("missing", None, "source/unreadable", 2),
    ("binary", bytes(range(256)), "source/encoding", 1),
    ("NUL", b"a\0b", "source/syntax", 1),
    ("empty", b"", "source/empty", 1),
    ("a list", b"[]", "source/root", 1),
)


@pytest.mark.parametrize(
    "arguments", [("generate",), ("check",), ("validate",), ("export", "--view", "wire")]
)
@pytest.mark.parametrize(
    ("data", "rule", "code"),
    [case[1:] for case in UNREADABLE],
    ids=[case[0] for case in UNREADABLE],
)
def test_unreadable_document(
    project: Path, arguments: tuple[str, ...], data: bytes | None, rule: str, code: int
) -> None:
    Path("api.yaml").unlink()
    if data is not None:
        Path("api.yaml").write_bytes(data)

    result = run(*arguments, "--format", "json")

    told = json.loads(result.stdout)
    assert (result.exit_code, [(one["rule"], one["file"]) for one in told]) == (
        code,
        [(rule, "api.yaml")],
    )
    assert not Path("out").exists()


def test_a_directory_as_a_document(project: Path) -> None:
    result = run("validate", ".")

    assert (result.exit_code, result.stdout) == (2, ".:1:1: source/unreadable: Is a directory\n")


HOSTILE = "a\x1b[31m\n::error::b"


@pytest.mark.skipif(sys.platform == "win32", reason="such names")
def test_names_of_files_are_shown_and_not_obeyed(project: Path) -> None:
    spec, out, templates = (f"{HOSTILE}.{kind}" for kind in ("yaml", "out", "templates"))
    Path("api.yaml").rename(spec)
    Path("templates").rename(templates)
    named = ("--spec", spec, "--package", "pets", "--output", out, "--templates", templates)
    made = f"{out}/pets/models.py"
    told = [
        run("generate", *named),
        run("generate", *named),
        run("check", *named),
        run("explain", *named, f"{out}/README.md:4"),
        run("explain", *named, f"{made}:99999"),
        run("explain", *named, f"{spec}:1"),
        run("validate", HOSTILE),
        run("validate", spec, HOSTILE),
        run(HOSTILE),
        run(f"--{HOSTILE}"),
        run("init", HOSTILE),
        run("normalize", "--spec", spec, "--schema", HOSTILE),
        run("normalize", "--spec", spec, "--schema", "Pet", "--payload", HOSTILE),
        run("verify", "--spec", spec, "--schema", HOSTILE),
        run("show", "--spec", spec, "--package", HOSTILE),
    ]
    edit(Path(made), "class Owner", "class  Owner")
    told += [
        run("check", *named),
        run("check", *named, "--format", "github"),
        run("explain", *named, f"{made}:9"),
    ]

    assert [one.exit_code for one in told] == [0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 0, 2, 2, 2, 2, 1, 1, 0]
    for one in told:
        assert "\x1b" not in one.output
        assert not [line for line in one.output.splitlines() if line.startswith("::error::")]


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("place", ["loop", "loop/models.py", "out/pets/loop"])
def test_a_loop_of_links_is_no_file(generated: Path, place: str) -> None:
    path = generated / place.removesuffix("/models.py")
    path.symlink_to(path)

    result = run("explain", f"{place}:1")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{place} is not a file that speclens generates into out." in result.stderr


def test_a_file_as_output(project: Path) -> None:
    Path("out").write_text("mine")

    result = run("generate")

    assert result.exit_code == 1
    assert result.stdout.startswith("out:1:1: output/")
    assert Path("out").read_text() == "mine"


# generate


def test_generate_twice_writes_nothing(generated: Path) -> None:
    before = snapshot(generated / "out")

    result = run("generate")

    assert (result.exit_code, result.stdout) == (0, "nothing to do: all in sync\n")
    assert snapshot(generated / "out") == before


def test_generate_tells_what_it_wrote(generated: Path) -> None:
    Path("out/pets/models.py").unlink()

    result = run("generate")

    assert (result.exit_code, result.stdout) == (
        0,
        "out/pets/models.py\n1 of 14 files written\n",
    )


def test_generate_tells_what_it_deleted(generated: Path) -> None:
    told = "# Generated by speclens from a.yaml with package/old.py; do not edit.\n"
    Path("out/pets/old.py").write_text(told)

    result = run("generate")

    assert (result.exit_code, result.stdout) == (
        0,
        "out/pets/old.py (deleted)\n0 of 14 files written, 1 deleted\n",
    )


def test_without_a_configuration_file_the_fix_is_the_whole_command(project: Path) -> None:
    Path("pyproject.toml").unlink()
    options = ("api.yaml", "--package", "pets", "--output", "out")
    assert run("generate", *options).exit_code == 0
    Path("out/README.md").unlink()

    report = json.loads(run("check", *options, "--format", "json").stdout)

    assert report["fix"] == f"speclens generate {' '.join(options)}"
    assert run(*report["fix"].split()[1:]).exit_code == 0
    assert run("check", *options).exit_code == 0


# check


def change_document(project: Path) -> None:
    edit(
        project / "api.yaml",
        "        tags: {type: array, items",
        "        age: {type: integer, minimum: 0}\n        tags: {type: array, items",
    )


def change_template(project: Path) -> None:
    edit(project / README, "# {{ package.distribution }}", "# The {{ package.distribution }}")


def change_config(project: Path) -> None:
    edit(project / "pyproject.toml", '"out"\n', '"out"\nversion = "2.0"\n')


def change_toolkit(project: Path) -> None:
    """As if an earlier version of the toolkit had made one file otherwise."""
    path = project / "out/pets/py.typed"
    shutil.copy(render.BUILT_IN / "package/py.typed.j2", project / "templates/package")
    own = project / "templates/package/py.typed.j2"
    own.write_text(own.read_text() + "# partial\n")
    assert run("generate").exit_code == 0
    lock = project / "out/speclens.lock"
    earlier, name = path.read_text(), "lines pets/py.typed \n"
    recorded = lock.read_text().partition(name)[2].partition("\n")[0]
    (project / "templates/package/py.typed.j2").unlink()
    assert run("generate").exit_code == 0
    path.write_text(earlier)
    head, _, tail = lock.read_text().partition(name)
    text = f"{head}{name}{recorded}\n{tail.partition(chr(10))[2]}"
    lock.write_text(re.sub(r"^(toolkit speclens\n).*$", r"\g<1>0.0.9", text, flags=re.M))


def edit_by_hand(project: Path) -> None:
    edit(project / "out/pets/models.py", "What it is called.", "Its name.")


def remove(project: Path) -> None:
    (project / "out/pets/models.py").unlink()


def make_stale(project: Path) -> None:
    (project / "out/pets/left.py").write_text("# Generated by speclens, long ago\n")


PET = "#/components/schemas/Pet"
CHANGES: dict[str, tuple[Callable[[Path], None], str, list[str]]] = {
    "document": (change_document, "pets/models.py", [f"{PET}/properties/age"]),
    "template": (change_template, "README.md", []),
    "config": (change_config, "pyproject.toml", []),
    "toolkit": (change_toolkit, "pets/py.typed", []),
    "hand-edited": (edit_by_hand, "pets/models.py", []),
    "missing": (remove, "pets/models.py", []),
    "stale": (make_stale, "pets/left.py", []),
}


def test_a_change_where_no_subject_is_told_at_its_place(project: Path) -> None:
    answer = "{responses: {'204': {description: d}}}"
    with_servers = DOCUMENT.replace(
        "paths: {}", f"servers: [{{url: https://a.example}}]\npaths: {{/pets: {{put: {answer}}}}}"
    )
    (project / "api.yaml").write_text(with_servers)
    assert run("generate").exit_code == 0
    edit(project / "api.yaml", "a.example", "b.example")
    files = json.loads(run("check", "--format", "json").stdout)["files"]
    assert [(file["path"], file["causes"], file["pointers"]) for file in files] == [
        ("pets/client.py", ["document"], ["#/servers"])
    ]


def test_in_sync(generated: Path) -> None:
    result = run("check", "--format", "json")

    report = {"in_sync": True, "files": [], "fix": "speclens generate"}
    assert (result.exit_code, json.loads(result.stdout)) == (0, report)
    assert run("check").stdout == "in sync\n"
    assert run("check", "--format", "github").stdout == ""
    assert json.loads(run("check", "--format", "sarif").stdout)["runs"][0]["results"] == []


@pytest.mark.parametrize("cause", CHANGES)
def test_each_cause_in_each_format(generated: Path, cause: str) -> None:
    change, path, pointers = CHANGES[cause]
    change(generated)
    before = snapshot(generated)

    results = {
        style: run("check", "--format", style) for style in ("json", "text", "github", "sarif")
    }

    assert {result.exit_code for result in results.values()} == {1}
    assert snapshot(generated) == before
    file = drifted(json.loads(results["json"].stdout), path)
    assert (file["causes"], file["pointers"]) == ([cause], pointers)
    assert file["diff"].splitlines()[0].split("\t")[0] in (f"--- {path}", "--- /dev/null")
    lines = results["text"].stdout.splitlines()
    assert f"{path}: {cause}" in lines
    assert lines[-1] == "speclens generate"
    is_whole = cause in {"missing", "stale"}  # all of a file is not shown line by line
    assert (file["diff"] in results["text"].stdout) == (not is_whole)
    assert re.search(
        rf"^::error file=out/{path},line=[0-9]+,col=1,title=drift/{cause}::{path} is out of sync: ",
        results["github"].stdout,
        re.M,
    )
    assert (f"drift/{cause}", f"out/{path}") in sarif(json.loads(results["sarif"].stdout))
    assert run("generate").exit_code == 0
    assert run("check").exit_code == 0


def drifted(report: dict[str, Any], path: str) -> dict[str, Any]:
    """The one file of that path in a report that has the keys it should have, and no more."""
    assert list(report) == ["in_sync", "files", "fix"]
    assert (report["in_sync"], report["fix"]) == (False, "speclens generate")
    assert {tuple(file) for file in report["files"]} == {("path", "causes", "pointers", "diff")}
    found: dict[str, Any]
    (found,) = [file for file in report["files"] if file["path"] == path]
    return found


def sarif(log: dict[str, Any]) -> list[tuple[str, str]]:
    assert log["version"] == "2.1.0"
    return [
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        )
        for result in log["runs"][0]["results"]
    ]


def test_all_causes_of_a_file_are_told(generated: Path) -> None:
    change_document(generated)
    edit_by_hand(generated)

    report = json.loads(run("check", "--format", "json").stdout)

    file = drifted(report, "pets/models.py")
    assert file["causes"] == ["document", "hand-edited"]


def test_an_empty_output_is_all_missing(project: Path) -> None:
    Path("out").mkdir()

    report = json.loads(run("check", "--format", "json").stdout)

    assert [(file["path"], file["causes"]) for file in report["files"]] == [
        (path, ["missing"])
        for path in (
            "README.md",
            "pets/__init__.py",
            "pets/_bounded.py",
            "pets/_compat.py",
            "pets/_gather.py",
            "pets/_payload.py",
            "pets/_source_map.py",
            "pets/_types.py",
            "pets/_values.py",
            "pets/models.py",
            "pets/normalizers.py",
            "pets/py.typed",
            "pyproject.toml",
            "speclens.lock",
        )
    ]
    assert list(Path("out").iterdir()) == []


def test_a_fault_in_a_template_is_located(project: Path) -> None:
    (project / README).write_text("one\n{{ package.nope }}\n")

    result = run("check", "--format", "json")

    (told,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["rule"], Path(told["file"]), told["line"]) == ("template/fault", README, 2)


# explain

EDIT = "#/components/schemas/ImageEditRequest"
# file, a line of it, what it comes from, its template, what stands in the template's line
EXPLAINED = (
    ("models.py", "    n: Maybe[", f"{EDIT}/properties/n", "package/models.py.j2", "property.ident"),
    ("models.py", '    """The number of images', f"{EDIT}/properties/n", "package/models.py.j2", "property.doc"),
    ("models.py", '    """The image quality', f"{EDIT}/properties/quality", "package/models.py.j2", "property.doc"),
    ("models.py", "class ImageEditRequest(", EDIT, "package/models.py.j2", "class {{ schema.ident }}"),
    ("models.py", '    """What to edit', EDIT, "package/models.py.j2", "schema.doc"),
    ("models.py", "ImageUrl: TypeAlias", "#/components/schemas/ImageUrl", "package/models.py.j2", "TypeAlias"),
    ("models.py", "from pydantic import", "#", "package/models.py.j2", "from pydantic import"),
    ("normalizers.py", "def normalize_image_edit_request(", EDIT, "package/normalizers.py.j2", "def {{ normalizer.ident }}"),
    ("normalizers.py", '    ("image_urls", ', f"{EDIT}/properties/image_urls", "package/normalizers.py.j2", "field.key"),
    ("normalizers.py", '        if "mask" in folded', f"{EDIT}/properties/mask", "partials/_fold_object.j2", "member.key"),
    ("normalizers.py", "        gather(folded", f"{EDIT}/properties/images", "partials/_fold_object.j2", "hub.gather"),
    ("normalizers.py", '        rule = "#/components/schemas/ImageEditRequest/properties/mask/', f"{EDIT}/properties/mask/oneOf/1", "package/normalizers.py.j2", "rule = {{ case.shape.rule_source }}"),
    ("normalizers.py", "from ._compat import", "#", "package/normalizers.py.j2", "from ._compat"),
    ("_compat.py", "class Log:", "#", "package/_compat.py", "class Log:"),
    ("_gather.py", "def gather(", "#", "package/_gather.py", "def gather("),
    ("_compat.py", "# Generated by", "#", "partials/_header.j2", "# Generated by"),
    ("__init__.py", "def __getattr__(", "#", "package/__init__.py.j2", "def __getattr__("),
)  # fmt: skip


@pytest.mark.parametrize(("name", "start", "pointer", "template", "snippet"), EXPLAINED)
def test_explain(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    start: str,
    pointer: str,
    template: str,
    snippet: str,
) -> None:
    monkeypatch.chdir(ROOT)
    path = Path("generated/routescope", name)
    lines = path.read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith(start))

    told = json.loads(run("explain", f"{path}:{line}", "--format", "json").stdout)

    document, made = told["document"], told["template"]
    assert (told["file"], told["line"]) == (str(path), line)
    assert (document["pointer"], made["file"]) == (pointer, f"templates/{template}")
    assert begins(document, pointer.rpartition("/")[2])
    assert snippet in Path(made["file"]).read_text().splitlines()[made["line"] - 1]
    text = run("explain", f"{path}:{line}").stdout
    assert text.splitlines() == [
        f"{path}:{line}",
        f"  {document['file']}:{document['line']}:{document['column']}  {pointer}",
        f"  {made['file']}:{made['line']}",
    ]


def begins(place: dict[str, Any], token: str) -> bool:
    """Whether the place a pointer is said to be at is that of its last token: a key, an item, or the root."""
    line: str = Path(place["file"]).read_text().splitlines()[place["line"] - 1]
    before, rest = line[: place["column"] - 1], line[place["column"] - 1 :]
    if token.isdecimal():
        return before.strip() == "-"
    return rest.startswith("openapi:" if token == "#" else f"{token}:")


def test_explain_by_the_name_in_the_output(generated: Path) -> None:
    told = json.loads(run("explain", "pets/models.py:1", "--format", "json").stdout)

    header = render.BUILT_IN / "partials/_header.j2"
    assert told["template"]["file"] == str(header)
    line = header.read_text().splitlines()[told["template"]["line"] - 1]
    assert line.startswith("# Generated by ")


def test_explain_warns_of_an_edited_file(generated: Path) -> None:
    edit_by_hand(generated)

    result = run("explain", "out/pets/models.py:1")

    assert result.exit_code == 0
    assert result.stderr == (
        "warning: out/pets/models.py differs from what speclens generates now; see `speclens check`\n"
    )


# normalize, validate, export


def test_normalize(project: Path) -> None:
    result = run("normalize", "--schema", "Pet", stdin='{"tag": "x"}')

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"tags": ["x"]}
    assert result.stderr == f"/tag -> /tags  by {PET}/properties/tag\n"


@pytest.mark.parametrize(
    ("payload", "rule", "pointer"),
    [
        ("", "json", ""),
        ("{", "json", ""),
        ('{"a": 1, "a": 2}', "json", ""),
        ("NaN", "json", ""),
        ("[" * 100_000, "json", ""),
        ('{"tag": 5}', "type", "/tag"),
        ('{"name": 5}', "type", "/name"),
    ],
)
def test_a_payload_that_does_not_fit(project: Path, payload: str, rule: str, pointer: str) -> None:
    result = run("normalize", "--schema", "Pet", "--format", "json", stdin=payload)

    (error,) = json.loads(result.stdout)["errors"]
    assert (result.exit_code, error["rule"], error["pointer"]) == (1, rule, pointer)


@pytest.mark.parametrize(
    ("count", "lines", "last"),
    [(300, 101, "and 200 more"), (300_000, 1, "too many errors to list them")],
)
def test_of_many_faults_the_first_are_told(
    project: Path, count: int, lines: int, last: str
) -> None:
    payload = json.dumps({"tags": [5] * count})

    result = run("normalize", "--schema", "Pet", stdin=payload)

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, lines)
    assert result.stderr.endswith(f"(root): errors: {last}\n")


def test_validate_exits_with_1_on_errors_only(project: Path) -> None:
    assert (run("validate").exit_code, run("validate", "--format", "json").stdout) == (0, "[]\n")
    edit(project / "api.yaml", "name: {type: string}\n", "name: {type: strin}\n")

    result = run("validate", "--format", "json")

    assert result.exit_code == 1
    assert [list(one) for one in json.loads(result.stdout)] == [
        ["rule", "severity", "pointer", "file", "line", "column", "message", "hint"]
    ]


@pytest.mark.parametrize("view", ["wire", "canonical"])
def test_what_is_exported_is_a_plain_document(project: Path, view: str) -> None:
    result = run("export", "--view", view)

    assert result.exit_code == 0
    assert "x-compat" not in result.stdout
    Path("exported.yaml").write_text(result.stdout)
    assert run("validate", "exported.yaml").exit_code == 0
    assert ("tag:" in result.stdout) is (view == "wire")

"""What of a project is run: its templates, in a sandbox, and only those that a configuration of its owner names."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from speclens import config, tree
from speclens.cli import main
from speclens.config import finding
from speclens.output import render

HEAD = '{% include "partials/_header.j2" %}\n'
DOCUMENT = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: OK}}}}}\ncomponents: {schemas: {A: {type: object}}}\n"
TABLE = '[tool.speclens]\nspec = "api.yaml"\npackage = "pets"\noutput = "out"\n'
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links and owners")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project/templates/package").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("api.yaml").write_text(DOCUMENT)
    return tmp_path / "project"


def faults(template: str) -> list[tuple[str, int, str]]:
    """What is wrong with a project of this README template: file, line, message."""
    Path("templates/package/README.md.j2").write_text(HEAD + template)
    Path("pyproject.toml").write_text(TABLE + 'templates = "templates"\n')
    result = CliRunner().invoke(main, ["generate", "--format", "json"], catch_exceptions=False)
    if result.exit_code == 0:
        return []
    assert (result.exit_code, Path("out").exists()) == (1, False)
    return [(Path(one["file"]).name, one["line"], one["message"]) for one in json.loads(result.stdout)]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("{{ document.__class__ }}", "access to attribute '__class__'"),
        ("{{ document['__class__'] }}", "access to attribute '__class__'"),
        ("{{ (document | attr('__init__')).__globals__ }}", "access to attribute '__init__'"),
        ("{{ self.__init__.__globals__ }}", "access to attribute '__init__'"),
        ("{{ cycler.__init__.__globals__.os.popen('id') }}", "access to attribute '__init__'"),
        ("{{ '{0.__class__}'.format(file) }}", "access to attribute '__class__'"),
        ("{% set _ = [].append(1) %}", "access to attribute 'append'"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ none.x.y }}", "has no attribute 'x'"),
        ("{% for _ in range(10 ** 9) %}{% endfor %}", "Range too big"),
        ("{% include 'package/README.md.j2' %}", "recursion"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
        ("{% include 'link' %}", "link is outside templates"),
        ("{% include 'loop' %}", "cannot be read: Too many levels"),
        ("{% include '../../secret' %}", "../../secret is outside the directories of templates"),
        ("{% include 'package/../../../secret' %}", "is outside the directories"),
        ("{% include 'package/../../templates/README.md' %}", "is outside the directories"),
        ("{% set a = 'init/../../README.md' %}{% include a %}", "is outside the directories"),
        ("{% import 'package/../partials/_header.j2' as a %}", "is outside the directories"),
        ("{% include 'package\\\\..\\\\..\\\\secret' %}", "is outside the directories"),
        ("{% include 'c:/secret' %}", "c:/secret is outside the directories"),
        ("{% include '/etc/passwd' %}", "/etc/passwd is outside the directories"),
        ("{% include '" + "x" * 300 + "' %}", "no template xxx"),
        ("{% include 'pipe' %}", "pipe is not a regular file"),
        ("{% include 'pipe' ignore missing %}", "pipe is not a regular file"),
        ("{% include 'package' ignore missing %}", "package is not a regular file"),
        ("{% include 'package/README.md.j2/a' %}", "README.md.j2 is not a directory"),
        ("{% include ['a', 'b'] %}", "none of the templates given were found: a, b"),
        ("{% include nothing %}", "'nothing' is undefined"),
        ("{% include 5 %}", "'int' object is not iterable"),
        ("{% include '' %}", "no template "),
        ("{% include 'a\0b' %}", "no template a\0b"),
    ],
)  # fmt: skip
@POSIX
def test_a_template_reaches_what_it_is_given(project: Path, expression: str, message: str) -> None:
    (project.parent / "secret").write_text("secret")
    (project / "templates/link").symlink_to(project.parent / "secret")
    (project / "templates/loop").symlink_to("loop")
    os.mkfifo(project / "templates/pipe")
    [(_, line, told)] = faults(expression)
    assert message in told
    assert line >= 1


@POSIX
def test_the_directory_of_templates_may_be_a_link(project: Path) -> None:
    (project / "templates").rename(project.parent / "shared")
    (project / "templates").symlink_to(project.parent / "shared")
    (project / "templates/partials").mkdir()
    shutil.copy(render.BUILT_IN / "partials/_header.j2", project / "templates/partials")
    assert faults("{{ package.distribution }}\n") == []


def test_a_template_says_that_its_file_is_generated(project: Path) -> None:
    del project
    Path("templates/partials").mkdir()
    Path("templates/partials/_header.j2").write_text("")
    assert {(name, line) for name, line, _ in faults("mine\n")} >= {("README.md", 1)}


def test_the_generator_of_annotations_gets_none_of_the_projects_templates(project: Path) -> None:
    """It runs them outside of a sandbox."""
    own = project / "templates/models/pydantic_v2/BaseModel.jinja2"
    own.parent.mkdir(parents=True)
    own.write_text("{{ 1 / 0 }}")
    assert faults("") == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("{% if true %}\n{% endif %}\ndef (:\n", 4, "invalid syntax"),
        ("return\n", 2, "'return' outside function"),
        ("def f(a, a): pass\n", 2, "duplicate argument 'a' in function definition"),
        ("x = '{{ \"\\0\" }}'\n", 1, "source code string cannot contain null bytes"),
        ("x = '{{ \"\\ud800\" }}'\n", 2, "can't encode"),
        ("x = 1{{ '+1' * 50_000 }}\n", 1, "recursion"),
        ("x = {{ '-' * 100_000 }}1\n", 1, ""),
    ],
    ids=["syntax", "statement", "scope", "null", "surrogate", "long", "deep"],
)
def test_a_template_that_prints_no_python(
    project: Path, text: str, line: int, message: str
) -> None:
    own = project / "templates/package/client.py.j2"
    own.write_text(HEAD + text)
    [(name, at, told)] = faults("")
    assert (name, at) == ("client.py.j2", line)
    assert told.startswith("this prints invalid Python: ")
    assert message in told


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[project\n", 2, "Expected ']' at the end of a table declaration"),
        ("a = 1\n{% if true %}\na = 2\n{% endif %}\n", 4, "Cannot overwrite a value"),
        ("a = 1\n{% set x = 'part.j2' %}\n{% include x %}\n", 2, "Invalid value"),
        ('a = """\n', 2, "Unterminated string"),
        ("a = {{ '[' * 100_000 }}\n", 1, ""),
        ("a{{ '.a' * 200 }} = 1\n", 1, "a key has more than 100 parts"),
        ("a = '{{ \"\\ud800\" }}'\n", 2, "can't encode"),
    ],
    ids=["syntax", "twice", "include", "end", "deep", "long", "surrogate"],
)
def test_a_template_that_prints_no_toml(project: Path, text: str, line: int, message: str) -> None:
    (project / "templates/package/pyproject.toml.j2").write_text(HEAD + text)
    (project / "templates/part.j2").write_text("b = 1\nb = no\n")
    [(name, at, told)] = faults("")
    assert (name, at) == ("part.j2" if "part" in text else "pyproject.toml.j2", line)
    assert told.startswith("this prints invalid TOML: ")
    assert message in told


def test_a_template_that_prints_no_text(project: Path) -> None:
    del project
    [(name, line, told)] = faults("{{ '\\ud800' }}\n")
    assert (name, line) == ("README.md.j2", 2)
    assert told.startswith("this prints invalid text: ")


@POSIX
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("link", "{name} is outside templates"),
        ("link to nothing", "cannot be read: No such file or directory"),
        ("link to itself", "cannot be read: Too many levels of symbolic links"),
        ("bytes", "cannot be read: not UTF-8"),
        ("directory", "templates/{name} is not a regular file"),
        ("FIFO", "templates/{name} is not a regular file"),
    ],
)
@pytest.mark.parametrize(
    "name", ["package/client.py.j2", "package/_types.py", "partials/_header.j2"]
)
def test_templates_that_cannot_be_read(project: Path, kind: str, message: str, name: str) -> None:
    """Nothing hides them: neither the built-in template, nor the template that includes them."""
    own = project / "templates" / name
    own.parent.mkdir(exist_ok=True)
    if kind == "bytes":
        own.write_bytes(b"\xff")
    elif kind == "directory":
        own.mkdir()
    elif kind == "FIFO":
        os.mkfifo(own)
    else:
        targets = {"link": project / "api.yaml", "link to nothing": Path("no")}
        own.symlink_to(targets.get(kind, Path(own.name)))
    assert faults("") == [(own.name, 1, message.format(name=name))]


@POSIX
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("file", "templates/partials is not a directory"),
        ("FIFO", "templates/partials is not a directory"),
        ("link", "cannot be read: No such file or directory"),
    ],
)
def test_a_directory_of_templates_that_is_none(project: Path, kind: str, message: str) -> None:
    own = project / "templates/partials"
    if kind == "file":
        own.write_text("")
    elif kind == "FIFO":
        os.mkfifo(own)
    else:
        own.symlink_to("no")
    assert faults("") == [("partials", 1, message)]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads all")
def test_a_directory_of_templates_that_nobody_may_enter(project: Path) -> None:
    (project / "templates/partials").mkdir(mode=0)
    assert faults("") == [("_header.j2", 1, "cannot be read: Permission denied")]


# Which templates a template needs


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("{% include 'a b.j2' %}", {"a b.j2"}),
        ("{% include 'a b.j2' ignore missing with context %}", {"a b.j2"}),
        ("{% include 'no' ignore missing %}", set()),
        ("{% include ['no', 'a b.j2'] %}", {"a b.j2"}),
        ("{% include ['no', 'a b.j2'] ignore missing %}", {"a b.j2"}),
        ("{% include [\n  'no',\n  'a b.j2',\n] ignore missing %}", {"a b.j2"}),
        ("{% include ['no', 'nowhere'] ignore missing without context %}", set()),
        ("{% include '../../secret' ignore missing %}", set()),
        ("{% if false %}{% include 'no' %}{% include '../../secret' %}{% endif %}", set()),
        ("{# {% include 'no' %} #}{% raw %}{% include 'no' %}{% endraw %}", set()),
        ("{% set x = 'a b.j2' %}{% include x %}", {"a b.j2"}),
        ("{% set x = ['no', 'a b.j2'] %}{% include x %}", {"a b.j2"}),
        ("{% include 'a b' ~ '.j2' %}", {"a b.j2"}),
        ("{% include 'a b.j2' if true else 'no' %}", {"a b.j2"}),
        ("{% include 'outer.txt' %}", {"outer.txt", "a b.j2"}),
        ("{% import 'lib{x}.j2' as l %}{{ l.m() }}", {"lib{x}.j2", "a b.j2"}),
        ("{% set x = 'lib{x}.j2' %}{% from x import m %}{{ m() }}", {"lib{x}.j2", "a b.j2"}),
        ("{% set x = 'base.j2' %}{% extends x %}", {"base.j2", "a b.j2"}),
        ("{% if false %}{% include 'broken.j2' %}{% include ['no'] %}{% endif %}", {"broken.j2"}),
    ],
)  # fmt: skip
def test_what_a_template_names(project: Path, text: str, read: set[str]) -> None:
    """What Jinja's documentation allows works, and the lock has each template that was read."""
    (project.parent / "secret").write_text("secret")
    Path("templates/a b.j2").write_text("Inner.\n")
    Path("templates/outer.txt").write_text("{% set y = 'a b.j2' %}{% include y %}")
    Path("templates/lib{x}.j2").write_text(
        "{% macro m() %}{% set y = 'a b.j2' %}{% include y %}{% endmacro %}"
    )
    Path("templates/base.j2").write_text(HEAD + "{% set y = 'a b.j2' %}{% include y %}")
    Path("templates/broken.j2").write_text("{% include ['no'] %}{% nothing %}")
    assert faults(text) == []
    written = Path("out/README.md").read_text()
    assert ("Inner.\n" in written) == ("a b.j2" in read)
    assert "speclens-" not in written
    assert "secret" not in written
    lock = tree.read_lock(Path("out/speclens.lock").read_text())
    own = {path.relative_to("templates").as_posix() for path in Path("templates").rglob("*.*")}
    assert lock.inputs.templates.keys() & own == {"package/README.md.j2", *read}
    Path("templates/a b.j2").write_text("Another.\n")
    told = CliRunner().invoke(main, ["check"], catch_exceptions=False).output
    assert ("its template changed" in told) == ("a b.j2" in read), told


def test_a_line_of_a_template_with_a_computed_name_is_explained(project: Path) -> None:
    del project
    Path("templates/a b.j2").write_text("First.\n\nInner.\n")
    assert faults("{% set x = 'a b.j2' %}\n{% include x %}\n") == []
    line = Path("out/README.md").read_text().split("\n").index("Inner.") + 1
    result = CliRunner().invoke(main, ["explain", f"out/README.md:{line}"])
    assert result.output.endswith(f"  {Path('templates/a b.j2')}:3\n")


# The search for a configuration


def found(start: Path) -> tuple[Path | None, list[str]]:
    path, passed = config.find_pyproject(start)
    assert {(one.rule, one.severity) for one in passed} <= {("config/owner", "warning")}
    return path, [one.file for one in passed]


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_the_search_stops_at_the_root_of_the_repository(tmp_path: Path, kind: str) -> None:
    inner = tmp_path / "repository/a/b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(TABLE)
    assert found(inner) == (tmp_path / "pyproject.toml", [])
    root = tmp_path / "repository"
    if kind == "directory":
        (root / ".git").mkdir()
    else:
        (root / ".git").write_text("gitdir: elsewhere\n")
    assert found(inner) == (None, [])
    assert found(root) == (None, [])
    (root / "pyproject.toml").write_text(TABLE)
    assert found(inner) == (root / "pyproject.toml", [])


@POSIX
def test_another_users_directory_above_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    theirs, mine = tmp_path / "a/pyproject.toml", tmp_path / "pyproject.toml"
    theirs.write_text("not TOML")  # is not read
    mine.write_text(TABLE)
    monkeypatch.setattr(finding, "_owners", lambda directory, path: {1000 + (path == theirs)})
    monkeypatch.setattr(finding, "_trusted", lambda: {1000})
    assert found(tmp_path / "a/b") == (mine, [str(theirs)])
    mine.unlink()
    assert found(tmp_path / "a/b") == (None, [str(theirs)])
    theirs.write_text(TABLE)
    assert found(tmp_path / "a") == (theirs, [])  # the current directory always counts
    monkeypatch.chdir(tmp_path / "a/b")
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 2
    assert f"warning: {theirs}:1:1: config/owner: this belongs to another user" in result.stderr


@POSIX
def test_who_owns_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of the directory, of the file, and of a link to it."""
    link = tmp_path / "pyproject.toml"

    def stat(path: Path) -> os.stat_result:
        return os.stat_result((0, 0, 0, 0, 1 if path == tmp_path else 3, 0, 0, 0, 0, 0))

    def lstat(_: Path) -> os.stat_result:
        return os.stat_result((0, 0, 0, 0, 2, 0, 0, 0, 0, 0))

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", stat)
        patched.setattr(os, "lstat", lstat)
        owners = finding._owners(tmp_path, link)
    assert owners == {1, 2, 3}


@POSIX
@pytest.mark.parametrize(
    ("user", "before", "trusted"),
    [(1000, None, {0, 1000}), (1000, "7", {0, 1000}), (0, "7", {0, 7}), (0, None, {0}), (0, "-1", {0}), (0, "x", {0}), (0, "9" * 5_000, {0})],
)  # fmt: skip
def test_who_is_trusted(
    user: int, before: str | None, trusted: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.delenv("SUDO_UID", raising=False)
    if before is not None:
        monkeypatch.setenv("SUDO_UID", before)
    assert finding._trusted() == trusted

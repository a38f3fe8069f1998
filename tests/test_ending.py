"""How a run ends that the machine, the shell or the toolkit itself stops: one line, a documented exit code, no traceback."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths: {}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string, description: é 🐈}}}
"""
MIB = 1 << 20
SPECLENS = (sys.executable, "-m", "speclens")
GENERATE = ("generate", "--spec", "api.yaml", "--package", "pets", "--output", "out")
SHOW = ("show", "--spec", "api.yaml")
NORMALIZE = ("normalize", "--spec", "api.yaml", "--schema", "Pet")
EXPORT = ("export", "api.yaml", "--view", "wire")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "api.yaml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "tmp").mkdir()
    return tmp_path


def environment(directory: Path, **more: str) -> dict[str, str]:
    """Without what measures coverage: it would write files and handle signals as well."""
    own = {"XDG_CACHE_HOME": str(directory / "cache"), "TMPDIR": str(directory / "tmp")}
    rest = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    return {**rest, **own, **more}


def run(
    project: Path,
    arguments: tuple[str, ...],
    prepare: Callable[[], None] | None = None,
    variables: Mapping[str, str] | None = None,
    stdout: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*SPECLENS, *arguments],
        cwd=project,
        env=environment(project, **(variables or {})),
        stdout=stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        preexec_fn=prepare,
        timeout=120,
        check=False,
    )


def limited(kind: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (most, most))


def no_directory() -> None:
    os.mkdir("gone")
    os.chdir("gone")
    os.rmdir("../gone")


REFUSED: dict[str, tuple[tuple[str, ...], Callable[[], None] | None, str]] = {
    "standard input is closed": (NORMALIZE, lambda: os.close(0), "standard input or output is closed"),
    "standard output is closed": (SHOW, lambda: os.close(1), "standard input or output is closed"),
    "no bytes of a file": (GENERATE, limited(resource.RLIMIT_FSIZE, 0), "temporary directory|too large"),
    "few bytes of a file": (GENERATE, limited(resource.RLIMIT_FSIZE, 1000), "File too large"),
    "memory": (GENERATE, limited(resource.RLIMIT_AS, 90 * MIB), "not enough memory|cannot be loaded"),
    "files": (GENERATE, limited(resource.RLIMIT_NOFILE, 6), "Too many open files"),
    "the current directory is gone": (SHOW, no_directory, "the current directory cannot be used"),
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="limits and messages are those of Linux")
@pytest.mark.parametrize("name", REFUSED)
def test_what_the_machine_refuses_is_one_line(name: str, project: Path) -> None:
    arguments, prepare, message = REFUSED[name]

    done = run(project, arguments, prepare)

    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr
    assert re.match(f"error: .*(?:{message})", done.stderr.decode())
    assert not (project / "out").exists()
    assert list((project / "tmp").iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_standard_output_is_full(project: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = run(project, SHOW, stdout=full.fileno())

    assert (done.returncode, done.stderr) == (2, b"error: No space left on device\n")


def test_nobody_reads_on(project: Path) -> None:
    """What does not fit into the pipe is lost without a word, and does not count as findings."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(project, ("schema",), stdout=writing)
    finally:
        os.close(writing)

    assert (done.returncode, done.stderr) == (2, b"")


def test_nothing_can_be_told(project: Path) -> None:
    done = run(project, ("validate", "missing.yaml"), lambda: os.closerange(0, 3))

    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_characters_that_standard_output_has_not(project: Path, encoding: str) -> None:
    """Reports escape them; documents are UTF-8 whatever a terminal shows."""
    variables = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    name = os.fsdecode(b"\xff \xc3\xa9.yaml")

    told = run(project, ("validate", name), variables=variables)
    exported = run(project, EXPORT, variables=variables)

    assert (told.returncode, told.stderr) == (2, b"")
    assert b"source/unreadable" in told.stdout
    assert (exported.returncode, exported.stderr) == (0, b"")
    assert "é 🐈" in exported.stdout.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [0.06, 0.15, 0.25, 0.35])
def test_a_signal_ends_a_run(project: Path, number: signal.Signals, after: float) -> None:
    """While it is loaded and while it runs. The shell sees that it was the signal, and nothing is left behind."""
    ready = "import sys; sys.stderr.write('.'); sys.stderr.flush(); from speclens.__main__ import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", ready, *GENERATE],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    process.stderr.read(1)  # what happens before, Python itself tells
    time.sleep(after)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=120)

    # Of a signal while it imports something, jsonschema-rs itself prints a panic.
    told = b"" if b"panicked" in stderr else stderr
    assert (process.returncode in {-number, 0}, told) == (True, b"")
    assert process.returncode or stdout
    assert list((project / "tmp").iterdir()) == []
    made = {path.name for path in project.glob("out/*")}
    assert made in (set(), {"README.md", "pets", "pyproject.toml", "speclens.lock"})


FAULTS = {
    "a fault": ("raise KeyError('x\\n\\x1b')", "error: speclens is at fault, please report it with the document: KeyError"),
    "too deep": ("return judge(source)", "error: speclens is at fault, please report it with the document: RecursionError"),
    "a signal that became an error": (
        "try: os.kill(os.getpid(), signal.SIGINT); time.sleep(9)\n    except BaseException as e: raise RuntimeError from e",
        "",
    ),
    "a signal while something is let go": (
        "T = type('T', (), {'__del__': lambda _: (os.kill(os.getpid(), signal.SIGINT), time.sleep(9))}); T(); return ()",
        "",
    ),
    "a file": ("open('missing/ruff')", "error: missing/ruff: No such file or directory"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_toolkit_raises_is_one_line(project: Path, name: str) -> None:
    body, message = FAULTS[name]
    code = (
        "import os, signal, sys, time\nfrom speclens import judging\n"
        f"def judge(source):\n    {body}\n"
        "judging.judge = judge\nfrom speclens.__main__ import main\nsys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "validate", "api.yaml"],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == (2 if message else -signal.SIGINT)
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == (1 if message else 0), done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits and messages are those of Linux")
def test_a_project_is_begun_entirely_or_not_at_all(project: Path) -> None:
    """There is room for ten more bytes of pyproject.toml."""
    own = project / "pyproject.toml"
    own.write_text("# mine\n" * 100_000)

    done = run(project, ("init",), limited(resource.RLIMIT_FSIZE, own.stat().st_size + 10))

    assert (done.returncode, done.stderr) == (2, b"")
    assert b"config/unwritable: cannot be written: " in done.stdout
    assert own.read_text() == "# mine\n" * 100_000
    assert list(project.glob("openapi/*")) == []

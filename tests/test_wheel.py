"""Both distributions, built and installed as a user would, each in a clean environment of its own.

What they require is fetched once, into the cache of pytest; later runs need no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import routescope
from speclens import __version__

ROOT = Path(__file__).parents[1]
IGNORED = ("*.egg-info", "__pycache__", ".*", "build", "dist")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment, without pip, and where the wheels come from that are installed into it."""

    directory: Path
    wheels: Path

    def command(self, name: str) -> str:
        folder = "Scripts" if sys.platform == "win32" else "bin"
        return str(self.directory / folder / name)

    def install(self, wheel: Path) -> None:
        """Install a wheel with all that it requires; what is not there yet is fetched."""
        offline = self.pip(
            "install", "--quiet", "--no-index", "--find-links", str(self.wheels), str(wheel)
        )
        if run(offline).returncode != 0:
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            succeed([*download, "--dest", str(self.wheels), *self.closure(str(wheel))])
            succeed(offline)

    def closure(self, *requirements: str) -> list[str]:
        """What would be installed for some requirements, as name==version; a wheel itself is left out."""
        report = self.pip("install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-")
        found = json.loads(succeed([*report, "--find-links", str(self.wheels), *requirements]))
        return sorted(
            f"{item['metadata']['name'].lower()}=={item['metadata']['version']}"
            for item in found["install"]
            if not item["is_direct"]
        )

    def installed(self) -> list[str]:
        listed = json.loads(succeed(self.pip("list", "--format", "json")))
        return sorted(f"{item['name'].lower()}=={item['version']}" for item in listed)

    def pip(self, *arguments: str) -> list[str]:
        python = ["--python", self.command("python"), "--disable-pip-version-check"]
        return [sys.executable, "-m", "pip", *python, *arguments]


def run(command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def succeed(command: Sequence[str], cwd: Path | None = None) -> str:
    done = run(command, cwd)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def installed(name: str, project: Path, tmp_path: Path, cache: pytest.Cache) -> Environment:
    """An environment with the wheel of a project, built from its source distribution."""
    environment = Environment(tmp_path / "venv", cache.mkdir(f"wheels-{name}"))
    succeed([sys.executable, "-m", "venv", "--without-pip", str(environment.directory)])
    source = shutil.copytree(
        project, tmp_path / "source", ignore=shutil.ignore_patterns(*IGNORED, "tests")
    )
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path / "dist")]
    succeed([*build, str(source)])
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    environment.install(wheel)
    return environment


# The generated package

FIRST_IMPORT = """
import json, sys
from importlib.resources import files
import routescope
early = sorted({"httpx", "pydantic"} & sys.modules.keys())
try:
    routescope.nope
except AttributeError as error:
    unknown = str(error)
names = dir(routescope)
for name in names:
    getattr(routescope, name)
late = sorted({"httpx", "pydantic"} & sys.modules.keys())
folded = routescope.normalize_image_edit_request({"model": "m", "prompt": "p", "image": "https://x"})
print(json.dumps({
    "early": early,
    "unknown": unknown,
    "names": names,
    "cached": all(name in vars(routescope) for name in names),
    "late": late,
    "typed": files("routescope").joinpath("py.typed").is_file(),
    "model": folded.validate(routescope.ImageEditRequest).model_dump_json(exclude_unset=True),
}))
"""


def test_generated_distribution(tmp_path: Path, cache: pytest.Cache) -> None:
    environment = installed("routescope", ROOT / "generated", tmp_path, cache)

    found = environment.installed()
    assert found == sorted([*environment.closure("httpx", "pydantic"), "routescope==0.1.0"])

    told: dict[str, Any] = json.loads(
        succeed([environment.command("python"), "-I", "-c", FIRST_IMPORT], tmp_path)
    )
    assert told == {
        "early": [],
        "unknown": "module 'routescope' has no attribute 'nope'",
        "names": sorted(routescope.__all__),
        "cached": True,
        "late": ["httpx", "pydantic"],
        "typed": True,
        "model": '{"model":"m","prompt":"p","images":[{"image_url":"https://x"}]}',
    }


# The toolkit

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths: {}
components:
  schemas:
    Pet:
      type: object
      required: [tags]
      properties:
        tags: {type: array, items: {type: string}}
        tag: {type: string, x-compat: {into: /tags, to: [$]}}
"""
TARGET = ("--spec", "pets.yaml", "--package", "pets", "--output", "out", "--templates", "mine")
USE = """
import sys
sys.path.insert(0, "out")
from pets import Pet, normalize_pet
print(normalize_pet({"tag": "x"}).validate(Pet).tags)
"""
HEADED = "<!-- Generated by speclens -->\n"


def test_toolkit_distribution(
    tmp_path: Path, cache: pytest.Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    environment = installed("speclens", ROOT, tmp_path, cache)
    project = tmp_path / "project"
    template = project / "mine/package/README.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text(HEADED + "My {{ package.title }}\n")
    (project / "pets.yaml").write_text(DOCUMENT)

    def speclens(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run([environment.command("speclens"), *arguments], project)

    assert speclens("--version").stdout == f"speclens, version {__version__}\n"
    assert speclens("check").returncode == 2
    assert speclens("check", *TARGET).returncode == 1
    assert speclens("generate", *TARGET).returncode == 0
    assert (project / "out/README.md").read_text() == HEADED + "My Pets\n"
    done = speclens("check", *TARGET)
    assert (done.returncode, done.stdout, done.stderr) == (0, "in sync\n", "")
    assert succeed([environment.command("python"), "-I", "-c", USE], project) == "['x']\n"

    template.write_text(HEADED + "Our {{ package.title }}\n")
    done = speclens("check", *TARGET, "--format", "json")
    assert done.returncode == 1
    assert [(file["path"], file["causes"]) for file in json.loads(done.stdout)["files"]] == [
        ("README.md", ["template"])
    ]
    assert speclens("generate", *TARGET).returncode == 0
    assert lock_of_checkout(project) == (project / "out/speclens.lock").read_text()

    first = tmp_path / "first"
    first.mkdir()
    for command in commands_of_the_page():
        done = run([environment.command("speclens"), *command], first)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert "warning" not in done.stderr
    assert sorted(path.name for path in first.iterdir()) == [
        "generated",
        "openapi",
        "pyproject.toml",
    ]


def commands_of_the_page() -> list[list[str]]:
    """What the first page says to type in an empty folder, once speclens is installed."""
    text = (ROOT / "docs" / "getting-started.md").read_text("utf-8")
    part = text.partition(" empty folder:\n\n```\n")[2]
    install, *lines = part.partition("```")[0].splitlines()
    assert install == "pip install speclens"
    commands = [line.partition("#")[0].split() for line in lines]
    assert [command for command, *_ in commands] == ["speclens"] * len(commands)
    assert [verb for _, verb in commands] == ["init", "generate", "check", "verify"]
    return [arguments for _, *arguments in commands]


def lock_of_checkout(project: Path) -> str:
    """The lock that the toolkit of this checkout writes: it is the same toolkit, installed or not."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from speclens.cli import main; main()"
    arguments = ["generate", *TARGET[:-3], "there", *TARGET[-2:]]
    succeed([sys.executable, "-c", code, str(ROOT / "tools"), *arguments], project)
    return (project / "there/speclens.lock").read_text()

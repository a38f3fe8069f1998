"""What made each line, as the lock takes it: the same as `explain` tells, but for lines that begin like no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclens.config import Config
from speclens.output import plan
from speclens.output.makers import makers
from speclens.output.marks import LineOrigin
from speclens.project import Project, opened
from speclens.provenance import origin_of

ROOT = Path(__file__).parents[1]
A, B = "#/components/schemas/A", "#/components/schemas/B"
FAILURE = "#/components/responses/Failure"


def made(draft: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    """Each line of `text` with its maker, for a draft of (pointer, line)."""
    origins = [LineOrigin(pointer, "t.j2", 1) for pointer, _ in draft]
    lines = "\n".join(line for _, line in draft)
    return [*zip(makers(lines, origins, {A, B}, text), text.split("\n"), strict=True)]


def test_lines_of_subjects_and_of_others() -> None:
    draft = [
        ("#", "from a import ("),
        ("#", "    b,"),
        ("#", ")"),
        ("#", "LIMIT = 1"),
        (A, "class A(Base):"),
        (f"{A}/properties/x", "    x: Long[int, str] = f(1)"),
        (FAILURE, "    y: int"),
        (B, "class B(Base):"),
        (f"{B}/properties/y", "    y: int"),
        ("#", "async def f():"),
        ("#", "    pass"),
    ]
    text = [
        ("a", "from a import b"),
        ("a", ""),
        ("LIMIT", "LIMIT = 1"),
        ("LIMIT", ""),
        (A, "class A("),
        (A, "    Base,"),
        (A, "):"),
        (A, "    x: Long["),
        (A, "        int,"),
        (A, "    ] = f(1)"),
        (A, "    y: int"),
        (A, ""),
        (B, "class B(Base):"),
        (B, "    y: int"),
        (B, ""),
        ("f", "async def f():"),
        ("f", "    pass"),
    ]
    assert made(draft, "\n".join(line for _, line in text)) == text


def test_where_the_step_is_lost_a_subject_is_found_by_its_beginning() -> None:
    gone = [("#", f"from m{number} import x") for number in range(20)]
    draft = [*gone, (A, "class A:"), (A, "    x: int"), (B, "class B:"), (B, "    x: int")]
    text = "class A:\n    x: int\nclass B:\n    x: int"
    assert [maker for maker, _ in made(draft, text)] == [A, A, B, B]


@pytest.fixture(scope="module")
def shipped() -> Project:
    return opened(Config(ROOT / "openapi/routescope-images.yaml", package="routescope"))


@pytest.mark.parametrize("path", ["models.py", "client.py", "server.py", "normalizers.py"])
def test_the_same_as_explain_tells(path: str, shipped: Project) -> None:
    path = f"routescope/{path}"
    file = next(file for file in shipped.tree.files if file.path == path)
    planned = plan.files(shipped.reading.document, shipped.config)
    subjects = next(one.subjects for one in planned if one.path == path)
    lines = file.text.rstrip("\n").split("\n")
    for number, line in enumerate(lines, 1):
        pointer = origin_of(shipped, path, number).pointer
        under = [one for one in subjects if f"{pointer}/".startswith(f"{one}/")]
        if line and under:
            assert file.makers[number - 1] == max(under, key=len)

"""`denormalize = false` and `--no-denormalize`: a package without the way back from canonical to older fields."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from built import load_config
from speclens.cli import main
from speclens.problems import Refused

SPEC = Path(__file__).parents[1] / "openapi" / "routescope-images.yaml"


def generated(output: Path, *options: str) -> str:
    target = ("--spec", str(SPEC), "--package", "routescope", "--output", str(output))
    done = CliRunner().invoke(main, ["generate", *target, *options])
    assert done.exit_code == 0, done.output
    check = CliRunner().invoke(main, ["check", *target, *options])
    assert (check.exit_code, check.output) == (0, "in sync\n")
    return "".join(path.read_text("utf-8") for path in sorted(output.rglob("*.py")))


def test_the_way_back_is_there_unless_it_is_left_out(tmp_path: Path) -> None:
    both = generated(tmp_path / "both")
    one_way = generated(tmp_path / "one", "--no-denormalize")
    for name in ("denormalize_image_edit_request", "def unfold(", "_unfold_image_edit_request"):
        assert name in both
        assert name not in one_way
    assert "def normalize_image_edit_request(" in one_way


def test_leaving_it_out_is_a_cause_of_drift(tmp_path: Path) -> None:
    generated(tmp_path)
    target = ("--spec", str(SPEC), "--package", "routescope", "--output", str(tmp_path))
    found = CliRunner().invoke(main, ["check", *target, "--no-denormalize"])
    assert found.exit_code == 1
    assert "config" in found.output
    assert found.output.rstrip().endswith("--no-denormalize")


@pytest.mark.parametrize(("written", "expected"), [("true", True), ("false", False)])
def test_configuration(written: str, expected: bool, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    table = '[tool.speclens]\nspec = "a"\npackage = "p"\noutput = "o"\n'
    path.write_text(f"{table}denormalize = {written}\n")
    assert load_config(path).denormalize is expected
    path.write_text(f'{table}denormalize = "{written}"\n')
    with pytest.raises(Refused) as caught:
        load_config(path)
    (problem,) = caught.value.problems
    assert (problem.rule, problem.line) == ("config/denormalize", 5)

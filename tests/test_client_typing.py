"""What a type checker says of calls of the generated clients."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_calls_are_typed(tmp_path: Path) -> None:
    settings = tmp_path / "mypy.ini"
    settings.write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\npython_version = 3.11\n"
        f"mypy_path = {ROOT / 'generated'}\n[mypy-routescope.*]\nfollow_imports = silent\n"
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings), "--cache-dir"]
    done = subprocess.run(
        [*command, str(ROOT / ".mypy_cache" / "typing"), str(ROOT / "tests" / "typing_client.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("Success: no issues found in 1 source file\n", "")

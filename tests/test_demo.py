"""The demo is as its story says, and says nothing to a terminal when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_demo(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "tools"), str(ROOT / "generated"))),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, ROOT / "tests/demo.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "  15 answered, 6 refused.\n" in done.stdout
    assert done.stdout.count("  in sync\n") == 2
    saved = {path.name for path in (tmp_path / "demo-out").iterdir()}
    assert saved == {"hat.webp", "winter.jpeg", "summer.png"}

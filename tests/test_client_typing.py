"""What a type checker says of calls of the generated clients."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from built import HEAD, texts

ROOT = Path(__file__).parents[1]


def test_calls_are_typed(tmp_path: Path, mypy_cache: str) -> None:
    settings = tmp_path / "mypy.ini"
    settings.write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\npython_version = 3.11\n"
        f"mypy_path = {ROOT / 'generated'}\n[mypy-routescope.*]\nfollow_imports = silent\n"
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings)]
    done = subprocess.run(
        [*command, "--cache-dir", mypy_cache, str(ROOT / "tests" / "typing_client.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("Success: no issues found in 1 source file\n", "")


def test_schemas_called_like_errors_of_ours(tmp_path: Path, mypy_cache: str) -> None:
    told = {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}
    document = {
        **HEAD,
        "servers": [{"url": "https://x.example"}],
        "paths": {"/a": {"get": {"responses": {"200": told}}}},
        "components": {
            "schemas": {name: {"type": "object"} for name in ("Answer", "NotFoundError")}
        },
    }
    (tmp_path / "pkg").mkdir()
    for name, text in texts(document).items():
        if name.endswith(".py"):
            (tmp_path / "pkg" / name).write_text(text, "utf-8")
    assert (
        "NotFoundError(APIStatusError, status=404)" in (tmp_path / "pkg" / "_errors.py").read_text()
    )
    command = [sys.executable, "-m", "mypy", "--config-file=", "--strict", "-p", "pkg"]
    done = subprocess.run(
        [*command, "--cache-dir", mypy_cache],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout

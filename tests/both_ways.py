"""The normalizers of the flagship document with the way back, which its own package leaves out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from built import imported, texts

SPEC = Path(__file__).parents[1] / "openapi" / "routescope-images.yaml"
_DIRECTORY = TemporaryDirectory(prefix="speclens-both-ways-")
normalizers: Any = imported(texts(SPEC.read_text("utf-8")), Path(_DIRECTORY.name), "normalizers")
CompatError: Any = normalizers.fault("", None, "").__class__

"""The language x-compat as code: the functions that fold older shapes, and the way back."""

from __future__ import annotations

from speclens.lower.compat import lens

__all__ = ["lens"]

"""Documents made from documents, which say the same in fewer ways; each place knows where it stood."""

from __future__ import annotations

from speclens.lower.rewrites import lifting, parameters, views

__all__ = ["lifting", "parameters", "views"]

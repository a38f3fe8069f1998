"""Schemas as named classes and aliases."""

from __future__ import annotations

from speclens.lower.schemas import formats, naming

__all__ = ["formats", "naming"]

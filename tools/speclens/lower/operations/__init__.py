"""Operations as methods: what a caller gives, what is sent, and what is answered."""

from __future__ import annotations

from speclens.lower.operations import examples

__all__ = ["examples"]

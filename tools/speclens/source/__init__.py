"""Reads a document: its text, its JSON value, and the line and column of every pointer."""

from __future__ import annotations

from speclens.source.layers import load
from speclens.source.load import Source, loads, locate

__all__ = ["Source", "load", "loads", "locate"]

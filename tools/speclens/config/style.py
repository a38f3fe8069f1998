"""How schemas become types, as a configuration asks for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """`has_formats` says whether strings of some formats become Python types, and `has_enums` whether enumerations become
    classes of `enum`."""

    has_formats: bool = True
    has_enums: bool = False


USUAL = Style()

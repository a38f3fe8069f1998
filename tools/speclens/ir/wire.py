"""How values go over the wire: what tells a client where an argument goes, and how it is written there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """How an argument is written at its place in a request. What is not said is as usual at that place."""

    is_nullable: bool = False  # of a member or a body: whether None is sent, as null
    is_text: bool = False  # of a member: whether integers in it are sent as texts
    style: str = ""
    explode: bool | None = None
    is_reserved: bool = False
    codec: str = ""  # of what is all of the query: expression

"""Types as they are written in the signatures of a client."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Of strings of a format; text of the format is taken as well.
FORMATS = {
    "date-time": "DateTime",
    "date": "Date",
    "time": "Time",
    "duration": "TimeDelta",
    "uuid": "UUID",
    "decimal": "Decimal",
    "int64": "int",
}
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
OF_VALUES = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    type(None): "None",
    list: "Sequence[Any]",
    dict: "Mapping[str, Any]",
}

_MOST = 32
"""How many lists and maps a type holds at most. Where each schema refers to the one below it twice, each type would be
twice as long as the one below it."""
_HOLDERS = re.compile(r"\b(Sequence\[|Mapping\[str, )")


def union(options: Sequence[str]) -> str:
    """Alternatives, each once, null last as people write it."""
    if "Any" in options:
        return "Any"
    return " | ".join(sorted(dict.fromkeys(options), key=lambda option: option == "None"))


def short(options: Sequence[str]) -> list[str]:
    """Alternatives as they are, or, if they hold too many lists and maps, with lists and maps of anything: a caller may
    give what is accepted, in any case."""
    if len(_HOLDERS.findall(union(options))) <= _MOST:
        return list(dict.fromkeys(options))
    holders = [(_HOLDERS.match(option), option) for option in options]
    return list(dict.fromkeys(f"{at[0]}Any]" if at else option for at, option in holders))

"""The dates of an older field: refuses faults of `x-compat: {deprecated: …}`, and warns after the sunset.

Dates are RFC 3339 full-dates (section 5.6). Their texts sort as the days do, so this module compares texts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Any

from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.openapi.api import OpenApi
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, join, tokens

KEYS = ("since", "sunset", "note")
_FULL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def is_full_date(value: Any) -> bool:
    """Whether a JSON value is a full-date of RFC 3339, such as `2026-02-28`, of a day that exists."""
    found = _FULL_DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def of_deprecated(here: str, value: JsonObject) -> Iterator[Finding]:
    """Findings on the object `deprecated` at the pointer `here`: unknown keys, values that are not full-dates or texts, and
    a sunset before `since`."""
    for name in sorted(value.keys() - set(KEYS)):
        close = closest(name, KEYS)
        hint = f"did you mean `{close}`?" if close else f"one of {', '.join(KEYS)}"
        message = f"`deprecated` has no `{name}`"
        yield Finding("compat/unknown-keyword", join(here, name), message, hint)
    for name in ("since", "sunset"):
        if name in value and not is_full_date(value[name]):
            message = f"`{name}` must be a full-date of RFC 3339, of a day that exists"
            hint = "write it as `'2026-08-01'`"
            yield Finding("compat/unknown-keyword", join(here, name), message, hint)
    if "note" in value and not isinstance(value["note"], str):
        message, hint = "`note` must be a string", "name the replacement, in quotes"
        yield Finding("compat/unknown-keyword", join(here, "note"), message, hint)
    since, sunset = value.get("since"), value.get("sunset")
    if is_full_date(since) and is_full_date(sunset) and str(sunset) < str(since):
        message = (
            f"the sunset {sunset} is before {since}, the date of `since` ({join(here, 'since')})"
        )
        hint = "write the later of the two under `sunset`"
        yield Finding("compat/sunset-before-since", join(here, "sunset"), message, hint)


def passed(api: OpenApi, today: str) -> tuple[Finding, ...]:
    """A warning for every older field whose sunset is before `today`, a full-date.

    On the day of its sunset a server still accepts a field. `generate` does not call this, since its output must not depend
    on the day.
    """
    properties = ((at, tokens(at)[-1], one) for at, one in all_schemas(api.document))
    parameters = ((one.pointer, one.name, one.extensions) for one in api.every_parameter)
    found = []
    for pointer, name, value in (*properties, *parameters):
        own = x_compat.keywords(value)
        told = own.get("deprecated")
        sunset = told.get("sunset") if isinstance(told, dict) else None
        if is_full_date(sunset) and str(sunset) < today:
            message = f"the sunset of `{name}` was {sunset}, and {_hub(own)} still accepts it"
            hint = f"check the counts of `on_rewrite` for payloads that still send it, then remove `{name}`"
            place = join(pointer, x_compat.KEYWORD, "deprecated", "sunset")
            found.append(Finding("compat/sunset-passed", place, message, hint, "warning"))
    return tuple(found)


def _hub(own: JsonObject) -> str:
    """The hub of a spoke with some x-compat keywords, in words."""
    into = own.get("into")
    if hub := x_compat.parameter_of(into):
        return f"the {hub[0]} parameter `{hub[1]}`"
    return f"`{into}`" if isinstance(into, str) else "its schema"

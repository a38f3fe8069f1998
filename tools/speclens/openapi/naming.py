"""Extensions by which documents name things in generated code, for other generators too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speclens import names

GROUPS = ("x-fern-sdk-group-name", "x-speakeasy-group")
"""The resource of an operation."""
METHODS = ("x-fern-sdk-method-name", "x-speakeasy-name-override")
"""The method of an operation."""

TYPES = ("x-fern-type-name",)
"""The class of a schema; of a component `x-speakeasy-name-override` too, which names a property elsewhere."""
COMPONENTS = (*TYPES, "x-speakeasy-name-override")
PROPERTIES = ("x-fern-property-name", "x-speakeasy-name-override")
"""The attribute of a model, and the argument of a method, for a property."""
PARAMETERS = ("x-fern-parameter-name", "x-speakeasy-name-override")
"""The argument of a method for a parameter."""


def given_name(extensions: Any, keys: Sequence[str]) -> str:
    """The name that the first of some extensions of an object gives; "" if none gives one. A list of names is one name."""
    if not isinstance(extensions, Mapping):
        return ""
    for key in keys:
        said = extensions.get(key)
        if isinstance(said, list) and all(isinstance(part, str) for part in said):
            said = ".".join(said)
        if isinstance(said, str) and names.words(said):
            return said
    return ""

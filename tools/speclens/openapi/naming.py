"""Extensions by which documents name things in generated code, for other generators too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speclens import names

GROUPS = ("x-fern-sdk-group-name", "x-speakeasy-group")
"""The resource of an operation."""
METHODS = ("x-fern-sdk-method-name", "x-speakeasy-name-override")
"""The method of an operation."""


def given_name(extensions: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The name that the first of some extensions gives; "" if none gives one. A list of names is one name."""
    for key in keys:
        said = extensions.get(key)
        if isinstance(said, list) and all(isinstance(part, str) for part in said):
            said = ".".join(said)
        if isinstance(said, str) and names.words(said):
            return said
    return ""

"""Formats that are Python types in a package. The package itself judges which texts have such a format."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from speclens.lower.schemas import formats
from speclens.verify.judges import Formats


def formats_of(models: ModuleType) -> Formats:
    """For each format that is a type in a package's models, a function that says whether the models accept a text."""
    runtime = sys.modules.get(f"{models.__package__}._formats")

    def judge(type_: Any) -> Callable[[str], bool]:
        adapter: TypeAdapter[Any] = TypeAdapter(type_)

        def fits(text: str) -> bool:
            try:
                adapter.validate_python(text)
            except ValidationError:
                return False
            return True

        return fits

    return {
        name: judge(getattr(runtime, alias))
        for name, (alias, _) in formats.PYTHON_TYPES.items()
        if hasattr(runtime, alias)
    }

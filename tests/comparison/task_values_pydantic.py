import warnings
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

SIZES = {"small": "s", "large": "l"}
seen: Counter[str] = Counter()


def renamed(value: Any) -> Any:
    if isinstance(value, str) and value in SIZES:
        seen["size"] += 1
        warnings.warn(f"size: {value} is deprecated, use {SIZES[value]}", DeprecationWarning, 2)
        return SIZES[value]
    return value


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    size: Annotated[Literal["s", "l"], BeforeValidator(renamed)]

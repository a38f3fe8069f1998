import warnings
from collections import Counter
from enum import StrEnum

from cadwyn import (
    RequestInfo,
    ResponseInfo,
    Version,
    VersionBundle,
    VersionChange,
    convert_request_to_next_version_for,
    convert_response_to_previous_version_for,
    enum,
)
from pydantic import BaseModel, ConfigDict

SIZES = {"small": "s", "large": "l"}
OLD_SIZES = {new: old for old, new in SIZES.items()}
seen: Counter[str] = Counter()


class Size(StrEnum):
    S = "s"
    L = "l"


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    size: Size


class ShortenSizes(VersionChange):
    description = "`small` is `s`, `large` is `l`."
    instructions_to_migrate_to_previous_version = (
        enum(Size).didnt_have("S", "L"),
        enum(Size).had(SMALL="small", LARGE="large"),
    )

    @convert_request_to_next_version_for(Thing)
    def to_new(request: RequestInfo) -> None:
        size = request.body["size"]
        seen["size"] += 1
        warnings.warn(f"size: {size} is deprecated, use {SIZES[size]}", DeprecationWarning, 2)
        request.body["size"] = SIZES[size]

    @convert_response_to_previous_version_for(Thing)
    def to_old(response: ResponseInfo) -> None:
        response.body["size"] = OLD_SIZES[response.body["size"]]


versions = VersionBundle(Version("2026-08-01", ShortenSizes), Version("2025-01-01"))

from typing import Literal

from cadwyn import (
    RequestInfo,
    ResponseInfo,
    Version,
    VersionBundle,
    VersionChange,
    convert_request_to_next_version_for,
    convert_response_to_previous_version_for,
    schema,
)
from pydantic import BaseModel, ConfigDict, Field

Format = Literal["png", "jpeg"]


class Output(BaseModel):
    model_config = ConfigDict(extra="allow")

    format: Format


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    color: str
    output: Output | None = None


class RenameColourAndMoveOutputFormat(VersionChange):
    description = "`colour` is `color`, and `output_format` is `output.format`."
    instructions_to_migrate_to_previous_version = (
        schema(Thing).field("color").had(name="colour"),
        schema(Thing).field("output").didnt_exist,
        schema(Thing)
        .field("output_format")
        .existed_as(type=Format | None, info=Field(default=None)),
    )

    @convert_request_to_next_version_for(Thing)
    def to_new(request: RequestInfo) -> None:
        request.body["color"] = request.body.pop("colour")
        output_format = request.body.pop("output_format", None)
        if output_format is not None:
            request.body["output"] = {"format": output_format}

    @convert_response_to_previous_version_for(Thing)
    def to_old(response: ResponseInfo) -> None:
        response.body["colour"] = response.body.pop("color")
        output = response.body.pop("output", None)
        if output is not None:
            response.body["output_format"] = output["format"]


versions = VersionBundle(
    Version("2026-08-01", RenameColourAndMoveOutputFormat), Version("2025-01-01")
)

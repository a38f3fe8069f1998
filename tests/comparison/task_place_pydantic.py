from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator


class Output(BaseModel):
    model_config = ConfigDict(extra="allow")

    format: Literal["png", "jpeg"]


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    color: str = Field(validation_alias=AliasChoices("color", "colour"))
    output: Output | None = None

    @model_validator(mode="before")
    @classmethod
    def move_output_format(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "output_format" not in data:
            return data
        data = dict(data)
        output_format, output = data.pop("output_format"), data.get("output") or {}
        if output_format is not None and isinstance(output, dict):
            data["output"] = {"format": output_format, **output}
        return data

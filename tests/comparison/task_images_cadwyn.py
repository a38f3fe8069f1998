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
from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field


class Image(BaseModel):
    model_config = ConfigDict(extra="allow")

    image_url: str


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    images: list[Image] = Field(min_length=1)


class GatherImages(VersionChange):
    description = "`image` and `image_urls` are `images`."
    instructions_to_migrate_to_previous_version = (
        schema(Thing).field("images").didnt_exist,
        schema(Thing)
        .field("image")
        .existed_as(type=Image | str | list[Image | str] | None, info=Field(default=None)),
        schema(Thing)
        .field("image_urls")
        .existed_as(type=list[str] | str | None, info=Field(default=None)),
    )

    @convert_request_to_next_version_for(Thing)
    def to_new(request: RequestInfo) -> None:
        images = []
        for name in ("image", "image_urls"):
            value = request.body.pop(name, None)
            if value in (None, [], ""):
                continue
            earlier = list(images)
            for item in value if isinstance(value, list) else [value]:
                image = {"image_url": item} if isinstance(item, str) else item
                if image not in earlier:
                    images.append(image)
        if not images:
            raise HTTPException(422, "image or image_urls is required")
        request.body["images"] = images

    @convert_response_to_previous_version_for(Thing)
    def to_old(response: ResponseInfo) -> None:
        response.body["image"] = response.body.pop("images")


versions = VersionBundle(Version("2026-08-01", GatherImages), Version("2025-01-01"))

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Image(BaseModel):
    model_config = ConfigDict(extra="allow")

    image_url: str


class Thing(BaseModel):
    model_config = ConfigDict(extra="allow")

    images: list[Image] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def gather_images(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data, images = dict(data), list[Any]()
        for name in ("images", "image", "image_urls"):
            value = data.pop(name, None)
            if value in (None, [], ""):
                continue
            earlier = list(images)
            for item in value if isinstance(value, list) else [value]:
                image = {"image_url": item} if isinstance(item, str) else item
                if image not in earlier:
                    images.append(image)
        if images:
            data["images"] = images
        return data

"""The other yardsticks: the same folding in pydantic's before-validators, as one would write it by hand.

`Telling…` are equal in all that a normalizer returns: they run the code written by hand, note in the context what was
rewritten and dropped, and refuse the same at the same places. `FoldingRequest` gives an equal value and tells nothing.
"""

from __future__ import annotations

from typing import Any

import handwritten
from handwritten import Folded, Notes
from pydantic import BaseModel, ValidationError, ValidationInfo, field_validator, model_validator

from routescope import ImageEditRequest, ImagesResponse, models


class TellingRequest(ImageEditRequest):
    @model_validator(mode="before")
    @classmethod
    def fold(cls, payload: Any, info: ValidationInfo) -> Any:
        return handwritten.request(payload, info.context)


class TellingResponse(ImagesResponse):
    @model_validator(mode="before")
    @classmethod
    def fold(cls, payload: Any, info: ValidationInfo) -> Any:
        return handwritten.response(payload, info.context)


def tell_request(payload: Any) -> Folded:
    return told(TellingRequest, payload)


def tell_response(payload: Any) -> Folded:
    return told(TellingResponse, payload)


def told(model: type[BaseModel], payload: Any) -> Folded:
    notes = Notes()
    try:
        instance = model.model_validate(payload, context=notes)
    except ValidationError as error:
        raise refusal(error) from None
    return notes.result(dumped(instance))


def refusal(error: ValidationError) -> Exception:
    """What a validator raised, with its place; pydantic wraps it."""
    for fault in error.errors():
        if found := fault.get("ctx", {}).get("error"):
            return found
    return error


def dumped(instance: BaseModel) -> Any:
    return instance.model_dump(mode="json", by_alias=True, exclude_unset=True)


class FoldingRequest(ImageEditRequest):
    @model_validator(mode="before")
    @classmethod
    def gather_images(cls, payload: Any) -> Any:
        if not isinstance(payload, dict):
            return payload
        payload, images = dict(payload), list[Any]()
        for name in ("images", "image", "image_urls"):
            sent = payload.pop(name, None)
            if sent in (None, [], ""):
                continue
            items = [reference(item) for item in (sent if isinstance(sent, list) else [sent])]
            images += [item for item in items if item not in images] if images else items
        if images:
            payload["images"] = images
        return payload

    @field_validator("mask", mode="before")
    @classmethod
    def unwrap_mask(cls, mask: Any) -> Any:
        return mask["image_url"] if isinstance(mask, dict) and "image_url" in mask else mask


def reference(item: Any) -> Any:
    if isinstance(item, str):
        return {"image_url": item}
    if not isinstance(item, dict):
        return item
    if "image_url" not in item and "url" in item:
        return {"image_url": item["url"]}
    url = item.get("image_url")
    return {**item, "image_url": url["url"]} if isinstance(url, dict) and "url" in url else item


for model in (TellingRequest, TellingResponse, FoldingRequest):
    model.model_rebuild(_types_namespace=vars(models))

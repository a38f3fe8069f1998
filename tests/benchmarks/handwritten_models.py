"""The other yardstick: the same folding in pydantic's before-validators, as one would write it by hand. Equal models come
out; nothing is told of what was rewritten or dropped, and errors are not located where the sender wrote them."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator, model_validator

from routescope import ImageEditRequest, models


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


FoldingRequest.model_rebuild(_types_namespace=vars(models))


def reference(item: Any) -> Any:
    if isinstance(item, str):
        return {"image_url": item}
    if not isinstance(item, dict):
        return item
    if "image_url" not in item and "url" in item:
        return {"image_url": item["url"]}
    url = item.get("image_url")
    return {**item, "image_url": url["url"]} if isinstance(url, dict) and "url" in url else item

"""The yardstick: what a good engineer would write by hand for this one endpoint, equal in all that it returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from routescope import CompatError, Deprecation, Drop, Rewrite

SCHEMAS = "#/components/schemas/"
IMAGE = f"{SCHEMAS}ImageEditRequest/properties/image/oneOf/"
IMAGE_URLS = f"{SCHEMAS}ImageEditRequest/properties/image_urls/oneOf/"
MASK_OBJECT = f"{SCHEMAS}ImageEditRequest/properties/mask/oneOf/1"
REFERENCE = f"{SCHEMAS}ImageReference/oneOf/"
URL_OBJECT = f"{REFERENCE}0/properties/image_url/oneOf/1"
DATA = f"{SCHEMAS}ImagesResponse/properties/data/oneOf/"
NOTE = Deprecation(since="2026-08-01", note="Use images[].image_url.")
EMPTY: tuple[Any, ...] = (None, [], "")


@dataclass(frozen=True, slots=True)
class Folded:
    """A payload in canonical form, what was rewritten to get there, and what was dropped."""

    value: Any
    rewrites: tuple[Rewrite, ...]
    drops: tuple[Drop, ...]


class Notes:
    """What was rewritten, each rule once for a property, and what was dropped."""

    __slots__ = ("drops", "rewrites")

    def __init__(self) -> None:
        self.rewrites: dict[tuple[str, str], Rewrite] = {}
        self.drops: list[Drop] = []

    def rewrite(
        self, source: str, target: str, rule: str, deprecated: Deprecation | None = None
    ) -> None:
        if (source, rule) not in self.rewrites:
            self.rewrites[source, rule] = Rewrite(source, target, rule, deprecated)

    def drop_others(self, value: dict[str, Any], used: str, pointer: str) -> None:
        for key in value:
            if key != used:
                self.drops.append(Drop(f"{pointer}/{escape(key)}", "template"))

    def result(self, value: Any) -> Folded:
        return Folded(value, tuple(self.rewrites.values()), tuple(self.drops))


def escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def fold_request(payload: Any) -> Folded:
    notes = Notes()
    return notes.result(request(payload, notes))


def request(payload: Any, notes: Notes) -> Any:
    if not isinstance(payload, dict):
        return payload
    value = payload.copy()
    if "mask" in value:
        value["mask"] = mask(value["mask"], notes)
    sources = list(images_sources(payload, value, notes))
    if sources:
        value["images"] = merged(sources, notes)
        if payload.get("images") in EMPTY and "images" in payload:
            notes.drops.append(Drop("/images", "absent"))
    return value


def mask(sent: Any, notes: Notes) -> str:
    if isinstance(sent, str):
        return sent
    if not isinstance(sent, dict):
        raise CompatError("type", "/mask", "must be a string or an object")
    notes.rewrite("/mask", "/mask", MASK_OBJECT)
    return only_url(sent, "image_url", "/mask", notes)


def only_url(sent: dict[str, Any], key: str, pointer: str, notes: Notes) -> str:
    """The one member of an object that counts; all others are dropped."""
    if key not in sent:
        raise CompatError("required", f"{pointer}/{key}", "is required")
    url = sent[key]
    if not isinstance(url, str):
        raise CompatError("type", f"{pointer}/{key}", "must be a string")
    if len(sent) > 1:
        notes.drop_others(sent, key, pointer)
    return url


def images_sources(
    payload: dict[str, Any], value: dict[str, Any], notes: Notes
) -> Iterator[tuple[str, Any, Any]]:
    """Whatever gives images: its pointer, the value as sent, and the canonical one."""
    if "images" in payload and (sent := payload["images"]) not in EMPTY:
        if isinstance(sent, list):
            yield "/images", sent, references(sent, "/images", "/images", notes)
        else:
            yield "/images", sent, sent
    if "image" in payload:
        sent = value.pop("image")
        if sent in EMPTY:
            notes.drops.append(Drop("/image", "absent"))
        else:
            yield "/image", sent, image(sent, notes)
    if "image_urls" in payload:
        sent = value.pop("image_urls")
        if sent in EMPTY:
            notes.drops.append(Drop("/image_urls", "absent"))
        else:
            yield "/image_urls", sent, image_urls(sent, notes)


def image(sent: Any, notes: Notes) -> list[Any]:
    if isinstance(sent, (str, dict)):
        notes.rewrite("/image", "/images", f"{IMAGE}0", NOTE)
        return [reference(sent, "/image", "/image", "/images", notes)]
    if isinstance(sent, list):
        notes.rewrite("/image", "/images", f"{IMAGE}1", NOTE)
        return references(sent, "/image", "/images", notes)
    raise CompatError("type", "/image", "must be a string, an array or an object")


def image_urls(sent: Any, notes: Notes) -> list[Any]:
    if isinstance(sent, str):
        notes.rewrite("/image_urls", "/images", f"{IMAGE_URLS}1", NOTE)
        return [{"image_url": sent}]
    if not isinstance(sent, list):
        raise CompatError("type", "/image_urls", "must be a string or an array")
    notes.rewrite("/image_urls", "/images", f"{IMAGE_URLS}0", NOTE)
    for index, url in enumerate(sent):
        if not isinstance(url, str):
            raise CompatError("type", f"/image_urls/{index}", "must be a string")
    return [{"image_url": url} for url in sent]


def references(sent: list[Any], source: str, target: str, notes: Notes) -> list[Any]:
    return [
        reference(item, f"{source}/{index}", source, target, notes)
        for index, item in enumerate(sent)
    ]


def reference(sent: Any, pointer: str, source: str, target: str, notes: Notes) -> dict[str, Any]:
    """One image. `source` and `target` are the property it was sent in and the one it is in then."""
    if isinstance(sent, str):
        notes.rewrite(source, target, f"{REFERENCE}1")
        return {"image_url": sent}
    if not isinstance(sent, dict):
        raise CompatError("type", pointer, "must be a string or an object")
    if "image_url" not in sent and "url" in sent:
        notes.rewrite(source, target, f"{REFERENCE}2")
        return {"image_url": only_url(sent, "url", pointer, notes)}
    value = sent.copy()
    url = sent.get("image_url", "")
    if isinstance(url, dict):
        notes.rewrite(source, target, URL_OBJECT)
        value["image_url"] = only_url(url, "url", f"{pointer}/image_url", notes)
    elif not isinstance(url, str):
        raise CompatError("type", f"{pointer}/image_url", "must be a string or an object")
    return value


def merged(sources: list[tuple[str, Any, Any]], notes: Notes) -> Any:
    """All images in order; one that an earlier source gave already is dropped."""
    if len(sources) == 1:
        return sources[0][2]
    images: list[Any] = []
    for pointer, sent, items in sources:
        if not isinstance(items, list):
            raise CompatError("type", pointer, "must be an array")
        earlier = images.copy()
        for index, item in enumerate(items):
            if item in earlier:
                at = f"{pointer}/{index}" if isinstance(sent, list) else pointer
                notes.drops.append(Drop(at, "duplicate"))
            else:
                images.append(item)
    return images


def fold_response(payload: Any) -> Folded:
    notes = Notes()
    return notes.result(response(payload, notes))


def response(payload: Any, notes: Notes) -> Any:
    if not isinstance(payload, dict) or "data" not in payload:
        return payload
    return {**payload, "data": data(payload["data"], notes)}


def data(sent: Any, notes: Notes) -> list[Any]:
    if isinstance(sent, list):
        return [result(item, f"/data/{index}", notes) for index, item in enumerate(sent)]
    if sent is None:
        notes.rewrite("/data", "/data", f"{DATA}3")
        return []
    if not isinstance(sent, dict):
        raise CompatError("type", "/data", "must be an array, an object or null")
    if not sent:
        notes.rewrite("/data", "/data", f"{DATA}2")
        return []
    notes.rewrite("/data", "/data", f"{DATA}1")
    return [result(sent, "/data", notes)]


def result(sent: Any, pointer: str, notes: Notes) -> Any:
    if not isinstance(sent, dict):
        return sent
    value = sent.copy()
    for key in ("url", "b64_json", "revised_prompt"):
        if key in value and value[key] in (None, ""):
            del value[key]
            notes.drops.append(Drop(f"{pointer}/{key}", "absent"))
    return value

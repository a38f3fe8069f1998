"""Operation ids that frameworks make, one by one: what a person wrote of each, and what the framework added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speclens.names.english import VERBS, tells

_WORD = re.compile(r"\w")
_GROUPED = (
    # Rails: `Api::V1::Models#index`
    re.compile(r"(?P<group>[\w:/]+)#(?P<name>\w+)"),
    # NestJS: `ItemsController_findAll_v1`, `ItemsController.findAll`
    re.compile(r"(?P<group>\w*?[a-z0-9])Controller[_.:-]+(?P<name>[a-zA-Z]\w*?)(_v\d+)?(\[\d+\])?"),
    # NSwag, Azure: `Items_GetAll`
    re.compile(r"(?P<group>[A-Z][A-Za-z0-9]*)_(?P<name>[A-Z][A-Za-z0-9]*)"),
    # GitHub: `repos/list-for-user`; Google: `storage.buckets.list`
    re.compile(r"(?P<group>[\w-]+)/(?P<name>[A-Za-z][\w-]*)"),
    re.compile(r"(?P<group>[A-Za-z][\w.-]*)(\.|::)(?P<name>[A-Za-z][\w-]*)"),
)
_RAILS = {"index": "list", "show": "get", "destroy": "delete"}
# springfox: `listUsingGET_1`; springdoc: `findAll_1`; Tapir and others: `deletePet_2_1`
_USING = re.compile(
    r"(?P<name>[a-z]\w*)Using(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)(?P<number>(_\d+)*)"
)
_NUMBERED = re.compile(r"(?P<name>[a-z][A-Za-z0-9]*?)(?P<number>(_\d+)+)")
# .NET: `GetItemsAsync`
_ASYNC = re.compile(r"(?P<name>([A-Z]\w*_)?[A-Z]\w*[a-z0-9])Async")
# Django Ninja: the module of a function, then its name
_MODULES = (
    "api",
    "apis",
    "views",
    "routers",
    "router",
    "routes",
    "endpoints",
    "handlers",
    "controllers",
)


@dataclass(frozen=True, slots=True)
class Id:
    """An operation id: what a person wrote, "" if nothing; what it says that the operation belongs to; and whether a number
    tells it from another operation of that name."""

    text: str
    group: str = ""
    is_numbered: bool = False


def read_id(written: str, method: str, path: str, tag: str = "") -> Id:
    """What the id of an operation at a path says, without what a framework added: its `tag` too, as the template of FastAPI
    does (`items-read_item`)."""
    text, is_numbered = written.strip(), False
    for pattern in (_USING, _NUMBERED, _ASYNC):
        if found := pattern.fullmatch(text):
            text = found["name"]
            is_numbered = is_numbered or bool(found.groupdict().get("number"))
    if (short := _without_path(text, method, path)) is not None:
        return Id(short)
    if tag and text.startswith(f"{tag}-") and "_" in text:
        return Id(text[len(tag) + 1 :], tag, is_numbered)
    for pattern in _GROUPED:
        if found := pattern.fullmatch(text):
            name = _RAILS.get(found["name"], found["name"]) if "#" in text else found["name"]
            return Id(name, _last(found["group"]), is_numbered)
    return Id(_without_module(text), is_numbered=is_numbered)


def _last(group: str) -> str:
    """The last part of a group that tells something: `Models` of `Api::V1::Models`."""
    parts = [part for part in re.split(r"::|[./]", group) if tells(part)]
    return parts[-1] if parts else ""


def _without_path(text: str, method: str, path: str) -> str | None:
    """A function's name, if FastAPI made the id: its name, its path with underscores, its method; also with another prefix
    of the path than that of the document, or with something of its own before the path (enunciate)."""
    for tail in _tails(path):
        spelled = re.sub(r"\W", "_", tail)
        if text.endswith(made := f"{spelled}_{method}"):
            name = text[: -len(made)]
            if name and (_is_written(name, tail)):
                return name
    spelled = re.sub(r"[^\w.]", "_", path).strip("_")
    if len(spelled) > 1 and text.upper().endswith(f"_{method.upper()}") and f"_{spelled}_" in text:
        return text.rpartition(f"_{spelled}_")[2][: -len(method) - 1] or None
    return None


def _is_written(name: str, tail: str) -> bool:
    """Whether a name is that of a function, and not the beginning of an id such as `user_account_get` at `/account`."""
    has_more = tail.count("/") > 1 or "{" in tail or tail == "/"
    return has_more or name.split("_")[0].lower() in VERBS or name in tail


def _tails(path: str) -> Iterator[str]:
    """The ends of a path, the longest first, but for those without a part that is no parameter."""
    starts = [found.start() for found in re.finditer("/", path)]
    for start in starts:
        tail = path[start:]
        if _WORD.search(re.sub(r"{[^{}]*}", "", tail)) or path == "/":
            yield tail


def _without_module(text: str) -> str:
    """The name of a function, if Django Ninja made the id: the last part of a module before it is one of those in which
    developers have functions, and the name begins with a verb."""
    parts = text.split("_")
    for index, part in enumerate(parts[1:-1], 1):
        if part in _MODULES and parts[index + 1] in VERBS and not VERBS & set(parts[:index]):
            return "_".join(parts[index + 1 :])
    if parts[0] in _MODULES and len(parts) > 2 and parts[1] in VERBS:
        return "_".join(parts[1:])
    return text

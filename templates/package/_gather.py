"""Gathers fields with the same meaning into one by a conflict policy, and finds the way back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ._compat import CompatError, Fold, Log, Normalized, Path, fault
from ._source_map import escape, names_of, pointer
from ._values import cut, is_one_of, key_of, keys_of, same

Hub = tuple[Any, ...]  # name, fold, test for absent values, whether all are empty, spokes
Source = tuple[Path, Any, Any]  # of a hub: where it stands, its value as sent, and folded
Join = Callable[[list[Source], Log], Any]
_FEW = 18  # items that are compared with each other


def path_of(at: Path, names: Iterable[str]) -> Path:
    """The path of a member inside nested objects."""
    for name in names:
        at = (at, name)
    return at


def hub_of(hub: tuple[Any, ...], *spokes: tuple[Any, ...]) -> Hub:
    """The arguments of `gather`: the hub and its spokes, each with both pointers."""
    names = [hub[0]] if isinstance(hub[0], str) else hub[0]
    target = "".join(f"/{escape(name)}" for name in names)
    ends = [
        ((f"/{escape(name)}", target), name, fold, *_test_of(absent), deprecated)
        for name, fold, absent, deprecated in spokes
    ]
    return *hub[:2], *_test_of(hub[2]), ends


def _test_of(absent: Any) -> tuple[Callable[[Any], bool], bool]:
    """The test for being one of some values, given as a tuple or as the test.

    It comes with whether all of them are known to be empty.
    """
    if not isinstance(absent, tuple):
        return absent, False
    if all(one is None or isinstance(one, str) for one in absent):
        return absent.__contains__, not any(absent)  # nothing else equals these
    return lambda value: is_one_of(value, absent), not any(absent)


def gather(
    folded: Any, at: Path, log: Log, join: Join, fields: Hub, needed: str = "", place: Path = None
) -> None:
    """Fold the given fields into the first one, the hub. The object loses the other fields."""
    hub, own, is_absent, blank, spokes = fields
    place = place or (at, hub)
    sources: list[Source] = []
    if hub in folded and (((value := folded[hub]) and blank) or not is_absent(value)):
        sources.append((place, value, own(value, place, log) if own else value))
    for ends, name, fold, is_absent, blank, deprecated in spokes:
        if name in folded:
            value, here = folded.pop(name), (at, name)
            if not (value and blank) and is_absent(value):
                log.drop(here, "absent")
                continue
            log.notes.append(("spoke", here, ends, deprecated))
            sources.append((here, value, fold(value, here, log) if fold else value))
    if sources:
        if sources[0][0] is not place and hub in folded:
            log.drop(place, "absent")
        folded[hub] = join(sources, log)
    elif needed:
        log.missing.append((place, needed))


def gather_deep(folded: Any, at: Path, log: Log, join: Join, fields: Hub, needed: str = "") -> None:
    """The same for a hub inside nested objects. It creates or copies the objects on the way, and never changes them."""
    hub = fields[0]
    for value in cut(folded, hub)[1]:
        folded[hub] = value  # no name of a member is a tuple
    place = path_of(at, hub)
    try:
        gather(folded, at, log, join, fields, needed, place)
    except CompatError as error:
        told, maker = pointer(place), _maker_of(hub, at, log)
        if maker is None or not error.message.endswith(f" {told}"):
            raise
        message = error.message.removesuffix(told) + pointer(maker)
        raise CompatError(error.rule, error.pointer, message) from None
    if hub in folded:
        value, here = folded.pop(hub), folded
        for depth, name in enumerate(hub[:-1], 1):
            inner = here.get(name, {})
            if not isinstance(inner, dict):
                raise fault("type", path_of(at, hub[:depth]), "must be an object")
            here[name] = here = inner.copy()
        here[hub[-1]] = value


def _maker_of(hub: tuple[str, ...], at: Path, log: Log) -> Path:
    """The field that gave an object on the way to a hub, as far as none was sent. None: no field gave one."""
    target = "".join(f"/{escape(name)}" for name in hub)
    dropped = {id(path) for path, _ in log.drops}
    maker: Path
    for kind, maker, ends, _ in log.notes:
        is_here = kind == "spoke" and maker is not None and maker[0] is at
        if is_here and id(maker) not in dropped and target.startswith(f"{ends[1]}/"):
            return maker
    return None


def merged(sources: list[Source], log: Log) -> Any:
    """All items in the order of the sources, without an item that an earlier source gave already."""
    if len(sources) == 1:
        return sources[0][2]  # if that is no array, the model says so
    count = 0
    for at, _, items in sources:
        if not isinstance(items, list):
            if items is None:  # schemas may allow it
                other = next(place for place, _, _ in sources if place is not at)
                raise fault("conflict", at, f"null cannot be merged with {pointer(other)}")
            raise fault("type", at, "must be an array")
        count += len(items)
    if count > _FEW:
        return _merged_by_keys(sources, log)
    found: list[Any] = []
    for source in sources:
        earlier = found.copy()
        for index, item in enumerate(source[2]):
            if item in earlier and is_one_of(item, earlier):
                _drop(source, index, log)
            else:
                found.append(item)
    return found


def _merged_by_keys(sources: list[Source], log: Log) -> list[Any]:
    """The same for many items. Only items with equal keys are compared."""
    keys = iter(keys_of([item for _, _, items in sources for item in items]))
    found: list[Any] = []
    known: dict[Hashable, Any] = {}
    for source in sources:
        items = source[2]
        own = [*islice(keys, len(items))]
        for index, (key, item) in enumerate(zip(own, items, strict=True)):
            if key in known and same(item, known[key]):
                _drop(source, index, log)
            else:
                found.append(item)
        known.update(zip(own, items, strict=True))
    return found


def _drop(source: Source, index: int, log: Log) -> None:
    at, sent, items = source
    itemwise = isinstance(sent, list) and len(sent) == len(items)
    log.drop((at, index) if itemwise else at, "duplicate")


def merged_within(most: int, sources: list[Source], log: Log) -> Any:
    """All items, as `merged` gives them.

    If there are too many, the fault is at a source that has too many by itself, else at the last source that has any.
    """
    found = merged(sources, log)
    if isinstance(found, list) and len(found) > most:
        last, known = sources[0][0], set[Hashable]()
        for at, _, items in sources:
            if len(items) > most:
                last = at
                break
            before = len(known)
            known.update(map(key_of, items))
            last = at if len(known) > before else last
        raise fault("maxItems", last, f"too many items: {len(found)}, at most {most}")
    return found


def at_least(count: int, fold: Fold | None, value: Any, at: Path, log: Log) -> Any:
    """The value of a hub that merges, which has enough items by itself."""
    value = fold(value, at, log) if fold else value
    if isinstance(value, list) and len(value) < count:
        raise fault("minItems", at, f"must have at least {count} items")
    return value


def agreed(sources: list[Source], log: Log) -> Any:
    """The one value that all sources give."""
    (first, _, value), *others = sources
    for at, _, other in others:
        if not same(value, other):
            raise fault("conflict", at, f"says something else than {pointer(first)}")
    return value


def preferred(sources: list[Source], log: Log) -> Any:
    """The value of the first source."""
    for at, _, _ in sources[1:]:
        log.drop(at, "preferred")
    return sources[0][2]


def only(sources: list[Source], log: Log) -> Any:
    """The value of the only source."""
    if len(sources) > 1:
        raise fault("conflict", sources[1][0], f"cannot be given beside {pointer(sources[0][0])}")
    return sources[0][2]


def unfold(
    value: dict[str, Any],
    to: Mapping[str, str],
    ways: Mapping[tuple[str, str], Callable[[Any], Iterator[Any]]],
    normalize: Callable[[Any], Normalized],
) -> dict[str, Any]:
    """`value` with hubs expressed by older fields, each in the first way that folds back to the same value."""
    for hub, spoke in to.items():
        if (hub, spoke) not in ways:
            raise CompatError("denormalize", hub, f"{spoke!r} is no other way to say it")
        rest, found = cut(value, names_of(hub))
        for said in found:
            for way in ways[hub, spoke](said):
                if _folds_to(candidate := {**rest, spoke: way}, value, normalize):
                    value = candidate
                    break
            else:
                raise CompatError("denormalize", hub, f"cannot be said by {spoke!r}")
    return value


def _folds_to(candidate: Any, value: Any, normalize: Callable[[Any], Normalized]) -> bool:
    try:
        return same(normalize(candidate).value, normalize(value).value)
    except (CompatError, RecursionError):
        return False

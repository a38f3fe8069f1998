"""Validation with few errors in memory.

Pydantic makes all errors of a value before it raises one. An error takes about 500 bytes, and a value of one byte may
make one error for each option of a union. So a schema that stops at the first error of each container validates a
value first. Only if it refuses the value, a second schema makes the errors: all errors of a small value, the first
errors of a large one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, NoReturn, TypeAlias

from pydantic_core import (
    InitErrorDetails,
    PydanticCustomError,
    SchemaError,
    SchemaValidator,
    ValidationError,
    core_schema,
)

from ._values import PAYLOAD, Payload

MOST_COUNTED = 10_000
"""The number of errors of a payload that are counted."""
_MOST_KEPT = 1000
_FEW = 3  # errors that an option within options keeps
_MOST_PLACES = 1_000_000  # bytes of the places of errors that are kept
_MOST_VALUES = 200  # of a payload that is validated as it is
_MOST_NAMES = 500  # and characters of its names
_MOST_LEVELS = 12  # and levels of a payload: the place of an error names all of them
_PLACE = 32  # bytes that a key or an index takes in the place of an error, besides the key's own
_ITEMS = {"items_schema", "keys_schema", "values_schema", "extras_schema", "extras_keys_schema"}
_SIDES = {"lax_schema", "strict_schema", "json_schema", "python_schema"}
_PARTS = _ITEMS | _SIDES | {"schema", "fields", "choices", "definitions", "steps"}
Schema: TypeAlias = Any  # of pydantic_core, which checks it


class Refused(ValueError):
    """The errors of a large value: the first ones, and how many there are."""

    def __init__(self, error: ValidationError, count: int) -> None:
        super().__init__(f"{count} errors")
        self.errors, self._count = error.errors, count

    def error_count(self) -> int:
        return self._count


def validated(model: Any, value: Any) -> Any:
    """A JSON value as an instance of its model. Raises ValidationError or Refused."""
    if ending := _built(model, _ending):
        try:
            return ending.validate_python(value, context=PAYLOAD)
        except ValidationError:
            counting = None if _is_small(value) else _built(model, _counting)
        if counting:
            return _judged(counting, value)
    return model.model_validate(value, context=PAYLOAD)


def _judged(counting: SchemaValidator, value: Any) -> Any:
    """Validates a large value that does not fit, to find its errors. Raises Refused."""
    counted = _Counted(min(_MOST_KEPT, 1 + _MOST_PLACES // _longest(value)))
    try:
        return counting.validate_python(value, context=counted)
    except ValidationError as error:
        raise Refused(error, error.error_count() + counted.count - counted.kept) from None
    except _End:
        raise Refused(ValidationError.from_exception_data("", []), MOST_COUNTED + 1) from None


def _is_small(value: Any) -> bool:
    """Whether a JSON value makes few errors with any model: it holds few values, under short names, on few levels."""
    level, left, room = [value], _MOST_VALUES, _MOST_NAMES
    for _ in range(_MOST_LEVELS):
        inner: list[Any] = []
        for one in level:
            if type(one) is dict:
                room -= sum(map(len, one))
                inner += one.values()
            elif type(one) is list:
                inner += one
        left -= len(inner)
        if room < 0 or left < 0:
            return False
        if not inner:
            return True
        level = inner
    return False


def _longest(value: Any) -> int:
    """About how many bytes the longest place of a JSON value takes."""
    longest, left = _PLACE, [(value, _PLACE)]
    while left:
        inner, at = left.pop()
        if isinstance(inner, dict) and inner:
            longest = max(longest, at + max(map(len, inner)))
            left += [
                (item, at + _PLACE + len(name)) for name, item in inner.items() if _holds(item)
            ]
        elif isinstance(inner, list):
            longest = max(longest, at)
            left += [(item, at + _PLACE) for item in inner if _holds(item)]
    return longest


def _holds(value: Any) -> bool:
    return isinstance(value, (dict, list)) and bool(value)


class _End(Exception):
    pass


def _end() -> NoReturn:
    raise _End


def _until_end(value: Any, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(value)
    except _End:
        raise PydanticCustomError("member", "a member is wrong") from None


def _ending(schema: Schema) -> Any:
    """The schema of a container of any size, changed so that it makes no more errors than one of its items does."""
    kind = schema["type"]
    if kind in {"list", "tuple", "dict"}:
        return {**schema, "fail_fast": True}
    if kind == "definition-ref":
        return core_schema.custom_error_schema(schema, "value", custom_error_message="wrong")
    if "extras_schema" not in schema:
        return schema
    # Pydantic asks for the default where a value is wrong, and never where it is right.
    ends = core_schema.with_default_schema(
        schema["extras_schema"], default_factory=_end, on_error="default"
    )
    inner: Any = {**schema, "extras_schema": ends}
    return core_schema.no_info_wrap_validator_function(_until_end, inner)


@dataclass(slots=True)
class _Counted(Payload):
    """The errors so far: how many to keep, how many there are, and how many are kept.

    It also counts the options inside of other options that were tried in vain, except for values that fit another
    option.
    """

    room: int
    count: int = 0
    kept: int = 0
    tried: int = 0
    depth: int = 0  # options of which each tries what is inside of the one before
    is_over: bool = False


def _keeps(value: Any, handler: Callable[[Any], Any], info: Any) -> Any:
    """Validates a value, and keeps its errors while there is room; it only counts later ones."""
    counted: _Counted = info.context
    if counted.is_over or counted.count > MOST_COUNTED:
        return value
    before, tried = counted.kept, counted.tried
    if tried > MOST_COUNTED and before and not counted.depth:
        counted.count, counted.kept, counted.is_over = counted.count + 1, before + 1, True
        raise PydanticCustomError("errors", "not judged, nor what follows: too many errors")
    try:
        result = handler(value)
    except ValidationError as error:
        own = error.error_count() + before - counted.kept  # the others are of what is inside
        counted.count += own
        if before >= counted.room:
            return value
        counted.kept += own
        raise
    counted.tried = tried
    return result


def _tells(value: Any, handler: Callable[[Any], Any], info: Any) -> Any:
    """Tries a value with an option.

    The errors of the option count if no other option accepts the value. An option inside of another one keeps fewer
    errors, because each option passes on the errors inside of it.
    """
    counted: _Counted = info.context
    if counted.tried > 2 * MOST_COUNTED:
        raise _End
    outside = counted.room, counted.count, counted.kept
    counted.room, counted.count, counted.kept = max(_FEW, counted.room // 10), 0, 0
    counted.depth += 1
    try:
        return handler(value)
    except ValidationError as error:
        counted.tried += counted.depth > 1
        if error.error_count() > 2 * counted.room:
            raise _first(error, counted.room) from None
        raise
    finally:
        counted.room, counted.count, counted.kept = outside
        counted.depth -= 1


def _first(error: Any, most: int) -> ValidationError:
    """The first errors of many."""
    made: list[InitErrorDetails] = []
    for one in error.errors(include_url=False, include_context=False, include_input=False)[:most]:
        said = PydanticCustomError(one["type"], "{said}", {"said": one["msg"]})
        made.append({"type": said, "loc": one["loc"], "input": None})
    return ValidationError.from_exception_data(error.title, made)


def _counting(schema: Schema) -> Any:
    """The schema of a container of any size, changed so that it keeps and counts errors in its context."""
    wrap: Any = core_schema.with_info_wrap_validator_function
    keep, tell = partial(wrap, _keeps), partial(wrap, _tells)
    if schema["type"] == "definition-ref":
        return keep(schema)
    held = _ITEMS & schema.keys()
    made = {key: _each(keep, schema[key]) for key in held}
    if "choices" in schema:
        made["choices"] = _each(tell, schema["choices"])
    return {**schema, **made} if made else schema


def _each(change: Callable[[Schema], Any], old: Any) -> Any:
    """A part of a schema, with every schema inside of it changed; the same part if none changes."""
    if isinstance(old, list):
        made: Any = [_each(change, one) for one in old]
        return old if all(map(operator.is_, made, old)) else made
    if isinstance(old.get("type", {}), dict):
        made = {name: _each(change, one) for name, one in old.items()}
        return old if all(one is old[name] for name, one in made.items()) else made
    return change(old)


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """Changes schemas, inner ones first, without recursion.

    `open` holds the ids of schemas that contain themselves, or a reference to such a schema.
    """

    change: Callable[[Schema], Any]
    known: dict[int, Schema] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)

    def schema(self, root: Schema) -> Schema:
        left = [root]
        while left:
            old = left.pop()
            inside = _inside(old)
            if unknown := [one for one in inside if id(one) not in self.known]:
                left += [old, *unknown]
            elif id(old) not in self.known:
                if old["type"] == "definition-ref" or any(id(one) in self.open for one in inside):
                    self.open.add(id(old))
                self.known[id(old)] = self.change(self._made(old))
        return self.known[id(root)]

    def _made(self, old: Schema) -> Schema:
        parts = {key: _each(self._known, old[key]) for key in _PARTS & old.keys()}
        made = {key: one for key, one in parts.items() if one is not old[key]}
        if not made:
            return old
        if old["type"] != "model":
            return {**old, **made}
        if old.get("custom_init"):
            raise LookupError("its own __init__ makes the instance")
        cls: Any = _instead_of(old["cls"])
        whole: Schema = {**old, **made, "cls": cls}
        if id(old) not in self.open:  # as pydantic does: a deep schema takes no deep stack
            cls.__pydantic_validator__ = SchemaValidator(whole, old.get("config"))
            cls.__pydantic_complete__ = True
        return whole

    def _known(self, old: Schema) -> Schema:
        return self.known[id(old)]


def _inside(schema: Schema) -> list[Schema]:
    """The schemas that are parts of a schema."""
    found: list[Schema] = []

    def find(one: Schema) -> Schema:
        found.append(one)
        return one

    for key in _PARTS & schema.keys():
        _each(find, schema[key])
    return found


def _instead_of(model: type[Any]) -> type[Any]:
    """A class that makes instances of a model.

    For the model's own class, pydantic would use the model's own validator.
    """
    made = staticmethod(partial(object.__new__, model))
    return type(model.__name__, (), {"__new__": made})


def _config(schema: Schema) -> Any:
    """The configuration of a model. Pydantic wraps the schema of a model in `definitions` if the model has recursive types."""
    while schema["type"] == "definitions":
        defined = {one["ref"]: one for one in schema["definitions"]}
        schema = defined.get(schema["schema"].get("schema_ref"), schema["schema"])
    return schema.get("config")


@cache
def _built(model: Any, change: Callable[[Schema], Any]) -> SchemaValidator | None:
    """The validator of a changed schema.

    It is None if this version of pydantic has schemas of another form; then the model's own validator makes all errors.
    """
    try:
        schema = dict(model.__pydantic_core_schema__)
        config = getattr(model, "core_config", _config(schema))
        return SchemaValidator(_Rewriting(change).schema(schema), config)
    except (SchemaError, LookupError, TypeError, AttributeError):
        return None

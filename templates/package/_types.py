"""The common parts of the models: the types of JSON, in which `"3"` and `true` are not numbers and null is a value."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import cache, partial
from inspect import Signature
from threading import Lock, Thread, local, stack_size
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._values import has_repeats, key_of

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class Model(BaseModel):
    """The base of all models.

    Models keep members that the API document does not list. The constructor takes the names of attributes; JSON,
    mappings and `model_validate` have the names of the API document.
    """

    model_config = ConfigDict(
        strict=True,
        extra="allow",
        defer_build=True,
        serialize_by_alias=True,
        protected_namespaces=(),
        hide_input_in_errors=True,  # a traceback is logged, and what was sent may be a secret
    )
    _response: ClassVar[httpx.Response | None] = None  # its answer, without the body

    def __init__(self, /, **members: Any) -> None:
        names, optional = _fields(type(self))
        given: dict[str, Any] = {}
        for name, value in members.items():
            if value is not None or name not in optional:
                wire = names.get(name, name)
                if wire in given:
                    raise TypeError(f"{wire!r} is given twice, also as {name!r}")
                given[wire] = value
        super().__init__(**given)

    # Else pydantic would call it for models inside of others too, which have the names of the document.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls.__signature__ = _Named()  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    def __pydantic_on_complete__(cls) -> None:
        made = _Named(cls.__dict__["__signature__"])
        cls.__signature__ = made  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]

    if not TYPE_CHECKING:  # type checkers know what pydantic says of these

        def model_dump(self, **options: Any) -> dict[str, Any]:
            """The members that were given. What was left out stays out, unlike null."""
            return super().model_dump(**{"exclude_unset": True, **options})

        def model_dump_json(self, **options: Any) -> str:
            """The JSON of the members that were given."""
            return super().model_dump_json(**{"exclude_unset": True, **options})

    @property
    def _request_id(self) -> str | None:
        return self._response.headers.get("x-request-id") if self._response else None


@cache
def _fields(model: type[BaseModel]) -> tuple[dict[str, str], frozenset[str]]:
    """The names in the API document of the attributes that are called otherwise.

    Beside them are the names of those whose None means "not sent".
    """
    model.model_rebuild()
    fields = model.model_fields
    names = {name: info.alias for name, info in fields.items() if info.alias}
    optional = {name for name, info in fields.items() if info.exclude_if is _is_none}
    return names, frozenset(
        optional | {names[name] for name in optional & names.keys()} - fields.keys()
    )


class _Named:
    """The signature that pydantic makes of a model, with the names and the plain types of attributes.

    Pydantic's has the names of the document, and types with all their constraints. Until the model is built there is
    none.
    """

    def __init__(self, made: Any = None) -> None:
        self._made = made

    def __get__(self, instance: object, owner: Any) -> Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        aliases, optional = _fields(owner)
        names = {alias: name for name, alias in aliases.items()}
        found: Signature = (self._made or owner.__dict__["__signature__"]._made).__get__(
            None, owner
        )
        parameters = found.parameters.values()
        types = _plain_types({one.name: one.annotation for one in parameters})
        types |= {
            name: of | None for name, of in types.items() if names.get(name, name) in optional
        }
        return found.replace(
            parameters=[
                one.replace(name=names.get(one.name, one.name), annotation=types[one.name])
                for one in parameters
            ]
        )


def _plain_types(annotations: dict[str, Any]) -> dict[str, Any]:
    """Types without the metadata of `Annotated`, at any depth."""

    def holder() -> None: ...

    holder.__annotations__ = annotations
    return get_type_hints(holder)


class Circular(Model):
    """The base of models that refer to each other in a circle.

    Pydantic builds them inside of each other, and the stack of one thread is too short for that. So threads of their
    own build them, and no limit of Python is raised.
    """

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        here = getattr(sys.modules.get(cls.__module__), "__dict__", {})
        names = {**here, **(options.get("_types_namespace") or {})}
        return _elsewhere(
            partial(super().model_rebuild, **{**options, "_types_namespace": names}), _STACK
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if _LEVEL.depth % _LEVELS == 0:
            return _elsewhere(partial(_deeper, handler, source), _STACK // 16)
        return _deeper(handler, source)


class _Level(local):
    depth = 0


_LEVEL = _Level()
_LEVELS = 10
_STACK = 16 * 1024 * 1024  # bytes: a level takes about 12 kB
_STARTING = Lock()


def _deeper(handler: GetCoreSchemaHandler, source: Any) -> CoreSchema:
    _LEVEL.depth += 1
    try:
        return handler(source)
    finally:
        _LEVEL.depth -= 1


def _elsewhere(make: Callable[[], T], stack: int) -> T:
    """The result of a function that runs in a new thread, with an empty stack of a number of bytes."""
    done, context = Future[T](), copy_context()

    def work() -> None:
        try:
            done.set_result(context.run(make))
        except BaseException as error:  # raised where it is waited for
            done.set_exception(error)

    with _STARTING:
        usual = stack_size(stack)
        try:
            Thread(target=work).start()
        finally:
            stack_size(usual)
    return done.result()


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _exact(value: Any, handler: Any) -> Any:
    # Python holds 1.0 equal to 1 and to true; with both enumerated pydantic may find the wrong one.
    found = handler(_integral(value))
    if isinstance(found, bool) != isinstance(value, bool):
        raise PydanticCustomError("literal_error", "true and false are no numbers")
    return found


def _is_none(value: Any) -> bool:
    return value is None


if TYPE_CHECKING:
    Maybe: TypeAlias = Annotated[T | None, Field(exclude_if=_is_none)]
else:

    class Maybe:
        """A field that may be omitted: None means "not sent", and no dump has it.

        Null on the wire is refused. Each is a type of its own: typing holds unions equal that differ in their order,
        and would make one type of both.
        """

        def __class_getitem__(cls, of: Any) -> Any:
            return Annotated[of, Field(exclude_if=_is_none)]


Integer: TypeAlias = Annotated[int, BeforeValidator(_integral)]
"""A JSON integer: `3` and `3.0`."""

Number: TypeAlias = int | float
"""A JSON number."""

Exact = WrapValidator(_exact)
"""For enumerations with numbers: `True` is not `1`."""


class OneOf:
    """An enumeration of any JSON values."""

    def __init__(self, *values: Any) -> None:
        self.keys = set(map(key_of, values))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        if key_of(value) not in self.keys:
            raise PydanticCustomError("enum", "one of the enumerated values is expected")
        return value


def _positions(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Positions = BeforeValidator(_positions)
"""For arrays whose items have types by their position."""


def _unique(value: Any) -> Any:
    if isinstance(value, list) and has_repeats(value):
        raise PydanticCustomError("unique_items", "no two items are equal")
    return value


Unique = BeforeValidator(_unique)
"""For arrays in which no two items are equal."""

"""Unions whose options are told apart before a value is tried with them."""

from __future__ import annotations

from collections.abc import Iterable, KeysView, Mapping
from functools import partial
from inspect import get_annotations
from threading import local
from types import UnionType
from typing import Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class _Tried:
    """The outcomes of the options for the values of the payload that a thread validates.

    What the first option settled is not among them. It holds these values, so that no other value gets their ids.
    """

    __slots__ = ("depth", "now", "outcomes", "sizes")

    def __init__(self) -> None:
        self.depth = 0
        self.now: Any = None
        self.outcomes: dict[tuple[int, int], tuple[Any, Any, Exception | None]] = {}
        self.sizes: dict[int, tuple[Any, int]] = {}


class _Local(local):
    def __init__(self) -> None:
        self.tried = _Tried()


_LOCAL = _Local()
_NOTHING = object()
_MOST_TOLD = 100
_FEW_TAGS = 10  # that an error lists


class Among:
    """The options of a union.

    A value is tried only with the options that its members allow, and only once with each: otherwise the tries would
    double with each level of a schema that refers to itself. If several options accept the value, the one that knows
    the most of its members counts. If none does, the error is that of the nearest option.

    The value of the member `name` may say (by `tags`) which option to try first. If that option refuses the value,
    `default` may accept it, or any other option if there is no default: a tag is a hint. The error is then that of
    the option that the tag names.
    """

    def __init__(
        self, name: str = "", tags: Mapping[str, Any] | None = None, default: Any = None
    ) -> None:
        self._name, self._tags, self._default = name, tags or {}, default
        self._members: dict[str, _Members] = {}
        self._is_plain = bool(self._tags) and default is None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        is_union = get_origin(source) in (Union, UnionType)
        tags = {of: tag for tag, of in reversed([*self._tags.items()])}
        options = get_args(source) if is_union else (source,)
        self._types = {(tags.get(of) if _is_model(of) else "") or _label(of): of for of in options}
        self._labels: dict[Any, str] = {
            of: label for label, of in self._types.items() if _is_model(of)
        }
        self._models = frozenset(self._labels.values())
        types = {**self._tags, **self._types}
        if self._default is not None:
            types[self._labels.setdefault(self._default, "")] = self._default
        choices = {label: handler.generate_schema(of) for label, of in types.items()}
        return core_schema.no_info_wrap_validator_function(
            self._validate,
            core_schema.tagged_union_schema(choices, _chosen, **self._told()),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                _dumped, schema=handler(source)
            ),
        )

    def _told(self) -> Any:
        """What is wrong with a value whose tag is missing or unknown, in the values of the API document."""
        if not self._tags:
            return {}
        told = ", ".join(map(repr, [*self._tags][:_FEW_TAGS]))
        context = {
            "name": self._name,
            "tags": f"{told:.300}{', …' * (len(self._tags) > _FEW_TAGS)}",
        }
        return {
            "custom_error_type": "tag",
            "custom_error_message": "'{name}' has to be one of {tags}",
            "custom_error_context": context,
        }

    def _validate(self, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        tried = _LOCAL.tried
        known = tried.outcomes.get((id(self), id(value))) if tried.outcomes else None
        if not known:
            tried.depth += 1
            try:
                failure: ValidationError | None = None
                kind = type(value)
                if kind is dict and self._is_plain:
                    said = value.get(self._name)
                else:
                    said = self._labels.get(kind) or self._said(value)
                if said is not _NOTHING:
                    tried.now = said
                    try:
                        return handler(value)
                    except ValidationError as error:
                        failure = error
                known = value, *self._outcome(value, handler, tried, said, failure)
                tried.outcomes[id(self), id(value)] = known
            finally:
                tried.depth -= 1
                if not tried.depth and tried.outcomes:
                    tried.outcomes.clear()
                    tried.sizes.clear()
        _, result, refused = known
        if refused is not None:
            raise refused.with_traceback(None)
        return result

    def _outcome(
        self,
        value: Any,
        handler: ValidatorFunctionWrapHandler,
        tried: _Tried,
        said: Any,
        failure: ValidationError | None,
    ) -> tuple[Any, Exception | None]:
        """The result of the remaining options, or the error of the nearest one."""
        found: list[Any] = []
        errors = [failure] if failure else []
        for label in self._others(value, said):
            tried.now = label
            try:
                found.append(handler(value))
            except ValidationError as error:
                errors.append(error)
        if len(found) > 1:
            return max(found, key=lambda one: _size(one, tried.sizes)), None
        if found:
            return found[0], None
        return None, _brief(failure or min(errors, key=ValidationError.error_count))

    def _said(self, value: Any) -> Any:
        """The option to try first, or the tag that no option has; _NOTHING if there are no tags."""
        if not (self._tags and isinstance(value, dict)):
            return _NOTHING
        tag = value.get(self._name)
        is_known = self._default is None or (isinstance(tag, str) and tag in self._tags)
        return tag if is_known else self._labels[self._default]

    def _others(self, value: Any, said: Any) -> Iterable[str]:
        """The options that are left to try."""
        if isinstance(value, BaseModel):
            return [label for label in self._types if label != said]
        if not isinstance(value, dict):  # no model takes it: one of them says so
            others = [label for label in self._types if label not in self._models]
            return others or [*self._types][:1]
        if self._default is not None:
            return {self._labels[self._default]} - {said}
        self._members = self._members or {label: _Members(of) for label, of in self._types.items()}
        tag = self._tags.get(said) if isinstance(said, str) else None
        tried = self._labels.get(tag)
        labels = [
            label for label, one in self._members.items() if label != tried and one.may_be(value)
        ]
        if labels or said is not _NOTHING:
            return labels
        return [max(self._members, key=partial(self._near, value.keys()))]

    def _near(self, given: KeysView[Any], label: str) -> int:
        return len(self._members[label].names & given)


def _brief(error: ValidationError) -> Exception:
    """An error, or only the number of its errors if there are too many to pass on from level to level."""
    if (count := error.error_count()) <= _MOST_TOLD:
        return error
    told = {"count": count}
    return PydanticCustomError("errors", "{count} errors, too many to list them", told)


def _label(of: Any) -> str:
    return of.__name__ if isinstance(of, type) and not get_args(of) else str(of)


def _chosen(value: Any) -> Any:
    return _LOCAL.tried.now


def _dumped(value: Any, handler: SerializerFunctionWrapHandler) -> Any:
    return handler(value)


def _is_model(of: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(of, type) and not get_args(of) and issubclass(of, BaseModel)


class _Members:
    """The known members of a type; a type that is not a model has none."""

    def __init__(self, of: Any) -> None:
        known = of.model_fields if _is_model(of) else {}
        # Pydantic may not have read all annotations yet: to build each class takes the time of all that it is made of.
        hints = get_annotations(of, eval_str=True) if known else {}
        fields = {name: FieldInfo.from_annotation(hints[name]) for name in known}
        aliases = {name: one.alias or name for name, one in fields.items()}
        self.names = frozenset([*aliases, *aliases.values()])
        required = {name for name, one in known.items() if one.is_required()}
        self._plain = frozenset(name for name in required if aliases[name] == name)
        self._renamed = [(aliases[name], name) for name in required - self._plain]
        self._fixed = [
            (aliases[name], name, get_args(fields[name].annotation))
            for name in required
            if get_origin(fields[name].annotation) is Literal
        ]

    def may_be(self, value: dict[Any, Any]) -> bool:
        """Whether all required members are there, and the members with few values have one of these."""
        if not value.keys() >= self._plain:
            return False
        for alias, name in self._renamed:
            if alias not in value and name not in value:
                return False
        for alias, name, values in self._fixed:
            if value.get(alias, value.get(name)) not in values:
                return False
        return True


def _size(value: Any, sizes: dict[int, tuple[Any, int]]) -> int:
    """The number of members of models in a value, each counted once."""
    if not isinstance(value, (BaseModel, list, tuple, dict)):
        return 0
    if id(value) not in sizes:
        own: int = 0
        parts: Iterable[Any] = value
        if isinstance(value, BaseModel):
            given = value.model_fields_set & type(value).model_fields.keys()
            own, parts = len(given), [getattr(value, name) for name in given]
        elif isinstance(value, dict):
            parts = value.values()
        sizes[id(value)] = value, own + sum(_size(one, sizes) for one in parts)
    return sizes[id(value)][1]

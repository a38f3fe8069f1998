"""A JSON payload, the instance of its model, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ._bounded import MOST_COUNTED, validated
from ._source_map import names_of, pointer_of
from ._values import shortened, visible

__all__ = ["ArgumentError", "PayloadError", "PayloadFault"]

MOST_ERRORS = 100
"""The number of errors of a payload that are listed; `PayloadError.more` counts the others."""
MOST_TEXT = 100_000
"""The number of characters of pointers after which nothing more is listed: a key may have megabytes."""


class ArgumentError(ValueError):
    """A value that cannot be sent; nothing was sent.

    `argument` is the name of the argument of a method that has the value, `pointer` (RFC 6901) the place of the value
    in the body; each is "" if there is none.
    """

    pointer = ""

    def __init__(self, message: str, argument: str = "") -> None:
        super().__init__(message)
        self.argument = argument


@dataclass(frozen=True, slots=True)
class PayloadFault:
    """A value that a model refuses.

    `rule` names the kind of fault, `pointer` (RFC 6901) is the place where the sender wrote the value, `argument` the
    name of the argument of a method that has it.
    """

    rule: str
    pointer: str
    message: str
    argument: str = ""

    def __str__(self) -> str:
        return in_words(self.pointer, self.message, self.argument)


def in_words(pointer: str, message: str, argument: str) -> str:
    """A fault in one line. It names the argument if that is not called like the member at the pointer."""
    is_other = argument and names_of(pointer)[:1] != [argument]
    also = f" (argument {argument!r})" if is_other else ""
    return visible(f"{shortened(pointer) or '(root)'}: {shortened(message)}{also}")


class PayloadError(ArgumentError):
    """A payload that its model refuses.

    `errors` holds the faults, each at the pointer where the sender wrote the value; of very many only the first, and
    `more` counts the others.
    """

    def __init__(self, errors: tuple[PayloadFault, ...], more: int = 0) -> None:
        ValueError.__init__(self, errors, more)
        self.errors, self.more = errors, more
        self.pointer, self.argument = errors[0].pointer if errors else "", ""

    def __str__(self) -> str:
        rest = [f"and {self.more} more"] if self.more else []
        return "\n".join([*map(str, self.errors), *rest])


M = TypeVar("M", bound=Any)  # a pydantic model


@dataclass(slots=True, eq=False)
class Payload:
    """A JSON value, which a model may judge."""

    value: Any

    def locate(self, pointers: Iterable[str]) -> list[tuple[str, str]]:
        """Where the sender wrote the values at some pointers into `value`.

        Beside each place stands the message for a required field that is missing; "" leaves it to the model.
        """
        return [(one, "") for one in pointers]

    def validate(self, model: type[M]) -> M:
        """The payload as an instance of its model. Raises PayloadError, with the sender's pointers."""
        try:
            instance: M = validated(model, self.value)
        except ValueError as error:
            raise self._refusal(error) from None  # whose text has keys of the payload as they are
        except RecursionError:
            raise PayloadError((too_deep(),)) from None
        except OverflowError:
            told = "a number is too large to be judged"
            raise PayloadError((PayloadFault("number", "", told),)) from None
        return instance

    def _refusal(self, error: Any) -> PayloadError:
        """The error of a payload that a model refuses: `error` is pydantic's, or one without places."""
        count: int = getattr(error, "error_count", int)()
        if count > MOST_COUNTED:
            said = f"more than {MOST_COUNTED} errors, too many to list them"
            return PayloadError((PayloadFault("errors", "", said),))
        plain = {"include_url": False, "include_context": False, "include_input": False}
        seen, size = 0, 0
        found: dict[tuple[str, str], str] = {}
        for one in error.errors(**plain) if count else ():
            if len(found) == MOST_ERRORS or size > MOST_TEXT:
                break
            seen += 1
            at = pointer_of(one["loc"], self.value, one["type"])
            size += len(at) if (at, one["msg"]) not in found else 0
            found.setdefault((at, one["msg"]), one["type"])
        try:
            places = self.locate(at for at, _ in found)
        except RecursionError:  # places are not looked for in what is nested beyond reason
            return PayloadError((too_deep(),))
        told: dict[tuple[str, str], PayloadFault] = {}
        for ((_, message), rule), (source, missing) in zip(found.items(), places, strict=True):
            fault = PayloadFault(rule, source, missing or message)
            told.setdefault((source, fault.message), fault)
        return PayloadError(tuple(told.values()), count - seen)


def too_deep() -> PayloadFault:
    """The fault of a value that is nested beyond what Python's stack can hold."""
    return PayloadFault("depth", "", "nested too deep")


class Folding:
    """The way of a JSON value into its canonical form, and back. A schema without older fields needs none."""

    def read(self, value: Any) -> Payload:
        """A value that was received, in canonical form."""
        return Payload(value)

    def sent(self, value: Any) -> Payload:
        """A value to send, in canonical form."""
        return Payload(value)

    def patch(self, members: dict[str, Any]) -> dict[str, Any]:
        """A merge patch (RFC 7396) to send, in canonical form."""
        return members

    def written(self, value: Any, options: Mapping[str, Any]) -> Any:
        """A canonical value in the form that the server knows."""
        return value


UNCHANGED = Folding()

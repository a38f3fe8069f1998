"""Conditions on JSON values: tests that say which case of a fold holds, and what is wrong with a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operand:
    """What is tested: what a variable holds, or what is inside of that, by names and indices."""

    root: str = "value"
    path: tuple[str | int, ...] = ()
    is_optional: bool = False  # whether the last member may not be there: then it is None

    def at(self, step: str | int) -> Operand:
        """A member of it, or an item."""
        return Operand(self.root, (*self.path, step))


VALUE = Operand()


@dataclass(frozen=True, slots=True)
class IsOf:
    """Whether a value is of some JSON types, where `integer` and `fraction` are the numbers."""

    operand: Operand
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """Whether a value is one of some, all of which are texts or numbers if `kind` says so."""

    operand: Operand
    literals: tuple[str, ...]
    kind: str = ""  # text, number; "" for any


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an object has a member."""

    operand: Operand
    name: str


@dataclass(frozen=True, slots=True)
class HasAny:
    """Whether an object has one of some members."""

    operand: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasItems:
    """Whether an array or an object has anything in it."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class HasOthers:
    """Whether an object has more than some members."""

    operand: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasRepeats:
    """Whether an array has equal items."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class IsWithin:
    """Whether a number, or with `is_size` the size of a text, an array or an object, is within a bound."""

    operand: Operand
    sign: str  # <, <=, >=, >
    bound: str  # literal
    is_size: bool


@dataclass(frozen=True, slots=True)
class IsMultiple:
    """Whether a number is a multiple of another."""

    operand: Operand
    step: str  # literal


@dataclass(frozen=True, slots=True)
class Matches:
    """Whether a text matches a pattern."""

    operand: Operand
    pattern: str  # literal


@dataclass(frozen=True, slots=True)
class IsFile:
    """Whether a value stands for a file of a form."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """Whether a test fails."""

    test: Test


@dataclass(frozen=True, slots=True)
class All:
    """Whether all of some tests hold, each tried only where those before it hold."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Whether one of some tests holds."""

    tests: tuple[Test, ...]


Test = (
    IsOf
    | IsOneOf
    | Has
    | HasAny
    | HasItems
    | HasOthers
    | HasRepeats
    | IsWithin
    | IsMultiple
    | Matches
    | IsFile
    | Not
    | All
    | Some
)
ALWAYS = All(())


@dataclass(frozen=True, slots=True)
class EachPart:
    """Parts of a value, each with its key: the items of an array, one member of an object, or all that are not named.
    There are none where `guard` fails."""

    operand: Operand
    guard: Test
    is_items: bool = False
    member: str | None = None
    besides: tuple[str, ...] = ()


def conjuncts(test: Test) -> tuple[Test, ...]:
    """The tests that all have to hold."""
    return test.tests if isinstance(test, All) else (test,)


def all_of(*tests: Test) -> Test:
    """Whether all of some tests hold, as one list of them."""
    found = tuple(part for test in tests for part in conjuncts(test))
    return found[0] if len(found) == 1 else All(found)


def any_of(*tests: Test) -> Test:
    """Whether one of some tests holds."""
    return tests[0] if len(tests) == 1 else Some(tests)

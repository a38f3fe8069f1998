"""Conditions on JSON values: they select the case of a fold, and find the faults of a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operand:
    """The tested value: that of a variable, or a part of it, by names and indices."""

    root: str = "value"
    path: tuple[str | int, ...] = ()
    is_optional: bool = False  # whether the last member may be absent; the operand is None then

    def at(self, step: str | int) -> Operand:
        """A member or an item of the operand."""
        return Operand(self.root, (*self.path, step))


VALUE = Operand()


@dataclass(frozen=True, slots=True)
class IsOf:
    """Whether a value is of some JSON types, where `integer` and `fraction` are the numbers."""

    operand: Operand
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """Whether a value equals one of some values. `kind` says whether all of these are texts, or all are numbers."""

    operand: Operand
    literals: tuple[str, ...]
    kind: str = ""  # text, number; "" for any
    listed: str = ""  # the values as JSON text


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
    """Whether an array or an object is not empty."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class HasOthers:
    """Whether an object has members other than some."""

    operand: Operand
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasRepeats:
    """Whether an array has equal items."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class IsWithin:
    """Whether a number is within a bound; with `is_size`, whether the size of a text, an array or an object is."""

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
    """Whether all of some tests hold. A test runs only if all tests before it hold."""

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
    """Parts of a value, each with its key: the items of an array, one member of an object, or all members that are not in
    `besides`. There are no parts if `guard` fails."""

    operand: Operand
    guard: Test
    is_items: bool = False
    member: str | None = None
    besides: tuple[str, ...] = ()


def conjuncts(test: Test) -> tuple[Test, ...]:
    """The parts of a conjunction; the test itself if it is none."""
    return test.tests if isinstance(test, All) else (test,)


def all_of(*tests: Test) -> Test:
    """The conjunction of some tests, without conjunctions inside."""
    found = tuple(part for test in tests for part in conjuncts(test))
    return found[0] if len(found) == 1 else All(found)


def any_of(*tests: Test) -> Test:
    """The disjunction of some tests."""
    return tests[0] if len(tests) == 1 else Some(tests)

"""Prints conditions on JSON values as Python source. No code reads this source again."""

from __future__ import annotations

from speclens.ir.conditions import (
    All,
    EachPart,
    Has,
    HasAny,
    HasItems,
    HasOthers,
    HasRepeats,
    IsFile,
    IsMultiple,
    IsOf,
    IsOneOf,
    IsWithin,
    Matches,
    Not,
    Operand,
    Some,
    Test,
)
from speclens.literals import literal, tuple_literal

_CONTRARY = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
_CLASSES = {"string": "str", "array": "list", "object": "dict", "boolean": "bool"}
_FEW = 16
"""Up to so many values are compared one by one. More are looked up by hash: the items of an array would multiply them. A
literal of arrays would be built anew for each item."""


def _operand_source(operand: Operand) -> str:
    """The expression of the tested value."""
    steps = [f"[{literal(step)}]" for step in operand.path]
    if operand.is_optional:
        steps[-1] = f".get({literal(operand.path[-1])})"
    return operand.root + "".join(steps)


def condition_source(test: Test) -> str:
    """The expression of a test."""
    match test:
        case All(()):
            return "True"
        case All(tests):
            return " and ".join(
                f"({condition_source(one)})" if isinstance(one, Some) else condition_source(one)
                for one in tests
            )
        case Some(tests):
            return " or ".join(f"({condition_source(one)})" for one in tests)
        case Not(inner):
            return _negated(inner)
        case IsOf(operand, types):
            return _is_of(_operand_source(operand), types)
        case IsOneOf():
            return _is_one_of(test, _operand_source(test.operand))
        case Has(operand, name):
            return f"{literal(name)} in {_operand_source(operand)}"
        case IsWithin(operand, sign, bound, is_size):
            return _is_within(operand, sign, bound, is_size)
        case _:
            return _called(test)


def parts_source(parts: EachPart) -> str:
    """The expression of the pairs of a key and its part of a value."""
    value = _operand_source(parts.operand)
    if parts.is_items:
        pairs = f"enumerate({value})"
    elif parts.member is not None:
        pairs = f"[({literal(parts.member)}, {value}[{literal(parts.member)}])]"
    elif parts.besides:
        known = f"{{{', '.join(map(literal, parts.besides))}}}"
        pairs = f"[(key, inner) for key, inner in in_order({value}) if key not in {known}]"
    else:
        pairs = f"in_order({value})"
    is_sure = parts.guard == All(())
    return pairs if is_sure else f"{pairs} if {condition_source(parts.guard)} else ()"


def _called(
    test: HasAny | HasItems | HasOthers | HasRepeats | IsMultiple | Matches | IsFile,
) -> str:
    """The expression of a test that calls a function, mostly one of the runtime."""
    value = _operand_source(test.operand)
    match test:
        case HasItems():
            return value
        case HasAny(_, names):
            return f"not {value}.keys().isdisjoint({tuple_literal(names)})"
        case HasOthers(_, names):
            known = f"{{{', '.join(map(literal, names))}}}" if names else "set()"
            return f"{value}.keys() - {known}"
        case HasRepeats():
            return f"has_repeats({value})"
        case IsMultiple(_, step):
            return f"is_multiple({value}, {step})"
        case Matches(_, pattern):
            return f"matches({pattern}, {value})"
        case IsFile():
            return f"isinstance({value}, File)"


def _negated(test: Test) -> str:
    match test:
        case Has(operand, name):
            return f"{literal(name)} not in {_operand_source(operand)}"
        case IsWithin(operand, sign, bound, is_size):
            return _is_within(operand, _CONTRARY[sign], bound, is_size)
        case IsOneOf(operand, (only,), "text"):
            return f"{_operand_source(operand)} != {only}"
        case IsOneOf(operand, literals, "text") if len(literals) <= _FEW:
            return f"{_operand_source(operand)} not in {_tuple(literals)}"
        case IsOf(_, types) if not types:
            return "True"
        case IsOf(operand, types) if types == {"null"}:
            return f"{_operand_source(operand)} is not None"
        case All() | Some():
            return f"not ({condition_source(test)})"
        case _:
            return f"not {condition_source(test)}"


def _is_within(operand: Operand, sign: str, bound: str, is_size: bool) -> str:
    value = _operand_source(operand)
    return f"{f'len({value})' if is_size else value} {sign} {bound}"


def _is_of(value: str, types: frozenset[str]) -> str:
    """The test for some JSON types; a test that no value meets if there are none."""
    classes = [name for kind, name in _CLASSES.items() if kind in types]
    listed = f"({', '.join(classes)})" if len(classes) > 1 else "".join(classes)
    tests = [f"isinstance({value}, {listed})"] if classes else []
    if {"integer", "fraction"} <= types:
        tests.append(f"is_number({value})")
    elif "integer" in types:
        tests.append(f"is_integer({value})")
    elif "fraction" in types:
        tests.append(f"(is_number({value}) and not is_integer({value}))")
    if "null" in types:
        tests.append(f"{value} is None")
    return f"({' or '.join(tests)})" if len(tests) > 1 else "".join(tests) or "False"


def _is_one_of(test: IsOneOf, value: str) -> str:
    if len(test.literals) > _FEW and test.kind:
        kinds = {"string"} if test.kind == "text" else {"integer", "fraction"}
        narrow = _is_of(value, frozenset(kinds))
        return f"({narrow} and {value} in {{{', '.join(test.literals)}}})"
    if len(test.literals) > _FEW:
        return f"is_among({value}, {literal(test.listed)})"
    if test.kind != "text":
        return f"is_one_of({value}, {_tuple(test.literals)})"
    if len(test.literals) == 1:
        return f"{value} == {test.literals[0]}"
    return f"{value} in {_tuple(test.literals)}"


def _tuple(literals: tuple[str, ...]) -> str:
    return f"({', '.join(literals)}{',' if len(literals) == 1 else ''})"

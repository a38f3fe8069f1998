"""Prints the data of the IR as Python source. No code reads this source again."""

from __future__ import annotations

import json

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
from speclens.ir.types import (
    AnyType,
    Array,
    Constants,
    Literals,
    Map,
    Named,
    Primitive,
    Tuple,
    Type,
    Union,
)
from speclens.ir.wire import ApiKey, Codec, Encoding, Http, Mark, OAuth2, Proof
from speclens.literals import literal, tuple_literal

_PRIMITIVES = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
}  # fmt: skip

_MARKS = {
    "path": "Path",
    "query": "Query",
    "querystring": "QueryString",
    "header": "Header",
    "cookie": "Cookie",
    "member": "Member",
    "body": "Body",
    "object": "Members",
    "content-type": "ContentType",
}
"""The class of the mark, by the place of an argument."""
_WHOLE = frozenset({"body", "object", "content-type"})
"""The places that a request has once, so their marks need no name."""
_REQUIRED = frozenset({"query", "querystring", "header", "cookie", "body"})
"""The places whose marks say whether the argument is required."""


def mark_source(place: str, name: str, mark: Mark, is_required: bool) -> str:
    """The expression of the mark that puts an argument into a request."""
    told = [] if place in _WHOLE else [literal(name)]
    told += ["is_nullable=True"] if mark.is_nullable else []
    told += ["is_required=True"] if is_required and place in _REQUIRED else []
    told += [f"style={literal(mark.style)}"] if mark.style else []
    told += [f"explode={mark.explode}"] if mark.explode is not None else []
    told += ["reserved=True"] if mark.is_reserved else []
    told += [f"codec={codec_source(mark.codec)}"] if mark.codec else []
    kind = "FileMember" if mark.is_file else "TextMember" if mark.is_text else _MARKS[place]
    return f"{kind}({', '.join(told)})"


def codec_source(codec: Codec) -> str:
    """The expression that makes a codec."""
    told = [answered(codec.model)] if codec.model else []
    told += [f"media_type={literal(codec.media_type)}"] if codec.media_type is not None else []
    told += ["is_text=True"] if codec.is_text else []
    told += ["is_json=True"] if codec.is_json else []
    told += [f"fold={codec.fold}"] if codec.fold else []
    encodings = (f"{literal(one.member)}: {_encoding(one)}" for one in codec.encodings)
    told += [f"encoding={{{', '.join(encodings)}}}"] if codec.encodings else []
    told += [f"required={tuple_literal(codec.required)}"] if codec.required else []
    told += [f"folded={tuple_literal(codec.folded)}"] if codec.folded else []
    told += [] if codec.known is None else [f"known={tuple_literal(codec.known)}"]
    told += [f"denormalize={codec.denormalize}, older={codec.older}"] if codec.denormalize else []
    return f"{codec.name}({', '.join(told)})"


def _encoding(one: Encoding) -> str:
    told = [f"content_type={literal(one.media_type)}"] if one.media_type else []
    told += [f"style={literal(one.style)}"] if one.style else []
    told += ["explode=False"] if not one.explode else []
    told += ["reserved=True"] if one.is_reserved else []
    return f"Encoding({', '.join(told)})"


def proof_source(proof: Proof) -> str:
    """The expression that makes a security scheme."""
    match proof:
        case ApiKey(place, key):
            return f"ApiKey({literal(place)}, {literal(key)})"
        case Http("Bearer"):
            return "Http()"
        case Http(scheme):
            return f"Http({literal(scheme)})"
        case OAuth2("", _):
            return "OAuth2()"
        case OAuth2(token_url, scopes):
            asked = f", {tuple_literal(scopes)}" if scopes else ""
            return f"OAuth2({literal(token_url)}{asked})"


def given(type_: Type) -> str:
    """The annotation of an argument. It admits any sequence for a list, and any mapping for an object."""
    return _annotation(type_, "Sequence", "Mapping", "_models.")


def answered(type_: Type, models: str = "_models.") -> str:
    """The annotation of a result. `models` is the prefix of the names of classes."""
    return _annotation(type_, "List", "Dict", models)


def _annotation(type_: Type, array: str, map_: str, models: str) -> str:
    """A type in a signature, without its bounds: models check these."""

    def text(one: Type) -> str:
        match one:
            case AnyType():
                return "Any"
            case Primitive(name, _, format):
                return format or _PRIMITIVES[name]
            case Named(ident, is_input):
                return ident if is_input else f"{models}{ident}"
            case Union(options):
                return " | ".join(map(text, options))
            case Array(item):
                return f"{array}[{text(item)}]"
            case Map(value):
                return f"{map_}[str, {text(value)}]"
            case Literals(values):
                return f"Literal[{', '.join(map(literal, values))}]"
            case Constants(texts):
                return f"Literal[{', '.join(literal(json.loads(one)) for one in texts)}]"
            case Tuple(items):
                return f"tuple[{', '.join(map(text, items))}]"

    return text(type_)


# Conditions

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


def deprecation_source(members: tuple[tuple[str, str], ...]) -> str:
    """The expression of a `Deprecation` of the runtime."""
    return f"Deprecation({', '.join(f'{key}={literal(text)}' for key, text in members)})"

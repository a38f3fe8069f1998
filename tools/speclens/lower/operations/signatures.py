"""The signatures of a method: its implementation, which lists every argument, and overloads, by which type checkers know which
arguments go together.

A body that is an object is given by its members or as a whole; a required member may be replaced by an older one. So neither is
required in the implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from operator import or_

from speclens import ir
from speclens.literals import comment, literal
from speclens.lower.operations.annotations import NULL, OMIT, union
from speclens.lower.operations.bodies import WHOLE

_MOST_OVERLOADS = 4
"""Older arguments of which each has an overload of its own, in which it is required."""


def signatures(arguments: Sequence[ir.Argument]) -> tuple[ir.Signature, ...]:
    """The overloads of a method, if there are any, and its implementation."""
    whole = [one for one in arguments if one.place == WHOLE]
    older = [one for one in arguments if one.hub]
    replaced = [one for one in arguments if one.is_required and _is_replaced(one, bool(whole))]
    free = {one.ident for one in (*replaced, *whole)}
    implementation = _following(_signature(arguments, lambda one: one.ident not in free))
    if not replaced and not older:
        return (implementation,)
    usual = [one for one in arguments if not one.hub and one.place != WHOLE]
    found = [_signature(usual, lambda one: True)]
    found += [_beside(arguments, one, ()) for one in whole]
    found += _older(arguments, older)
    if outside := [one for one in older if one.place != "member"]:
        found += [_deprecated(_beside(arguments, one, outside), outside) for one in whole]
    return (*map(_overload, found), implementation)


def _is_replaced(one: ir.Argument, has_whole: bool) -> bool:
    return bool(one.older) or (has_whole and one.place == "member")


def _beside(
    arguments: Sequence[ir.Argument], whole: ir.Argument, older: Sequence[ir.Argument]
) -> ir.Signature:
    """The signature with the whole body in place of its members, and some older arguments."""
    idents = {one.ident for one in older}
    told = [
        one for one in arguments if one.place != "member" and (not one.hub or one.ident in idents)
    ]
    made = [replace(one, is_required=True) if one is whole else one for one in told]
    return _signature(made, lambda one: not (older and one.older))


def _older(
    arguments: Sequence[ir.Argument], older: Sequence[ir.Argument]
) -> Iterator[ir.Signature]:
    """The overloads with older arguments. If one argument alone may be replaced by them, then it or one of them is
    required."""
    every = [one for one in arguments if one.place != WHOLE]
    needed = [one for one in every if one.is_required and one.older]
    if not older:
        return
    if len(needed) != 1 or len(needed[0].older) > _MOST_OVERLOADS:
        yield _deprecated(_signature(every, lambda one: not one.older), older)
        return
    replacing = needed[0].older
    if others := [one for one in older if one.ident not in replacing]:
        told = [one for one in every if one.ident not in replacing]
        yield _deprecated(_signature(told, lambda one: True), others)
    for ident in replacing:
        made = [replace(one, is_required=True) if one.ident == ident else one for one in every]
        of_one = [one for one in older if one.ident == ident]
        yield _deprecated(_signature(made, lambda one: not one.older), of_one)


def _deprecated(found: ir.Signature, older: Sequence[ir.Argument]) -> ir.Signature:
    text = " ".join(f"`{one.ident}` is {_lowered(one.deprecation)}" for one in older)
    return replace(found, deprecated=literal(comment(text)))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _signature(
    arguments: Iterable[ir.Argument], is_asked: Callable[[ir.Argument], bool]
) -> ir.Signature:
    """A signature of some arguments. Those that are required have to be given only if they are asked for."""
    found = sorted(arguments, key=lambda one: one.place == "body")
    made = [(one, _parameter(one, one.is_required and is_asked(one))) for one in found]
    positional = [pair for pair in made if pair[0].is_positional]
    keywords = [pair for pair in made if not pair[0].is_positional]
    return ir.Signature(
        positional=tuple(parameter for _, parameter in positional),
        keywords=tuple(
            parameter
            for _, parameter in sorted(
                keywords, key=lambda pair: bool(pair[1].default) and not stands_first(pair[0])
            )
        ),
    )


def _following(found: ir.Signature) -> ir.Signature:
    """An implementation in which what follows an optional positional parameter is optional too, as Python demands."""
    is_optional = list(accumulate((bool(one.default) for one in found.positional), or_))
    return replace(
        found,
        positional=tuple(
            one if bool(one.default) is optional else _optional(one)
            for one, optional in zip(found.positional, is_optional, strict=True)
        ),
    )


def _overload(found: ir.Signature) -> ir.Signature:
    """An overload in which positional parameters from the first optional one on are named, if a required one follows it."""
    first = next((at for at, one in enumerate(found.positional) if one.default), None)
    if first is None or all(one.default for one in found.positional[first:]):
        return replace(found, is_overload=True)
    named = sorted(found.positional[first:], key=lambda one: bool(one.default))
    return replace(
        found,
        positional=found.positional[:first],
        keywords=(*named, *found.keywords),
        is_overload=True,
    )


def stands_first(one: ir.Argument) -> bool:
    """Whether a keyword argument stands before the optional ones, in every signature of a method: the document requires it,
    even if others may replace it."""
    return one.is_required and one.place != WHOLE


def _parameter(one: ir.Argument, is_required: bool) -> ir.SignatureParameter:
    if is_required:
        type_, default = one.type, ""
    elif one.default:
        type_, default = one.type, one.default
    elif one.mark.is_nullable or one.is_required:
        return _optional(ir.SignatureParameter(one.ident, one.pointer, one.type, ""))
    else:
        type_, default = _or(one.type, NULL), "None"
    return ir.SignatureParameter(one.ident, one.pointer, type_, default)


def _optional(parameter: ir.SignatureParameter) -> ir.SignatureParameter:
    return replace(parameter, type=_or(parameter.type, OMIT), default="omit")


def _or(type_: ir.Type, other: ir.Type) -> ir.Type:
    options = type_.options if isinstance(type_, ir.Union) else (type_,)
    return union([*options, other])

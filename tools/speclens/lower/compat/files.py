"""Checks of the functions that fold forms with files."""

from __future__ import annotations

from dataclasses import replace

from speclens import ir


def for_files(made: ir.Compat) -> ir.Compat:
    """The functions of a document that fold forms with files: what keywords ask of a text is not asked of a file, which
    is a text only while it is folded."""
    folds = (
        replace(fold, cases=tuple(replace(one, checks=_spared(one.checks)) for one in fold.cases))
        for fold in made.folds
    )
    judges = (replace(judge, checks=_spared(judge.checks)) for judge in made.judges)
    return replace(made, folds=tuple(folds), judges=tuple(judges))


def _spared(found: tuple[ir.Check, ...]) -> tuple[ir.Check, ...]:
    return tuple(
        replace(one, fault=ir.all_of(one.fault, ir.Not(ir.IsFile(one.text)))) if one.text else one
        for one in found
    )

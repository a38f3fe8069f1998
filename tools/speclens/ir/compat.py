"""Compatibility fields: what becomes normalizers."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir import condition_printing, printing
from speclens.ir.conditions import ALWAYS, EachPart, Operand, Test
from speclens.ir.tables import ShapeTable
from speclens.literals import literal


@dataclass(frozen=True, slots=True)
class Check:
    """A fault of a shape's value that the model of its canonical place would not find. The value has the fault if `fault`
    holds, or if the function `judge` finds a fault in one of `parts`."""

    at: str  # expression of the path of the fault
    fault: Test = ALWAYS
    rule: str = ""  # literal
    message: str = ""  # literal
    is_item: bool = False  # over `item`, for every item of the value
    parts: EachPart | None = None
    judge: str = ""  # ident
    text: Operand | None = None  # the value that the check reads as a text, unless it is a file

    @property
    def is_of_whole(self) -> bool:
        """Whether the fault is one of the value itself, not of a part of it."""
        return self.at == "at" and not self.is_item and not self.parts

    @property
    def fails(self) -> str:
        """The expression of the fault."""
        return condition_printing.condition_source(self.fault)

    @property
    def each(self) -> str:
        """The expression of the pairs of keys and parts."""
        return condition_printing.parts_source(self.parts) if self.parts else ""


@dataclass(frozen=True, slots=True)
class Judge:
    """A private function that checks the values of one place."""

    ident: str
    pointer: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A property that is folded in place."""

    key: str  # literal
    pointer: str
    fold: str  # ident of the function


@dataclass(frozen=True, slots=True)
class Rest:
    """The members of an object that its schema does not name (`additionalProperties`): each is folded in place."""

    known: str  # literal tuple: the names that the schema lists; "" where it lists none
    pointer: str
    fold: str  # ident of the function


@dataclass(frozen=True, slots=True)
class Absent:
    """A property some values of which mean "not given"."""

    key: str  # literal
    pointer: str
    test: str  # expression over `folded`, where the property is there


@dataclass(frozen=True, slots=True)
class HubField:
    """One field that a hub is given in."""

    key: str  # literal of its name, or tuple of the names on the way to it
    pointer: str
    fold: str  # ident, or None
    absent: str  # expression: the values that mean "not given", or the function that looks them up
    deprecated: str  # expression: ident of the constant, or None


@dataclass(frozen=True, slots=True)
class Hub:
    """A canonical property that others fold into; the first of the fields is its own."""

    ident: str
    pointer: str
    gather: str  # name of the runtime function
    fields: tuple[HubField, ...]
    join: str  # expression of the function of the conflict policy
    needed: str  # literal: the message where nothing was given, or "" if the hub is optional


@dataclass(frozen=True, slots=True)
class ObjectFold:
    """An object whose members are folded."""

    members: tuple[Member, ...]
    rests: tuple[Rest, ...]
    absents: tuple[Absent, ...]
    hubs: tuple[Hub, ...]


@dataclass(frozen=True, slots=True)
class ItemsFold:
    """An array whose items are folded, each by `fold`."""

    fold: str  # ident


@dataclass(frozen=True, slots=True)
class ValueFold:
    """A value that one function folds as a whole, or that stays unchanged if there is none."""

    fold: str  # ident


@dataclass(frozen=True, slots=True)
class Filling:
    """A template, filled with a value whose parts are folded first."""

    result: str  # expression over `value`
    fold: str = ""  # ident, of the value
    items_fold: str = ""  # ident, of the items of the value


@dataclass(frozen=True, slots=True)
class EachFilling:
    """A template, filled with each item of a value, whose parts are folded first."""

    result: str  # expression over `item`
    fold: str = ""  # ident, of the value
    items_fold: str = ""  # ident, of the items of the value


Handling = ObjectFold | ItemsFold | ValueFold | Filling | EachFilling


@dataclass(frozen=True, slots=True)
class ShapeUse:
    """The report on a value of an older shape: the place of the shape, and the members that the template does not use."""

    pointer: str
    is_rename: bool
    used: str  # literal: the members that the template uses, and their members; "" if it uses all
    sure: int  # an object of at most so many members has no others; 0 if the fold has to look

    @property
    def rule_source(self) -> str:
        """The pointer of the shape as a literal."""
        return literal(self.pointer)


@dataclass(frozen=True, slots=True)
class Case:
    """The handling of one kind of value."""

    when: Test
    pointer: str
    handling: Handling
    shape: ShapeUse | None = None
    checks: tuple[Check, ...] = ()
    judge: str = ""  # ident, of the folded value

    @property
    def test(self) -> str:
        """The expression of the test."""
        return condition_printing.condition_source(self.when)

    @property
    def is_object(self) -> bool:
        """Whether the case folds the members of an object."""
        return isinstance(self.handling, ObjectFold)

    @property
    def is_array(self) -> bool:
        """Whether the case folds the items of an array."""
        return isinstance(self.handling, ItemsFold)

    @property
    def is_same(self) -> bool:
        """Whether the case folds the value as a whole, or leaves it unchanged."""
        return isinstance(self.handling, ValueFold)

    @property
    def is_each(self) -> bool:
        """Whether the case fills a template for each item."""
        return isinstance(self.handling, EachFilling)


@dataclass(frozen=True, slots=True)
class Fold:
    """A private function that folds the values of one schema: first by the functions in `before`, each of which takes
    the whole value, then by the one case that holds."""

    ident: str
    pointer: str
    summary: str  # docstring source
    cases: tuple[Case, ...]
    expected: str  # literal message where no case holds; "" returns the value as it is
    before: tuple[str, ...] = ()  # idents: of the unions that a value has to fit besides
    is_nullable: bool = False  # whether null is a value although no branch of a union accepts it


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to say a hub by a spoke: where `test` holds over `value`, `result` is what the spoke says."""

    pointer: str
    test: str
    result: str


@dataclass(frozen=True, slots=True)
class Unfold:
    """All ways to say one hub by one spoke, in declared order."""

    ident: str
    pointer: str
    hub: str  # literal pointer, as the caller writes it
    spoke: str  # literal
    lenses: tuple[Lens, ...]


@dataclass(frozen=True, slots=True)
class Normalizer:
    """The public functions of one schema. `denormalize` is "" where no hub can be said otherwise; `table` is None where
    the schema holds no shape of its own."""

    schema: str
    pointer: str
    ident: str
    doc: str
    fold: str
    denormalize: str
    denormalize_doc: str
    unfolds: tuple[Unfold, ...]
    table: ShapeTable | None


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A constant that says since when a field is deprecated: the parameters of the runtime's class, with their texts."""

    ident: str
    members: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        """The expression of the constant."""
        return printing.deprecation_source(self.members)


@dataclass(frozen=True, slots=True)
class Compat:
    """Everything of the normalizers module."""

    deprecations: tuple[Deprecation, ...]
    folds: tuple[Fold, ...]
    judges: tuple[Judge, ...]
    normalizers: tuple[Normalizer, ...]

"""The laws of x-compat as properties of the generated normalizers, made from the document.

Every property says at the end what it saw, so that none holds because nothing interesting came by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import compat_laws as laws
import pytest
import routescope
from compat_laws import Json, Law, Outcome, Subject
from routescope import CompatError, Normalized, PayloadError, normalizers

from speclens.lower import compat, views
from speclens.source.load import load
from speclens.source.pointer import get
from speclens.validate.dialect import schema_validator

DOCUMENT: Any = load(Path(__file__).parents[1] / "openapi" / "routescope-images.yaml").value
CANONICAL = views.canonical(DOCUMENT).document
EXAMPLES = 1000


def folding(normalize: Callable[[Json], Normalized], model: Any, pointer: str) -> Callable[[Json], Outcome]:
    """Folding as users do it; on the way, the model's verdict is held against a validator's."""
    validator = schema_validator(CANONICAL, pointer)

    def fold(payload: Json) -> Outcome:
        try:
            result = normalize(payload)
        except CompatError as error:
            return Outcome(errors=((error.rule, error.pointer, error.message),))
        try:
            result.validate(model)
        except PayloadError as error:
            assert not validator.is_valid(result.value)
            return Outcome(errors=tuple((e.rule, e.pointer, e.message) for e in error.errors))
        assert validator.is_valid(result.value)
        return Outcome(
            result.value,
            tuple((rewrite.source, rewrite.target, rewrite.rule) for rewrite in result.rewrites),
            tuple((drop.pointer, drop.reason) for drop in result.drops),
        )

    return fold


def _subject(schema: str, normalize: Callable[[Json], Normalized], model: Any) -> Subject:
    pointer = f"#/components/schemas/{schema}"
    return laws.subject(DOCUMENT, pointer, folding(normalize, model, pointer))


REQUEST = _subject(
    "ImageEditRequest", normalizers.normalize_image_edit_request, routescope.ImageEditRequest
)
RESPONSE = _subject("ImagesResponse", normalizers.normalize_images_response, routescope.ImagesResponse)
SUBJECTS = [REQUEST, RESPONSE]


def share(seen: Counter[str], event: str) -> float:
    return seen[event] / seen["all"]


@pytest.mark.parametrize("one", SUBJECTS, ids=["request", "response"])
@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_law(law: Law, one: Subject) -> None:
    seen = laws.run(law, one, one.payloads, EXAMPLES)
    print(law.__name__, seen)

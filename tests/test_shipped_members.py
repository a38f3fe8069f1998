"""What the runtime of the flagship ships for arguments, whole bodies and models that its document does not have."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from starlette.routing import Match

from routescope import ImageReference, omit
from routescope._operation import (
    Body,
    ContentType,
    Draft,
    Json,
    Member,
    Members,
    Operation,
    TextMember,
    replaced,
)
from routescope.server import _Route

pytestmark = pytest.mark.shipped

MARKS = {
    "name": Member("name"),
    "tag": Member("tag", is_nullable=True),
    "kind": Member("kind"),
    "body": Members(),
}
OPERATION: Operation[Any] = Operation(
    "POST", "/x", MARKS, body=Json(dict[str, Any]), defaults={"kind": "cat"}
)


def test_omit_says_that_nothing_is_given() -> None:
    assert (repr(omit), bool(omit)) == ("omit", False)
    assert OPERATION.spread({"name": "a", "tag": omit}) == {"name": "a"}


def test_texts_bodies_and_media_types_are_put_where_they_belong() -> None:
    draft = Draft("/x")
    TextMember("n").put(draft, "n", {"a": [1, "b"]})
    ContentType().put(draft, "content_type", "text/plain")
    assert (draft.members, draft.content_type) == ({"n": {"a": ["1", "b"]}}, "text/plain")
    Body().put(draft, "body", 3)
    assert draft.body == 3
    assert replaced({"a": 1, "b": 2}, {"a": "x"}, {"x": 3}) == {"b": 2, "a": 3}


@pytest.mark.parametrize(
    ("given", "spread"),
    [
        ({"body": {"name": "a"}, "kind": "cat"}, {"name": "a", "kind": "cat"}),
        ({"body": {"name": None, "tag": None}}, {"tag": None, "body": {"name": None}}),
        ({"body": {}}, {"body": {}}),
        ({"body": ImageReference(image_url="data:image/png;base64,")}, {"body": {"image_url": "data:image/png;base64,"}}),
    ],
)  # fmt: skip
def test_a_whole_body_becomes_its_members(given: Any, spread: Any) -> None:
    found = OPERATION.spread(given)
    assert found == spread
    assert OPERATION.draft(found).has_body


def test_a_whole_body_that_cannot_be_one() -> None:
    with pytest.raises(TypeError, match="given twice"):
        OPERATION.spread({"body": {"name": "a"}, "name": "b"})
    with pytest.raises(TypeError, match="a model or a mapping"):
        OPERATION.spread({"body": 3})


def test_the_signature_of_a_model_has_its_attributes() -> None:
    for _ in range(2):
        assert "image_url" in inspect.signature(ImageReference).parameters
    with pytest.raises(AttributeError):
        _ = ImageReference(image_url="data:image/png;base64,").__signature__


@pytest.mark.parametrize(("query", "found"), [(b"b=1&c=2", Match.FULL), (b"b=2", Match.NONE)])
def test_a_route_may_ask_for_a_query(query: bytes, found: Match) -> None:
    async def answer(request: Any) -> Any:
        raise NotImplementedError

    route = _Route(Operation("POST", "/a?b=1"), answer)
    scope = {"type": "http", "method": "POST", "path": "/a", "query_string": query, "headers": []}
    assert route.matches(scope)[0] is found

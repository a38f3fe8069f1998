"""What the runtime of the flagship ships for arguments, whole bodies and models that its document does not have."""

from __future__ import annotations

import copy
import inspect
import pickle
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel, Field
from starlette.routing import Match

from routescope import (
    ArgumentError,
    CompatError,
    ErrorResponse,
    Image,
    ImageReference,
    Routescope,
    omit,
)
from routescope._arguments import (
    Member,
    Members,
    members_of,
)
from routescope._compat import Log
from routescope._gather import merged
from routescope._operation import Json, Operation, to_json
from routescope._types import Maybe, Model
from routescope.server import _Route

pytestmark = pytest.mark.shipped

MARKS: dict[str, Any] = {
    "name": Member("name"),
    "tag": Member("tag", is_nullable=True),
    "kind": Member("kind"),
    "body": Members(),
}
OPERATION: Operation[Any] = Operation(
    "POST", "/x", MARKS, body=Json(dict[str, Any]), defaults={"kind": "cat"}
)


def test_null_is_merged_with_nothing() -> None:
    sources: list[Any] = [((None, "a"), [], []), ((None, "b"), None, None)]
    with pytest.raises(CompatError, match=r"^/b: null cannot be merged with /a$"):
        merged(sources, Log())


def test_omit_says_that_nothing_is_given() -> None:
    assert (repr(omit), bool(omit)) == ("omit", False)
    assert OPERATION.spread({"name": "a", "tag": omit}) == {"name": "a"}


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


def test_members_are_given_by_strings_and_not_twice() -> None:
    with pytest.raises(TypeError, match="whose name has to be a string"):
        OPERATION.spread({"body": {1: "a"}})
    with pytest.raises(TypeError, match="'tag' is given twice"):
        OPERATION.spread({"body": {"tag": "a"}, "tag": None})
    assert OPERATION.spread({"body": {"name": "a"}, "name": None}) == {"name": "a"}


def test_a_member_of_a_model_that_stands_for_nothing_is_not_sent() -> None:
    model = ErrorResponse.model_validate({"error": {"message": "m", "type": "t"}}).error
    model.code = None
    model.param = None
    assert members_of("body", model).keys() >= {"message", "type"}
    image = Image(url="data:image/png;base64,")
    image.revised_prompt = None
    assert "revised_prompt" in image.model_fields_set
    assert members_of("body", image) == {"url": "data:image/png;base64,"}


def test_omit_is_itself_everywhere_and_no_json() -> None:
    assert pickle.loads(pickle.dumps(omit)) is omit
    assert copy.deepcopy(omit) is omit
    with pytest.raises(TypeError, match="omit cannot be sent: leave the member out"):
        to_json({"a": [omit]})
    with pytest.raises(TypeError, match="it is no JSON value"):
        to_json({"a": object()})
    assert to_json({"a": MappingProxyType({"b": 1})}) == {"a": {"b": 1}}


def test_a_constructor_takes_each_member_once() -> None:
    class Pet(Model):
        photo_urls: Maybe[list[str]] = Field(None, alias="photoUrls")

    made: Any = Pet  # type checkers know one of the names
    assert made(photo_urls=None).model_dump() == made(photoUrls=None).model_dump() == {}
    assert made(photoUrls=["a"]).photo_urls == ["a"]
    with pytest.raises(TypeError, match="'photoUrls' is given twice, also as 'photo_urls'"):
        made(photoUrls=["a"], photo_urls=["b"])
    assert str(inspect.signature(Pet)).startswith("(*, photo_urls: list[str] | None = None")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"api_kee": "k"}, r"'api_kee' \(did you mean 'api_key'\?\)"),
        ({"qqqq": "k"}, "'qqqq'$"),
        ({"max_retries": "3"}, "max_retries has to be an integer from 0 on, and is '3'"),
        ({"max_retries": -1}, "max_retries has to be an integer"),
        ({"on_response": 3}, "on_response has to be callable, and is a int"),
    ],
)
def test_options_of_a_client_are_judged(options: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Routescope(base_url="http://x", **{"api_key": "k", **options})


def test_an_operation_without_a_body_has_no_extra_members() -> None:
    client = Routescope(api_key="k", base_url="http://x")
    plain: Operation[Any] = Operation("GET", "/x")
    with pytest.raises(TypeError, match="lists no body of this operation"):
        client.request(plain, {"extra_body": {"a": 1}})
    with pytest.raises(TypeError, match="see extra_query"):
        client.request(plain, {"q": 1})
    with pytest.raises(TypeError, match="see extra_body"):
        client.request(OPERATION, {"q": 1})
    of_all = Routescope(api_key="k", base_url="http://x", extra_body={"a": 1})
    assert of_all.request(plain, {}).http.content == b""


def test_bytes_of_a_model_stay_bytes_unless_it_writes_another_text() -> None:
    class Form(BaseModel):
        photo: bytes
        photos: list[bytes]
        odd: bytes

    form = Form(photo=b"a", photos=[b"b"], odd=b"\xff")
    assert members_of("body", form) == {"photo": b"a", "photos": [b"b"], "odd": b"\xff"}


def test_a_model_that_is_no_json_names_its_argument() -> None:
    class Inner(BaseModel):
        photo: bytes

    class Outer(BaseModel):
        inner: Inner

    with pytest.raises(ArgumentError, match="invalid utf-8") as caught:
        members_of("body", Outer(inner=Inner(photo=b"\xff")))
    assert caught.value.argument == "body"


class Refusing(Member):
    """A mark that takes no value."""

    def put(self, draft: Any, ident: str, value: Any) -> None:
        raise ValueError("no")


def test_what_cannot_be_put_names_its_argument() -> None:
    operation: Operation[Any] = Operation("POST", "/x", {"name": Refusing("n")})
    with pytest.raises(ArgumentError, match="no") as caught:
        operation.draft({"name": 1})
    assert caught.value.argument == "name"


def test_the_media_type_is_one_of_the_body() -> None:
    operation: Operation[Any] = Operation("POST", "/x", body=Json(dict[str, Any]))
    draft = operation.draft({})
    draft.content_type = "text/csv"
    with pytest.raises(ArgumentError, match="content_type has to be application/json"):
        operation._written_by(draft)
    draft.content_type = "Application/JSON; charset=utf-8"
    assert operation._written_by(draft) is operation.body
    filed = Filed()
    several: Operation[Any] = Operation("POST", "/x", body=(Json(dict[str, Any]), filed))
    draft.content_type, draft.has_files = "", True
    assert several._written_by(draft) is filed


class Filed(Json):
    """A codec that can hold files."""

    has_files = True

    def __init__(self) -> None:
        super().__init__(dict[str, Any])

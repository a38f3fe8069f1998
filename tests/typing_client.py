"""What type checkers say of calls: the right ones pass, and each of the wrong ones is an error, or its comment would be
one (`warn_unused_ignores`). Checked by test_client_typing.py, never run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_type

import httpx

from routescope import (
    APIError,
    APIStatusError,
    AsyncRoutescope,
    Image,
    ImageEditRequest,
    ImageReference,
    ImagesResponse,
    PayloadError,
    PayloadFault,
    RateLimitError,
    Routescope,
    data_url,
)


def right(
    client: Routescope, references: Sequence[ImageReference], extra: Mapping[str, Any]
) -> None:
    result = client.images.edit(prompt="x", images=["https://example.com/a.png"])
    assert_type(result, ImagesResponse)
    assert_type(result.data, list[Image])
    assert_type(result.data[0].url, str | None)
    assert_type(result.created, int | None)
    assert_type(result.bytes(), bytes)
    assert_type(result.data[0].save("cat"), Path)
    assert_type(result._request_id, str | None)
    assert_type(result._response, httpx.Response | None)
    assert_type(data_url(Path("cat.png")), str)
    client.images.edit(prompt="x", images=references, mask={"image_url": "x"}, n=2, size="any")
    client.images.edit(prompt="x", images=[{"image_url": "x"}, "x", ImageReference(image_url="x")])
    client.images.edit(prompt="x", images=("x",), response_format="b64_json", model="m", mask=None)
    client.images.edit(prompt="x", image="x")
    client.images.edit(prompt="x", image=[{"image_url": "x"}, "x"])
    client.images.edit(prompt="x", image_urls=("x", "y"))
    client.images.edit(prompt="x", image_urls="x")
    client.images.edit(
        prompt="x",
        images=[data_url(b"")],
        timeout=httpx.Timeout(5),
        max_retries=0,
        retry_unsafe=True,
        idempotency_key="k",
        extra_headers={"x": "y"},
        extra_query={"x": 1},
        extra_body=extra,
    )
    client.images.edit(prompt="x", images=["x"], timeout=None)


def right_whole(client: Routescope, request: ImageEditRequest) -> None:
    assert_type(client.images.edit(body=request), ImagesResponse)
    client.images.edit(body={"prompt": "x", "images": [{"image_url": "x"}]}, timeout=5)


async def right_async(client: AsyncRoutescope) -> None:
    result = await client.images.edit(prompt="x", images=["https://example.com/a.png"])
    assert_type(result, ImagesResponse)
    async with client as same:
        assert_type(same, AsyncRoutescope)
    await client.close()


def right_settings() -> None:
    with Routescope(api_key="k", base_url="https://x", http_client=httpx.Client()) as client:
        assert_type(client, Routescope)
    Routescope(timeout=5, max_retries=0, retry_unsafe=True, default_headers={"x": "y"}).close()
    AsyncRoutescope(timeout=None, http_client=httpx.AsyncClient())


def right_errors(error: APIError, limited: RateLimitError) -> APIStatusError:
    assert_type(error.status_code, int | None)
    assert_type(error.request_id, str | None)
    assert_type(error.body, str)
    assert_type(error.headers, dict[str, str])
    assert_type(error.maybe_processed, bool)
    assert_type(error.message, str)
    return limited


def right_faults(error: PayloadError) -> ValueError:
    assert_type(error.errors, tuple[PayloadFault, ...])
    assert_type(error.errors[0].pointer, str)
    return error


def wrong(client: Routescope) -> None:
    client.images.edit(images=["x"])  # type: ignore[call-overload]
    client.images.edit(prompt="x")  # type: ignore[call-overload]
    client.images.edit(body={"prompt": "x"}, prompt="x", images=["x"])  # type: ignore[call-overload]
    client.images.edit(body="x")  # type: ignore[call-overload]
    client.images.edit("x", prompt="x", images=["x"])  # type: ignore
    client.images.edit(prompt="x", imgaes=["x"])  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], max_retires=1)  # type: ignore[call-overload]
    client.images.edit(prompt=None, images=["x"])  # type: ignore[call-overload]
    client.images.edit(prompt=b"x", images=["x"])  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], model=None)  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=[5])  # type: ignore[list-item]
    client.images.edit(prompt="x", images={"image_url": "x"})  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=[b"x"])  # type: ignore[list-item]
    client.images.edit(prompt="x", images=[Path("x")])  # type: ignore[list-item]
    client.images.edit(prompt="x", image=5)  # type: ignore[call-overload]
    client.images.edit(prompt="x", image_urls=[{"image_url": "x"}])  # type: ignore[list-item]
    client.images.edit(prompt="x", images=["x"], mask=["x"])  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], n="2")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], n=1.5)  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], response_format="png")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], background="blue")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], moderation="high")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], watermark="yes")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], timeout="5")  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], max_retries=None)  # type: ignore[call-overload]
    client.images.edit(prompt="x", images=["x"], extra_headers=[("x", "y")])  # type: ignore[call-overload]
    print(client.images.edit(prompt="x", images=["x"]).dta)  # type: ignore[attr-defined]
    data_url(5)  # type: ignore[arg-type]


async def wrong_async(client: AsyncRoutescope) -> None:
    print(client.images.edit(prompt="x", images=["x"]).data)  # type: ignore[attr-defined]
    client.images.edit(prompt="x", images=["x"])  # type: ignore[unused-coroutine]
    await client.images.edit(images=["x"])  # type: ignore[call-overload]
    await client.images.edit(prompt="x", imgaes=["x"])  # type: ignore[call-overload]
    await client.images.edit(prompt="x", images=["x"], response_format="png")  # type: ignore[call-overload]
    await client.images.edit(prompt="x", images=["x"], n="2")  # type: ignore[call-overload]


def wrong_settings() -> None:
    Routescope("k")  # type: ignore[call-arg]
    Routescope(api_kee="k")  # type: ignore[call-arg]
    Routescope(http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    AsyncRoutescope(http_client=httpx.Client())  # type: ignore[arg-type]
    Routescope(timeout="5")  # type: ignore[arg-type]

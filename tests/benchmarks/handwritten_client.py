"""The call of the flagship endpoint as a careful person writes it with httpx and pydantic, without retries and folding."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import BaseModel


class Reference(BaseModel):
    image_url: str


class Request(BaseModel):
    model: str
    prompt: str
    images: list[Reference]
    n: int | None = None


class Picture(BaseModel):
    url: str | None = None
    b64_json: str | None = None
    revised_prompt: str | None = None


class Response(BaseModel):
    created: int | None = None
    data: list[Picture]


def _sent(url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {
        "authorization": f"Bearer {key}",
        "content-type": "application/json",
        "accept": "application/json",
    }
    content = Request.model_validate(body).model_dump_json(exclude_unset=True)
    return {"url": f"{url}/v1/images/edits", "content": content, "headers": headers}


def edit(client: httpx.Client, url: str, key: str, body: dict[str, Any]) -> Response:
    answer = client.post(**_sent(url, key, body))
    answer.raise_for_status()
    return Response.model_validate_json(answer.content)


async def edit_async(
    client: httpx.AsyncClient, url: str, key: str, body: dict[str, Any]
) -> Response:
    answer = await client.post(**_sent(url, key, body))
    answer.raise_for_status()
    return Response.model_validate_json(answer.content)

"""The client against code written by hand with httpx and pydantic, and against openai-python, over loopback.

openai-python cannot make this call by itself (its `images.edit` sends multipart): its own JSON `post` is measured, with
its own type of the answer. Rows of it are left out where it is not installed; `make bench` installs it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import handwritten_client as hand
import httpx
from measuring import ROOT, Row, medians

from routescope import AsyncRoutescope, Routescope

KEY = "k"
PROMPT = "Remove the background."
URL = "https://example.com/cat.png"
BODY = {"model": "gpt-image-2", "prompt": PROMPT, "images": [{"image_url": URL}], "n": 2}
IN_FLIGHT = 64
AGAINST = "httpx + pydantic by hand"


@contextmanager
def served() -> Iterator[str]:
    """The base URL of the server."""
    command = [sys.executable, str(Path(__file__).with_name("canned_server.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def client_rows(rounds: int, calls: int, processes: int) -> list[Row]:
    with served() as url:
        return [
            *one_by_one(url, rounds, calls),
            *in_flight(url, rounds, max(1, calls // 100)),
            *large(url, rounds, max(1, calls // 40)),
            *memory(url, processes),
        ]


def timed(run: Callable[[], Any], calls: int) -> Callable[[], float]:
    def measure() -> float:
        start = time.process_time()
        for _ in range(calls):
            run()
        return (time.process_time() - start) / calls

    run()  # connections are made, and modules loaded, before the clock runs
    return measure


def edit(client: Routescope) -> Any:
    return client.images.edit(prompt=PROMPT, images=[{"image_url": URL}], n=2)


def one_by_one(url: str, rounds: int, calls: int) -> Iterator[Row]:
    with (
        Routescope(api_key=KEY, base_url=f"{url}/small") as ours,
        httpx.Client(timeout=600) as theirs,
    ):
        runs = {
            "ours": timed(lambda: edit(ours), calls),
            "hand": timed(lambda: hand.edit(theirs, f"{url}/small", KEY, BODY), calls),
        }
        if find_spec("openai"):
            runs["openai"] = timed(openai_call(f"{url}/small"), calls)
        found = medians(rounds, runs)
    yield Row("client: one JSON call", found["ours"], AGAINST, found["hand"], 1.1)
    if "openai" in found:
        yield Row("client: one JSON call", found["ours"], "openai-python's `post`", found["openai"])


def openai_call(url: str) -> Callable[[], Any]:
    from openai import OpenAI
    from openai.types import ImagesResponse

    client = OpenAI(api_key=KEY, base_url=url)
    return lambda: client.post("/v1/images/edits", cast_to=ImagesResponse, body=BODY)


def in_flight(url: str, rounds: int, calls: int) -> Iterator[Row]:
    async def together(call: Callable[[], Awaitable[Any]]) -> None:
        await asyncio.gather(*(call() for _ in range(IN_FLIGHT)))

    async def measure() -> dict[str, float]:
        async with (
            AsyncRoutescope(api_key=KEY, base_url=f"{url}/small") as ours,
            httpx.AsyncClient(timeout=600) as theirs,
        ):
            runs: Mapping[str, Callable[[], Awaitable[Any]]] = {
                "ours": lambda: ours.images.edit(prompt=PROMPT, images=[{"image_url": URL}], n=2),
                "hand": lambda: hand.edit_async(theirs, f"{url}/small", KEY, BODY),
            }
            times: dict[str, list[float]] = {name: [] for name in runs}
            for number in range(rounds + 1):
                for name, call in runs.items():
                    start = time.process_time()
                    for _ in range(calls):
                        await together(call)
                    spent = (time.process_time() - start) / calls / IN_FLIGHT
                    times[name] += [spent] if number else []  # the first makes the connections
            return {name: sorted(found)[len(found) // 2] for name, found in times.items()}

    found = asyncio.run(measure())
    what = f"client: async, {IN_FLIGHT} in flight, a call"
    yield Row(what, found["ours"], AGAINST, found["hand"])


def large(url: str, rounds: int, calls: int) -> Iterator[Row]:
    with (
        Routescope(api_key=KEY, base_url=f"{url}/large") as ours,
        httpx.Client(timeout=600) as theirs,
    ):
        found = medians(
            rounds,
            {
                "ours": timed(lambda: edit(ours), calls),
                "hand": timed(lambda: hand.edit(theirs, f"{url}/large", KEY, BODY), calls),
            },
        )
    yield Row("client: a response of 1.5 MB base64", found["ours"], AGAINST, found["hand"])


PEAK = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
{setup}
def now():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
before = now()
{run}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before)
"""
OURS = (
    "from routescope import Routescope\n"
    "client = Routescope(api_key='k', base_url={url!r})\nclient.images",
    "result = client.images.edit(prompt='x', images=[{URL!r}])\n"
    "for number, picture in enumerate(result.data):\n    picture.save(f'{place}/{{number}}')",
)
BY_HAND = (
    "import base64, httpx, handwritten_client as hand\nclient = httpx.Client(timeout=600)",
    "result = hand.edit(client, {url!r}, 'k', {BODY!r})\n"
    "for number, picture in enumerate(result.data):\n"
    "    Path(f'{place}/{{number}}.png').write_bytes(base64.b64decode(picture.b64_json))",
)


def memory(url: str, processes: int) -> Iterator[Row]:
    """Bytes at the peak, less those before the call, of a fresh process that saves four pictures of 4 MB."""

    def peak(parts: tuple[str, str], place: str) -> Callable[[], float]:
        named = {"url": f"{url}/four", "URL": URL, "BODY": BODY, "place": place}
        setup, run = (part.format(**named) for part in parts)
        path = [str(ROOT / "generated"), str(Path(__file__).parent)]
        code = PEAK.format(path=path, setup=setup, run=run)

        def measure() -> float:
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            return float(done.stdout)

        return measure

    with tempfile.TemporaryDirectory(prefix="speclens-bench-") as place:
        runs = {"ours": peak(OURS, place), "hand": peak(BY_HAND, place)}
        found = medians(processes, runs)
    what = "client: peak memory, saving 4 pictures of 4 MB"
    yield Row(what, found["ours"], AGAINST, found["hand"], unit="MB")

"""The story that `make demo` tells: the package is in step with its document; its server takes real requests of old
callers, over HTTP, and its clients call it; and a change of the document is found, named and carried over.

Exits with 1 if anything is not as the story says.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Collection, Iterable, Sequence
from difflib import unified_diff
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
from PIL import Image

from mocked import Mock, mock
from routescope import (
    APIError,
    AsyncRoutescope,
    ImagesResponse,
    Routescope,
    normalize_image_edit_request,
)

ROOT = Path(__file__).parents[1]
PAYLOADS = ROOT / "tests/payloads/requests.jsonl"
DOCUMENT = Path("openapi/routescope-images.yaml")
MODELS = Path("generated/routescope/models.py")
PICTURES = Path("demo-out")
SCHEMA = "#/components/schemas/ImageEditRequest"

# The requests that are refused, and for what, as their senders wrote it. All others are answered with pictures.
REFUSED = {
    "the curl of the page, with its empty list": ("images",),
    "a list with a hole in it": ("image[1]",),
    "an uploaded file, as another API takes it": ("images[0].image_url",),
    "base64 without data:image/": ("image",),
    "numbers as strings, from a form, and no prompt": ("prompt", "n", "output_compression"),
    "a link to a file server": ("image_urls[1]",),
}

# What is changed in the copy of the document: what it is, the old text, the new one.
EDITS = (
    (
        "n has a maximum",
        "          format: int32\n          minimum: 1\n",
        "          format: int32\n          minimum: 1\n          maximum: 10\n",
    ),
    (
        "a new property, seed",
        "        user:\n",
        "        seed:\n          description: Makes a result repeatable.\n          type: integer\n        user:\n",
    ),
    (
        "image_urls is a list, no longer one URL",
        "            - $ref: '#/components/schemas/ImageUrl'\n              x-compat: {to: [{image_url: $}]}\n",
        "",
    ),
)
CHANGED = {
    "README.md": {SCHEMA},  # the row of a shape that is gone
    "routescope/client.py": {f"{SCHEMA}/properties/seed", f"{SCHEMA}/properties/image_urls"},
    "routescope/models.py": {f"{SCHEMA}/properties/n", f"{SCHEMA}/properties/seed"},
    "routescope/normalizers.py": {f"{SCHEMA}/properties/image_urls"},
}


class Surprise(Exception):
    """Something is not as the story says."""


def main() -> int:
    try:
        check_tree()
        serve()
        with tempfile.TemporaryDirectory(prefix="speclens-demo-") as directory:
            change_document(Path(directory).resolve())
    except (Surprise, APIError, httpx.HTTPError, OSError, RuntimeError) as surprise:
        print(f"\n{style('NOT AS EXPECTED', '31;1')}: {surprise}", file=sys.stderr)
        return 1
    chapter("Read on")
    say("docs/", "call it, serve it, write x-compat for an API of your own")
    say("ARCHITECTURE.md", "how the toolkit is built; docs/decisions/ says why")
    say("openapi/", "the document that all of this is generated from")
    say("generated/", "the package itself: client.py, server.py, models.py, normalizers.py")
    return 0


# 1


def check_tree() -> None:
    chapter("1. Is the package what its document says?")
    print(indented(speclens(ROOT, ["check"], 0)))


# 2


def serve() -> None:
    lines = PAYLOADS.read_text("utf-8").splitlines()
    chapter(f"2. {len(lines)} real requests, posted to the generated server as old callers do")
    print(style("  $ speclens mock", "2"), flush=True)
    with mock(ROOT) as running:
        print(f"  {running.url}")
        print("\n  Members that are in canonical form already are not shown.")
        with httpx.Client(timeout=60) as http:
            refused = sum(post(http, running, index, line) for index, line in enumerate(lines, 1))
        print(f"\n  {len(lines) - refused} answered, {refused} refused.")
        call(running)
        asyncio.run(call_together(running))
    expect(running.code == 0, f"the mock ends with {running.code}")
    asked = sum(line.startswith("POST /v1/images/edits ") for line in running.log)
    expect(asked == len(lines) + 3, f"the server was asked {asked} times")


def post(http: httpx.Client, running: Mock, number: int, line: str) -> bool:
    """Post a request, show what becomes of it, and say whether it was refused."""
    request = json.loads(line)
    title, payload = request["title"], request["payload"]
    print(f"\n{number:4}  {style(title, '1')}")
    headers = {"authorization": f"Bearer {running.key}"}
    answer = http.post(f"{running.url}/v1/images/edits", json=payload, headers=headers)
    if answer.status_code == 200:
        tell_change(payload, answer.headers.get("compat-rewrites", ""))
        tell_pictures(http, payload, answer)
        found: tuple[str, ...] = ()
    else:
        found = tell_faults(payload, answer)
    expected = REFUSED.get(title, ())
    expect(found == expected, f"{title!r} is refused for {found}, not {expected}")
    return bool(found)


def tell_change(payload: dict[str, Any], header: str) -> None:
    """What was sent, what the handler of the server gets, and what the caller is told of it."""
    folded = normalize_image_edit_request(payload)
    moves = [(rewrite.source, rewrite.target) for rewrite in folded.rewrites]
    told = re.findall(r'"(\S+?)";to="(\S+?)"', header)
    expect(told == list(dict.fromkeys(moves)), f"Compat-Rewrites is {header}")
    if not moves and not folded.drops:
        say("sent", f"{shown(payload, ('images',))}  is canonical already")
        return
    places = [place for move in moves for place in move] + [drop.pointer for drop in folded.drops]
    say("sent", shown(payload, members(places)))
    say("canonical", shown(folded.value, members(places)), "32")
    if header:
        say("rewritten", header, "36")
    for drop in folded.drops:
        say("dropped", f"{drop.pointer}  ({drop.reason})", "33")


def tell_pictures(http: httpx.Client, payload: dict[str, Any], answer: httpx.Response) -> None:
    """The answer, and its first picture if it is what was asked for."""
    items = answer.json()["data"]
    expect(len(items) == payload.get("n", 1), f"there are {len(items)} pictures")
    result = ImagesResponse(data=items)
    size = payload.get("size", "auto").replace("auto", "1024x1024")
    told = look(result.bytes(), payload.get("output_format", "png"), size)
    where = items[0].get("url", "inline")
    say("answer", f"{answer.status_code}  {len(items)} x {told}  {where}")


def tell_faults(payload: dict[str, Any], answer: httpx.Response) -> tuple[str, ...]:
    error = answer.json()["error"]
    faults = error["message"].split("; ")
    places = tuple(fault.partition(":")[0] for fault in faults)
    kind = (answer.status_code, error["type"], error["param"])
    expect(kind == (400, "invalid_request_error", places[0]), f"the error is {error}")
    say("sent", shown(payload, {re.split(r"[.\[]", place)[0] for place in places}))
    for fault in faults:
        say("refused", f"{answer.status_code}  {fault}", "31")
    return places


# 3


def call(running: Mock) -> None:
    chapter("3. The same server, called with the generated clients")
    PICTURES.mkdir(exist_ok=True)
    code = """client.images.edit(prompt="Add a hat.", image="https://example.com/cat.png", output_format="webp")"""
    print(f"  {style(code, '1')}")
    with (
        Routescope(api_key=running.key, base_url=running.url) as client,
        warnings.catch_warnings(record=True) as caught,
    ):
        sent: list[httpx.Request] = []
        client.http.event_hooks = {"request": [sent.append]}
        warnings.simplefilter("always")
        result = client.images.edit(
            prompt="Add a hat.", image="https://example.com/cat.png", output_format="webp"
        )
    warned = [f"{one.category.__name__}: {one.message}" for one in caught]
    note = "DeprecationWarning: 'image' is deprecated: Use images[].image_url."
    expect(warned == [note], f"the client warns: {warned}")
    say("warning", warned[0], "33")
    tell_sent(sent[0], result, {"images": [{"image_url": "https://example.com/cat.png"}]})
    tell_saved(result.save(PICTURES / "hat"), "webp", "1024x1024")


async def call_together(running: Mock) -> None:
    code = "await asyncio.gather(*(client.images.edit(...) for prompt in prompts))"
    print(f"\n  {style(code, '1')}")
    sent: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        sent.append(request)

    async with AsyncRoutescope(api_key=running.key, base_url=running.url) as client:
        client.http.event_hooks = {"request": [note]}
        calls = [
            client.images.edit(
                prompt=f"Make it {season}.",
                images=["https://example.com/garden.png"],
                size="640x480",
                output_format=kind,
                response_format="b64_json",
            )
            for season, kind in (("winter", "jpeg"), ("summer", "png"))
        ]
        winter, summer = await asyncio.gather(*calls)
    tell_sent(sent[0], winter, {"images": [{"image_url": "https://example.com/garden.png"}]})
    tell_saved(await anyio.to_thread.run_sync(winter.save, PICTURES / "winter"), "jpeg", "640x480")
    tell_saved(await anyio.to_thread.run_sync(summer.save, PICTURES / "summer"), "png", "640x480")


def tell_sent(request: httpx.Request, result: ImagesResponse, expected: dict[str, Any]) -> None:
    """What went over the wire, and the id by which the server knows it."""
    body = json.loads(request.content)
    expect({**body, **expected} == body and "image" not in body, f"the client sends {body}")
    expect(bool(result._request_id), "the answer has no request id")
    say("sent", json.dumps(body), "32")
    say("request id", str(result._request_id))


def tell_saved(path: Path, kind: str, size: str) -> None:
    expect(path.suffix == f".{kind}", f"a picture was saved as {path}")
    say("saved", f"{path}  {look(path.read_bytes(), kind, size)}")


def look(content: bytes, kind: str, size: str) -> str:
    """What a picture is; it has to be what was asked for."""
    with Image.open(BytesIO(content)) as picture:
        picture.load()
        told = f"{picture.format} {picture.width}x{picture.height}"
    expect(told == f"{kind.upper()} {size}", f"a picture is {told}, not {kind} {size}")
    return told


# 4


def change_document(copy: Path) -> None:
    chapter("4. A copy of the document is changed")
    for name in ("pyproject.toml", "openapi", "generated"):
        copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copied(ROOT / name, copy / name)
    old = (copy / DOCUMENT).read_text("utf-8")
    new = old
    for what, before, after in EDITS:
        expect(new.count(before) == 1, f"{DOCUMENT} has {before!r} {new.count(before)} times")
        new = new.replace(before, after)
        print(f"  - {what}")
    (copy / DOCUMENT).write_text(new, "utf-8")
    tell_diff(old, new, DOCUMENT)

    chapter("5. speclens check names what changed, and where")
    tell_drift(json.loads(speclens(copy, ["check", "--format", "json"], 1)))

    chapter("6. speclens generate carries it over")
    models = (copy / MODELS).read_text("utf-8")
    print(indented(speclens(copy, ["generate"], 0)))
    tell_diff(models, (copy / MODELS).read_text("utf-8"), MODELS)

    chapter("7. speclens explain says where a line comes from")
    lines = (copy / MODELS).read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines, 1) if line.startswith("    seed:"))
    told = speclens(copy, ["explain", f"{MODELS}:{place}"], 0)
    expect(f"{SCHEMA}/properties/seed" in told, f"explain does not name seed: {told}")
    print(indented(told))

    chapter("8. And all is in step again")
    print(indented(speclens(copy, ["check"], 0)))


def tell_drift(report: dict[str, Any]) -> None:
    for file in report["files"]:
        print(f"  {style(file['path'], '1')}: {', '.join(file['causes'])}")
        for pointer in file["pointers"]:
            print(f"      {style(pointer, '36')}")
    print(f"  To mend it: {report['fix']}")
    found = {file["path"]: file for file in report["files"]}
    expect(found.keys() == CHANGED.keys(), f"check names {sorted(found)}")
    for path, pointers in CHANGED.items():
        expect("document" in found[path]["causes"], f"the causes are {found[path]['causes']}")
        for pointer in pointers:
            named = any(one.startswith(pointer) for one in found[path]["pointers"])
            expect(named, f"check does not name {pointer}")


def tell_diff(old: str, new: str, path: Path) -> None:
    """Only the lines that differ, and where they are."""
    diff = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    for line in list(diff)[2:]:
        if line.startswith("@@"):
            print(f"  {path}:{line.split('+')[1].split(',')[0].split()[0]}")
        else:
            print(f"    {style(line, '32' if line.startswith('+') else '31')}")


# Running and telling


def speclens(directory: Path, arguments: Sequence[str], code: int) -> str:
    """What a command prints; it is run as by hand."""
    print(style(f"  $ speclens {' '.join(arguments)}", "2"), flush=True)
    command = [sys.executable, "-m", "speclens", *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    expect(done.returncode == code, f"it exits with {done.returncode}, not {code}:\n{said}")
    return done.stdout


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Surprise(otherwise)


def chapter(title: str) -> None:
    print(f"\n{style(title, '1;4')}\n")


def say(label: str, text: str, colour: str = "0") -> None:
    width = max(shutil.get_terminal_size().columns - 1, 60)
    lines = textwrap.wrap(text, width - 22, break_on_hyphens=False, break_long_words=False)
    print(f"      {label:<15} {style(lines[0], colour)}")
    for line in lines[1:]:
        print(f"{'':22}{style(line, colour)}")


def members(pointers: Iterable[str]) -> set[str]:
    """The members of a request that some pointers lead into."""
    return {pointer.split("/")[1] for pointer in pointers}


def shown(value: dict[str, Any], keys: Collection[str]) -> str:
    return json.dumps({key: value[key] for key in value if key in keys}, ensure_ascii=False)


def indented(text: str) -> str:
    return textwrap.indent(text.rstrip(), "  ")


def style(text: str, code: str) -> str:
    is_plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or code == "0"
    return text if is_plain else f"\x1b[{code}m{text}\x1b[0m"


if __name__ == "__main__":
    sys.exit(main())

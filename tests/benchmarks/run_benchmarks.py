"""`make bench`: how fast things are, as ratios within one run, so that the machine matters little. One Markdown table.

Times are CPU seconds of the process measured; what is compared is run in turns, and the median counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import handwritten
from client_benchmarks import client_rows
from handwritten_models import FoldingRequest
from measuring import Row, medians, starting

from routescope import (
    ImageEditRequest,
    normalize_image_edit_request,
    normalize_images_response,
)

DOCUMENT = "openapi/routescope-images.yaml"

A, B, C = (f"https://example.com/{name}.png" for name in "abc")
BODY = {"model": "gpt-image-2", "prompt": "Remove the background.", "size": "1024x1024", "n": 2}
REQUESTS: dict[str, dict[str, Any]] = {
    "canonical, two images": {**BODY, "images": [{"image_url": A}, {"image_url": B}]},
    "`image`, one URL": {**BODY, "image": A},
    "`image`, three URLs": {**BODY, "image": [A, B, C]},
    "`image_urls`, three URLs": {**BODY, "image_urls": [A, B, C]},
    "`image`, a part of a chat message": {
        **BODY,
        "image": {"image_url": {"url": A, "detail": "high"}},
    },
    "all three fields, a duplicate, a mask": {
        **BODY,
        "images": [{"image_url": A}],
        "image": B,
        "image_urls": [A, C],
        "mask": {"image_url": C},
    },
}
RESPONSES: dict[str, dict[str, Any]] = {
    "response, two images": {
        "created": 1,
        "data": [{"url": A, "b64_json": "", "revised_prompt": "x"}, {"url": B, "b64_json": ""}],
    },
    "response, one object": {"created": 1, "data": {"url": A}},
}


def main(rounds: int = 15, calls: int = 2000, processes: int = 7) -> None:
    rows = [
        *normalizing(rounds, calls),
        *validating(rounds, calls),
        *client_rows(rounds, max(1, calls // 10), processes),
        *importing(processes),
        *generating(processes),
    ]
    print("| what | CPU time | against | CPU time | ratio | goal |")
    print("|---|---:|---|---:|---:|---:|")
    for row in rows:
        print(row)


# Normalizing


def normalizing(rounds: int, calls: int) -> list[Row]:
    """The generated functions against the one written by hand; raises ValueError if they differ in anything."""
    pairs = [
        (name, normalize_image_edit_request, handwritten.fold_request, payload)
        for name, payload in REQUESTS.items()
    ]
    pairs += [
        (name, normalize_images_response, handwritten.fold_response, payload)
        for name, payload in RESPONSES.items()
    ]
    rows = []
    for name, ours, theirs, payload in pairs:
        if ours(payload) != theirs(payload):
            raise ValueError(f"{name}: {ours(payload)} is not {theirs(payload)}")
        seconds = medians(
            rounds,
            {"ours": calling(ours, payload, calls), "theirs": calling(theirs, payload, calls)},
        )
        row = Row(f"normalize: {name}", seconds["ours"], "by hand", seconds["theirs"], 1.5)
        rows.append(row)
    return rows


def validating(rounds: int, calls: int) -> list[Row]:
    """The same done with before-validators of pydantic: JSON in and canonical JSON out, then JSON in and a model out.
    Raises ValueError if what comes out differs."""
    rows: tuple[list[Row], list[Row]] = ([], [])
    for name, payload in REQUESTS.items():
        ours, theirs = both(payload), FoldingRequest.model_validate(payload)
        if ours.model_dump(exclude_unset=True) != theirs.model_dump(exclude_unset=True):
            raise ValueError(f"{name}: {ours} is not {theirs}")
        if normalize_image_edit_request(payload).value != said(payload):
            raise ValueError(f"{name}: {said(payload)} is not what normalizing gives")
        seconds = medians(
            rounds,
            {
                "fold": calling(normalize_image_edit_request, payload, calls),
                "said": calling(said, payload, calls),
                "both": calling(both, payload, calls),
                "theirs": calling(FoldingRequest.model_validate, payload, calls),
            },
        )
        rows[0].append(
            Row(
                f"normalize: {name}",
                seconds["fold"],
                "before-validators, dumped",
                seconds["said"],
                0.5,
            )
        )
        rows[1].append(
            Row(
                f"normalize and validate: {name}",
                seconds["both"],
                "before-validators",
                seconds["theirs"],
            )
        )
    return [*rows[0], *rows[1]]


def said(payload: Any) -> Any:
    return FoldingRequest.model_validate(payload).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )


def both(payload: Any) -> ImageEditRequest:
    return normalize_image_edit_request(payload).validate(ImageEditRequest)


def calling(fold: Callable[[Any], Any], payload: Any, calls: int) -> Callable[[], float]:
    def run() -> float:
        start = time.process_time()
        for _ in range(calls):
            fold(payload)
        return (time.process_time() - start) / calls

    return run


# Processes


def importing(processes: int) -> list[Row]:
    """CPU time of a fresh process, less that of one that does nothing."""
    codes = {
        "nothing": "pass",
        "package": "import routescope",
        "normalizers": "from routescope import normalize_image_edit_request",
        "models": "from routescope import ImageEditRequest",
        "requirements": "import httpx, pydantic",
    }
    found = medians(processes, {name: starting("-c", code) for name, code in codes.items()})
    net = {name: max(seconds - found["nothing"], 1e-9) for name, seconds in found.items()}
    against = ("`import httpx, pydantic`", net["requirements"])
    return [
        Row("`import routescope`", net["package"], *against, 0.25),
        Row("its normalizers", net["normalizers"], *against),
        Row("its models", net["models"], *against),
    ]


def generating(processes: int) -> list[Row]:
    """Whole commands against a process that reads the document and does nothing else."""
    with tempfile.TemporaryDirectory(prefix="speclens-bench-") as directory:
        output, cache, no_cache = (str(Path(directory, name)) for name in ("out", "cache", "none"))
        Path(no_cache).write_text("a file, so that nothing is stored")
        target = ("--spec", DOCUMENT, "--package", "routescope", "--output", output)
        read = (
            f"from pathlib import Path; from speclens.source import load; load(Path({DOCUMENT!r}))"
        )
        starting("-m", "speclens", "check", *target, cache=cache, code=1)()
        starting("-m", "speclens", "generate", *target, cache=cache)()
        found = medians(
            processes,
            {
                "nothing": starting("-c", "pass"),
                "help": starting("-m", "speclens", "--help"),
                "read": starting("-c", read),
                "generate": starting("-m", "speclens", "generate", *target, cache=no_cache),
                "cold": starting("-m", "speclens", "check", *target, cache=no_cache),
                "warm": starting("-m", "speclens", "check", *target, cache=cache),
            },
        )
    against = ("reading the document", found["read"])
    return [
        Row("`python -c pass`", found["nothing"], *against),
        Row("`speclens --help`", found["help"], *against),
        Row("`speclens generate`, no cache", found["generate"], *against),
        Row("`speclens check`, no cache", found["cold"], *against),
        Row("`speclens check`, warm cache", found["warm"], *against),
    ]


if __name__ == "__main__":
    main()

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
import handwritten_models
from client_benchmarks import client_rows
from handwritten_models import FoldingRequest, dumped
from measuring import Row, medians, starting

from routescope import (
    CompatError,
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
# What all ways refuse, with the same words at the same place.
REFUSED: dict[str, dict[str, Any]] = {
    "no image": {**BODY, "image": 5},
    "no URLs": {**BODY, "images": [A], "image_urls": {"url": A}},
    "an item that is no URL": {**BODY, "image": B, "image_urls": [A, 5]},
    "a reference in a list that is none": {**BODY, "image": [A, {"image_url": {"href": B}}]},
    "`images` that cannot be merged": {**BODY, "images": {"url": A}, "image": B},
    "a mask without a URL": {**BODY, "images": [{"image_url": A}], "mask": {"url": B}},
}
Fold = Callable[[Any], Any]
WAYS = ("ours", "hand", "validators")


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
    """The generated functions against the one written by hand, and against the same done with before-validators of
    pydantic: JSON in; canonical JSON, rewrites and drops out. Raises ValueError if they differ in anything."""
    for name, payload in REFUSED.items():
        check_same(name, payload)
    by_hand, validated = [], []
    for name, payload in {**REQUESTS, **RESPONSES}.items():
        check_same(name, payload)
        runs = ways(name)
        measured = {key: calling(everything(run), payload, calls) for key, run in runs.items()}
        seconds = medians(rounds, measured)
        ours = (f"normalize: {name}", seconds["ours"])
        by_hand.append(Row(*ours, "by hand", seconds["hand"], 1.5))
        validated.append(Row(*ours, "the same in before-validators", seconds["validators"], 0.5))
    return [*by_hand, *validated]


def ways(name: str) -> dict[str, Fold]:
    if name in RESPONSES:
        by_hand = handwritten.fold_response, handwritten_models.tell_response
        return dict(zip(WAYS, (normalize_images_response, *by_hand), strict=True))
    by_hand = handwritten.fold_request, handwritten_models.tell_request
    return dict(zip(WAYS, (normalize_image_edit_request, *by_hand), strict=True))


def check_same(name: str, payload: Any) -> None:
    """Raises ValueError if what comes out, or what is refused and where, is not the same in all ways."""
    found = {key: outcome(run, payload) for key, run in ways(name).items()}
    for key, result in found.items():
        if result != found["ours"]:
            raise ValueError(f"{name}: {found['ours']} is not {result} ({key})")


def outcome(run: Fold, payload: Any) -> Any:
    try:
        return everything(run)(payload)
    except CompatError as error:
        return error.args


def everything(fold: Fold) -> Fold:
    """All that there is to tell: a normalizer makes something of its notes only when it is asked to."""

    def run(payload: Any) -> Any:
        folded = fold(payload)
        return folded.value, folded.rewrites, folded.drops

    return run


def validating(rounds: int, calls: int) -> list[Row]:
    """The value alone against before-validators that tell nothing: canonical JSON out, then a model out. Raises
    ValueError if what comes out differs."""
    rows: tuple[list[Row], list[Row]] = ([], [])
    for name, payload in REQUESTS.items():
        ours, theirs = both(payload), FoldingRequest.model_validate(payload)
        if ours.model_dump(exclude_unset=True) != theirs.model_dump(exclude_unset=True):
            raise ValueError(f"{name}: {ours} is not {theirs}")
        if normalize_image_edit_request(payload).value != said(payload):
            raise ValueError(f"{name}: {said(payload)} is not what normalizing gives")
        measured = {
            "fold": normalize_image_edit_request,
            "said": said,
            "both": both,
            "theirs": FoldingRequest.model_validate,
        }
        runs = {key: calling(run, payload, calls) for key, run in measured.items()}
        seconds = medians(rounds, runs)
        against = "before-validators that tell nothing"
        rows[0].append(
            Row(f"normalize, the value alone: {name}", seconds["fold"], against, seconds["said"])
        )
        rows[1].append(
            Row(f"normalize and validate: {name}", seconds["both"], against, seconds["theirs"])
        )
    return [*rows[0], *rows[1]]


def said(payload: Any) -> Any:
    return dumped(FoldingRequest.model_validate(payload))


def both(payload: Any) -> ImageEditRequest:
    return normalize_image_edit_request(payload).validate(ImageEditRequest)


def calling(fold: Fold, payload: Any, calls: int) -> Callable[[], float]:
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

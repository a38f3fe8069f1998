"""The story that `make demo` tells: the package is in step with its document, real requests are folded into one form,
and a change of the document is found, named and carried over.

Exits with 1 if anything is not as the story says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Collection, Iterable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

from routescope import (
    CompatError,
    ImageEditRequest,
    Normalized,
    PayloadError,
    normalize_image_edit_request,
)

ROOT = Path(__file__).parents[1]
PAYLOADS = ROOT / "tests/payloads/requests.jsonl"
DOCUMENT = Path("openapi/routescope-images.yaml")
MODELS = Path("generated/routescope/models.py")
SCHEMA = "#/components/schemas/ImageEditRequest"

# The requests that are refused, and where, as their senders wrote them. All others are folded.
REFUSED = {
    "the curl of the page, with its empty list": ("/images",),
    "a list with a hole in it": ("/image/1",),
    "an uploaded file, as another API takes it": ("/images/0/image_url",),
    "base64 without data:image/": ("/image",),
    "numbers as strings, from a form, and no prompt": ("/prompt", "/n", "/output_compression"),
    "a link to a file server": ("/image_urls/1",),
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
    "routescope/models.py": {f"{SCHEMA}/properties/n", f"{SCHEMA}/properties/seed"},
    "routescope/normalizers.py": {f"{SCHEMA}/properties/image_urls"},
}


class Surprise(Exception):
    """Something is not as the story says."""


def main() -> int:
    try:
        check_tree()
        fold_requests()
        with tempfile.TemporaryDirectory(prefix="speclens-demo-") as directory:
            change_document(Path(directory).resolve())
    except Surprise as surprise:
        print(f"\n{style('NOT AS EXPECTED', '31;1')}: {surprise}", file=sys.stderr)
        return 1
    chapter("Read on")
    say("README.md", "change the document, write x-compat for an API of your own")
    say("ARCHITECTURE.md", "how the toolkit is built, and why")
    say("openapi/", "the document that all of this is generated from")
    say("generated/", "the package itself: models.py, normalizers.py")
    return 0


# 1


def check_tree() -> None:
    chapter("1. Is the package what its document says?")
    print(indented(speclens(ROOT, ["check"], 0)))


# 2


def fold_requests() -> None:
    lines = PAYLOADS.read_text("utf-8").splitlines()
    chapter(f"2. {len(lines)} real requests, each folded into the one form that the API documents")
    print(
        "  Members that stay as they were sent are not shown; rules are below #/components/schemas."
    )
    refused = 0
    for number, line in enumerate(lines, 1):
        request = json.loads(line)
        print(f"\n{number:4}  {style(request['title'], '1')}")
        faults = tell_fold(request["payload"])
        expected = REFUSED.get(request["title"], ())
        expect(faults == expected, f"{request['title']!r} is refused at {faults}, not {expected}")
        refused += bool(faults)
    print(f"\n  {len(lines) - refused} folded, {refused} refused.")


def tell_fold(payload: dict[str, Any]) -> tuple[str, ...]:
    """Show what becomes of a request; the pointers it is refused at, if it is."""
    try:
        folded = normalize_image_edit_request(payload)
        folded.validate(ImageEditRequest)
    except (CompatError, PayloadError) as error:
        return tell_faults(payload, error.errors if isinstance(error, PayloadError) else (error,))
    if not folded.rewrites and not folded.drops:
        say("sent", f"{shown(payload, ('images',))}  is canonical already")
        return ()
    places = [place for rewrite in folded.rewrites for place in (rewrite.source, rewrite.target)]
    places += [drop.pointer for drop in folded.drops]
    say("sent", shown(payload, members(places)))
    say("canonical", shown(folded.value, members(places)), "32")
    tell_changes(folded)
    return ()


def tell_changes(folded: Normalized) -> None:
    for rewrite in folded.rewrites:
        moved = f" -> {rewrite.target}" if rewrite.target != rewrite.source else ""
        rule = rewrite.rule.removeprefix("#/components/schemas/")
        note = f"  ({rewrite.deprecated.note})" if rewrite.deprecated else ""
        say("rewritten", f"{rewrite.source}{moved}  by {rule}{note}", "36")
    for drop in folded.drops:
        say("dropped", f"{drop.pointer}  ({drop.reason})", "33")


def tell_faults(payload: dict[str, Any], faults: Sequence[CompatError]) -> tuple[str, ...]:
    say("sent", shown(payload, members(fault.pointer for fault in faults)))
    for fault in faults:
        say("refused", f"{fault.pointer}  {fault.message}", "31")
    return tuple(fault.pointer for fault in faults)


# 3


def change_document(copy: Path) -> None:
    chapter("3. A copy of the document is changed")
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

    chapter("4. speclens check names what changed, and where")
    tell_drift(json.loads(speclens(copy, ["check", "--format", "json"], 1)))

    chapter("5. speclens generate carries it over")
    models = (copy / MODELS).read_text("utf-8")
    print(indented(speclens(copy, ["generate"], 0)))
    tell_diff(models, (copy / MODELS).read_text("utf-8"), MODELS)

    chapter("6. speclens explain says where a line comes from")
    lines = (copy / MODELS).read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines, 1) if line.startswith("    seed:"))
    told = speclens(copy, ["explain", f"{MODELS}:{place}"], 0)
    expect(f"{SCHEMA}/properties/seed" in told, f"explain does not name seed: {told}")
    print(indented(told))

    chapter("7. And all is in step again")
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

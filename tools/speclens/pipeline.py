"""The whole toolkit: a configuration in, the text of every output file out."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache as memoize
from hashlib import sha256
from pathlib import Path
from typing import Any

from speclens import __version__, cache, ir, marks, models, plan, prune, render, tidy
from speclens.config import Config
from speclens.judging import Reading
from speclens.judging import judge as judge
from speclens.judging import read as read
from speclens.problems import Finding, Problem, Refused
from speclens.reading import load
from speclens.source import Source, locate, origins
from speclens.source.pointer import exists, get, join, tokens
from speclens.tree import Inputs, OutputFile, Subject, Tree


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it was tidied, and what made each of its lines."""

    text: str
    origins: tuple[marks.Origin, ...]


def source_of(config: Config) -> Source:
    """The document of a configuration. A run reads it once, since some of it may have to be fetched. Raises Refused."""
    return load(config.spec, config.overlays, config.allowed)


def build(source: Source, config: Config) -> tuple[Tree, tuple[Problem, ...]]:
    """The output tree of a document, and warnings on it. Raises Refused, with all errors."""
    with _uncollected(), _located(_directories(config)):
        return _build(source, config)


@contextmanager
def _located(directories: Sequence[Path]) -> Iterator[None]:
    """A fault of a template is refused at its file."""
    try:
        yield
    except render.TemplateFault as fault:
        places = [directory / fault.template for directory in directories]
        place = next(filter(os.path.lexists, places), fault.template)
        hint = "templates/README.md says what a template receives"
        problem = Problem(
            "template/fault", "error", "#", str(place), fault.line, 1, fault.message, hint
        )
        raise Refused([problem]) from fault


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles: of the many objects made here few are garbage, and it was a fifth of the time. What
    was made counts as old afterwards, else all of it would be searched at once."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _build(source: Source, config: Config) -> tuple[Tree, tuple[Problem, ...]]:
    inputs = _inputs(source, config)
    document, warnings, source = _read(source, config)
    made = drafts(source, document, config)
    files = [file for file in plan.files(document, config) if file.path in made]
    texts = tidy.tidy({path: draft.text for path, draft in made.items()})
    digests = _subject_digests(source.value, files)
    directories = _directories(config)
    modules = [file for file in files if file.path.endswith(".py")]
    outputs = []
    for file in files:
        # What a copied module holds depends on all that may use it.
        makers = [file, *modules] if file.is_verbatim else [file]
        sources = [path for maker in makers for path in render.sources(maker.template, directories)]
        pointers = sorted({pointer for maker in makers for pointer in maker.subjects})
        outputs.append(
            OutputFile(
                path=file.path,
                text=texts[file.path],
                template=file.template,
                template_digest=_digest(*map(render.text, sources)),
                subjects=tuple(Subject(pointer, digests[pointer]) for pointer in pointers),
            )
        )
    return Tree(tuple(outputs), inputs, config.fix), warnings


def _read(source: Source, config: Config) -> Reading:
    return read(source, config.lenient, config.formats == "types")


def drafts(source: Source, document: ir.Document, config: Config) -> dict[str, Draft]:
    """Every file as its template printed it, but for what the package does not use of copied ones, with the origin of
    each line. Raises Refused for a faulty template."""
    nonce = marks.nonce("".join(source.texts))
    directories = _directories(config)
    with _located(directories):
        document = plan.chosen(document, config)
        # Of the built-in templates only: the generator runs them outside of a sandbox.
        annotated = _annotated(document, render.BUILT_IN / "models")
        render_one = render.renderer(directories, nonce)
        package = plan.package(document, config)
        made = {}
        for file in plan.files(document, config):
            text = _print(
                file, render_one, directories, nonce, {"package": package, "document": annotated}
            )
            made[file.path] = Draft(*marks.take_out(text, nonce, file.template))
        return _pruned(
            made, {file.path for file in plan.files(document, config) if file.is_verbatim}
        )


def _annotated(document: ir.Document, templates: Path) -> ir.Document:
    """The document with annotations. The generator takes longer to load than all else takes: what it printed once for
    a type, in whatever document, is remembered."""
    texts = [path.read_text("utf-8") for path in sorted(templates.rglob("*")) if path.is_file()]
    name = cache.key(models.VERSION, _toolkit(), *texts)
    known = cache.get(name)
    annotated, found = models.annotate(document, templates, known)
    if found:
        kept = known if len(known) < _MOST_ANNOTATIONS else {}
        cache.put(name, {**kept, **found})
    return annotated


_MOST_ANNOTATIONS = 5_000


def _pruned(made: dict[str, Draft], copied: set[str]) -> dict[str, Draft]:
    """Files of which the copied ones hold only what the package uses, and are gone if that is nothing. Raises TemplateFault
    where a template printed no Python."""
    texts = {path: draft.text for path, draft in made.items() if path.endswith(".py")}
    try:
        pruned = prune.prune(texts, copied)
    except SyntaxError as error:
        draft = next(made[path] for path in texts if Path(path).stem == error.filename)
        at = draft.origins[min(error.lineno or 1, len(draft.origins)) - 1]
        message = f"this prints no Python: {error.msg}"
        raise render.TemplateFault(at.template, at.line, message) from error
    rest = {
        path: Draft(
            "\n".join(line for _, line in lines),
            tuple(made[path].origins[row] for row, _ in lines),
        )
        for path, lines in pruned.items()
    }
    return {
        path: rest.get(path, draft)
        for path, draft in made.items()
        if path not in copied or path in rest
    }


def _print(
    file: plan.File,
    render_one: Callable[[str, dict[str, Any]], str],
    directories: Sequence[Path],
    nonce: str,
    variables: dict[str, Any],
) -> str:
    if not file.is_verbatim:
        return render_one(file.template, {"file": file, **variables})
    header = render_one("partials/_header.j2", {"file": file})
    body = render.text(render.find(file.template, directories))
    return header + marks.annotate_verbatim(body, file.template, nonce)


def origin(source: Source, config: Config, path: str, text: str, line: int) -> marks.Origin:
    """What made a line (from 1) of an output file with this text. Raises KeyError if no such file is generated."""
    draft = drafts(source, _read(source, config).document, config)[path]
    return _origins(draft, path, text)(line)


def _origins(draft: Draft, path: str, text: str) -> Callable[[int], marks.Origin]:
    before: tuple[int, ...] = ()
    if path.endswith((".py", ".md")):
        like = tidy.lines_before if path.endswith(".py") else tidy.lines_like
        before = like(draft.text, text)

    def find(line: int) -> marks.Origin:
        place = before[min(line, len(before)) - 1] if before else line
        return draft.origins[min(place, len(draft.origins)) - 1]

    return find


def places(source: Source, pointer: str) -> tuple[Problem, ...]:
    """Where a pointer is in its document, and where overlays wrote members of it, as problems without anything wrong."""
    here = origins.find(source.origin, tokens(pointer))
    overlays = range(1, 1 + len(source.overlays))
    members = (
        name for name, one in here.members.items() if one.text != here.text and one.text in overlays
    )
    inner = [Finding("origin", join(pointer, name), "") for name in members]
    return locate(source, [Finding("origin", pointer, "")]) + locate(source, inner)


def template_path(config: Config, name: str) -> str:
    """The file of a template, as a path to open."""
    path = render.find(name, _directories(config))
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def pointer_at(source: Source, config: Config, tree: Tree) -> Callable[[str, int], str | None]:
    """The place of the document for a line of an output file; what that takes is done on the first call."""
    texts = {file.path: file.text for file in tree.files}

    @memoize
    def made() -> dict[str, Draft]:
        return drafts(source, _read(source, config).document, config)

    @memoize
    def origins(path: str) -> Callable[[int], marks.Origin]:
        return _origins(made()[path], path, texts[path])

    def find(path: str, line: int) -> str | None:
        return origins(path)(line).pointer if path in texts else None

    return find


# What the output depends on


def _directories(config: Config) -> tuple[Path, ...]:
    return (config.templates, render.BUILT_IN) if config.templates else (render.BUILT_IN,)


def _digest(*texts: str) -> str:
    return cache.key(*texts)[:16]


def _inputs(source: Source, config: Config) -> Inputs:
    templates = [
        render.text(path) for directory in _directories(config) for path in _files(directory)
    ]
    return Inputs(
        document=_digest(*source.texts),
        templates=_digest(*templates),
        config=_digest(*config.values),
        toolkit=f"{__version__}-{_toolkit()}",
        generator=models.VERSION,
    )


def _files(directory: Path) -> list[Path]:
    """The templates of a package; those of `speclens init` have no part in it."""
    return sorted(
        path
        for path in directory.rglob("*")
        if path.is_file()
        and path.suffix in {".j2", ".jinja2", ".py"}
        and not path.is_relative_to(directory / "init")
    )


@memoize
def _toolkit() -> str:
    """A digest of the toolkit's own code, so that a change of it is told from a change by hand."""
    root = Path(__file__).parent
    total = sha256()
    for path in sorted(root.rglob("*.py")):
        if not path.is_relative_to(root / "_templates"):
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _subject_digests(document: Any, files: Sequence[plan.File]) -> dict[str, str]:
    pointers = {pointer for file in files for pointer in file.subjects}
    parts = {pointer: get(document, pointer) for pointer in pointers if exists(document, pointer)}
    return {
        pointer: _digest(json.dumps(parts.get(pointer), sort_keys=True))[:12]
        for pointer in pointers
    }

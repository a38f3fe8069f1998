"""A project: a configuration, its document, and everything made from the document, each made once."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from speclens import __version__, cache, ir
from speclens.config import Config, warned
from speclens.config.package_names import is_package, package_of
from speclens.digests import code_of_annotations, digests_of_parts, short_digest
from speclens.judging import Reading, read_document
from speclens.openapi.api import OpenApi
from speclens.openapi.edits import without_version
from speclens.openapi.selection import selection_of
from speclens.output import choosing, forms, makers, marks, models, plan, prune, render, tidy
from speclens.problems import Problem, Refused
from speclens.reading import load, title
from speclens.reading.modern import modern
from speclens.source import Source
from speclens.tree import OutputFile, Tree, TreeInputs, recorded_settings


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it is tidied, with the origin of each line, and the names of the templates that it needed."""

    text: str
    origins: tuple[marks.LineOrigin, ...]
    templates: frozenset[str]


@dataclass(frozen=True)
class Project:
    """The input of every command. Each step is made at its first use, from the steps before it. It raises Refused, with
    all problems, if one of them is an error."""

    config: Config
    source: Source
    """The document, read once in a run, since speclens may have to fetch parts of it."""

    @cached_property
    def reading(self) -> Reading:
        """The IR of the parts of the document that the configuration asks for, with warnings."""
        config, selection = self.config, selection_of(self.config)
        found = read_document(self.source, config.lenient, config.style, selection, config.rename)
        if selection.include or selection.exclude:
            operations = OpenApi(modern(found.source.value)).operations
            unmatched = (
                (key, f"{pattern!r} matches no operation", "was it renamed in the document?")
                for key, pattern in selection.unmatched(operations)
            )
            found = found._replace(warnings=found.warnings + warned(config, unmatched))
        if not config.has_server:
            told = (one for one in found.warnings if one.rule != "operation/not-served")
            found = found._replace(warnings=tuple(told))
        return found

    @cached_property
    def document(self) -> ir.Api:
        """The parts of the document that the package has."""
        return choosing.chosen(self.reading.document, self.config)

    @cached_property
    def drafts(self) -> dict[str, Draft]:
        """Every file before it is tidied."""
        return drafts(self.reading.source, self.reading.document, self.config)

    @cached_property
    def tree(self) -> Tree:
        """All files of the output, with their inputs."""
        with _uncollected(), _located(template_directories(self.config)):
            return _tree(self)


def opened(config: Config) -> Project:
    """The project of a configuration, with a name for the package: the configured one, that of the package in the output,
    or one from the title of the document. Raises Refused for a document that cannot be read."""
    source = load(config.spec, config.overlays, config.allowed)
    package = config.package or _package_in(config) or package_of(title(source))
    return Project(replace(config, package=package), source)


def _package_in(config: Config) -> str:
    """The name of the package that speclens wrote to the output before, so that a new title renames no package."""
    is_known = config.output or config.distribution or config.layout == "package"
    name = recorded_settings(config.root, config.lock).get("package", "") if is_known else ""
    return name if is_package(name) else ""


@contextmanager
def _located(directories: Sequence[Path]) -> Iterator[None]:
    """Turns a fault of a template into a `Refused` that names its file."""
    try:
        yield
    except render.TemplateFault as fault:
        places = [directory / fault.template for directory in directories]
        place = next(filter(os.path.lexists, places), fault.template)
        hint = "docs/templates.md says what a template receives"
        problem = Problem(
            "template/fault", "error", "#", str(place), fault.line, 1, fault.message, hint
        )
        raise Refused([problem]) from fault


@contextmanager
def _uncollected() -> Iterator[None]:
    """Runs without the garbage collector: few of the many objects made here are garbage, and the search for cycles took a
    fifth of the time. Afterwards the new objects count as old, else the collector would search all of them at once."""
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


def _tree(project: Project) -> Tree:
    config, source = project.config, project.reading.source
    made = project.drafts
    files = [file for file in plan.files(project.document, config) if file.path in made]
    with _printed(made):
        texts = tidy.tidy({path: draft.text for path, draft in made.items()})
    directories = template_directories(config)
    templates = {
        file.path: render.sources(made[file.path].templates, directories) for file in files
    }
    # The content of a copied module depends on every module that may use it.
    modules = [file for file in files if file.path.endswith(".py")]
    of_modules = frozenset(name for file in modules for name in templates[file.path])
    subjects = frozenset(pointer for file in modules for pointer in file.subjects)
    outputs = tuple(
        OutputFile(
            path=file.path,
            text=texts[file.path],
            template=file.template,
            templates=of_modules if file.is_verbatim else frozenset(templates[file.path]),
            subjects=subjects if file.is_verbatim else frozenset(file.subjects),
            makers=_makers(made[file.path], file, texts[file.path]),
        )
        for file in files
    )
    # The version of the document counts only if it is that of the package.
    counted = source.value if config.version == "document" else without_version(source.value)
    inputs = TreeInputs(
        config=config.shown,
        document=digests_of_parts(
            counted, {pointer for file in files for pointer in file.subjects}
        ),
        templates={
            name: short_digest(render.text(render.find_template(name, directories)))
            for name in {template for _, template, _, _ in plan.TABLE}.union(*templates.values())
        },
        toolkit={"speclens": __version__, "datamodel-code-generator": models.GENERATOR_VERSION},
    )
    return Tree(outputs, inputs, config.fix, config.lock)


def _makers(draft: Draft, file: plan.File, text: str) -> tuple[str, ...]:
    return makers.makers(draft.text, draft.origins, frozenset(file.subjects), text)


def drafts(source: Source, document: ir.Api, config: Config) -> dict[str, Draft]:
    """Every file as its template printed it, with the origin of each line. Copied files lack the code that the package
    does not use. Raises Refused for a faulty template."""
    nonce = marks.nonce("".join(source.texts))
    directories = template_directories(config)
    with _located(directories):
        package = plan.package(document, config)
        document = choosing.chosen(document, config)
        # Only built-in templates: the generator runs them outside of a sandbox.
        annotated = _annotated(document, render.BUILT_IN / "models")
        render_one = render.renderer(directories, nonce)
        made = {}
        for file in plan.files(document, config):
            if file.is_verbatim:
                made[file.path] = _copied(file, render_one, directories, nonce)
            else:
                variables = {"file": file, "package": package, "document": annotated}
                text, templates = render_one(file.template, variables)
                made[file.path] = Draft(*marks.take_out(text, nonce, file.template), templates)
        copied = {file.path for file in plan.files(document, config) if file.is_verbatim}
        with _printed(made):
            return _pruned(made, copied, choosing.left_out(document, config))


@contextmanager
def _printed(made: Mapping[str, Draft]) -> Iterator[None]:
    """Turn an error about the form of a file into a fault of the template that printed the file. Raises TemplateFault."""
    try:
        yield
    except forms.FAULTS:
        for path, draft in made.items():
            forms.check_printed(path, draft.text, draft.origins)
        raise


def _annotated(document: ir.Api, templates: Path) -> ir.Api:
    """The document with annotations. Loading the generator takes longer than everything else, so a cache keeps the text
    that it printed for each type of any document."""
    texts = [path.read_text("utf-8") for path in sorted(templates.rglob("*")) if path.is_file()]
    name = cache.key(models.GENERATOR_VERSION, code_of_annotations(), *texts)
    known = cache.stored(name)
    annotated, found = models.annotate(document, templates, known)
    if found:
        kept = known if len(known) < _MOST_ANNOTATIONS else {}
        cache.store(name, {**kept, **found})
    return annotated


_MOST_ANNOTATIONS = 5_000


def _pruned(
    made: dict[str, Draft], copied: set[str], without: Collection[prune.ClassMember]
) -> dict[str, Draft]:
    """The files, with only the code that the package uses in copied ones, and without copied ones that it does not use.
    Raises TemplateFault if a template printed invalid Python."""
    texts = {path: draft.text for path, draft in made.items() if path.endswith(".py")}
    pruned = prune.prune(texts, copied, without)
    rest = {
        path: Draft(
            "\n".join(line for _, line in lines),
            tuple(made[path].origins[row] for row, _ in lines),
            made[path].templates,
        )
        for path, lines in pruned.items()
    }
    return {
        path: rest.get(path, draft)
        for path, draft in made.items()
        if path not in copied or path in rest
    }


def _copied(
    file: plan.File,
    render_one: Callable[[str, dict[str, Any]], render.Rendered],
    directories: Sequence[Path],
    nonce: str,
) -> Draft:
    """A template that is copied, below the header of every file."""
    header = render_one("partials/_header.j2", {"file": file})
    text, origins = marks.take_out(header.text, nonce, file.template)
    body = render.text(render.find_template(file.template, directories))
    return Draft(
        text + body,
        (*origins[:-1], *marks.origins_of_copy(body, file.template)),
        header.templates | {file.template},
    )


def template_directories(config: Config) -> tuple[Path, ...]:
    """The directories of templates, in the order of lookup."""
    return (config.templates, render.BUILT_IN) if config.templates else (render.BUILT_IN,)

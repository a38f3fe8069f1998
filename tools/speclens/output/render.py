"""Templates -> text. The only importer of jinja2.

Templates are code of a project, as its tests are, and `generate` runs them. They run in Jinja's sandbox, so that a template
copied from elsewhere reaches only its variables, and no file outside the directories of templates.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path, PureWindowsPath
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from speclens.output import marks

BUILT_IN = next(
    path
    for path in (Path(__file__).parents[1] / "_templates", Path(__file__).parents[3] / "templates")
    if path.is_dir()
)  # in the wheel; in the repository


class TemplateFault(Exception):
    """A template has a fault: its name, the line (from 1) and a message."""

    def __init__(self, template: str, line: int, message: str) -> None:
        super().__init__(message)
        self.template, self.line, self.message = template, line, message


def find_template(name: str, directories: Sequence[Path]) -> Path:
    """The file of a template, from the first directory that has it. Raises TemplateFault if none has it, or if the file is
    outside its directory."""
    if _leads_out(name):
        raise TemplateFault(name, 1, f"{name} is outside the directories of templates")
    for directory in directories:
        if _is_file(path := directory / name):
            # Installers may replace the files of a distribution by links to another directory.
            if directory == BUILT_IN or path.resolve().is_relative_to(directory.resolve()):
                return path
            raise TemplateFault(name, 1, f"{name} is outside {directory}")
    raise TemplateFault(name, 1, f"no template {name}")


def _leads_out(name: str) -> bool:
    """Whether a name leads out of a directory on any system: `..`, or the root of a drive."""
    path = PureWindowsPath(name)
    return bool(path.anchor) or ".." in path.parts


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def text(path: Path) -> str:
    """The text of a template's file. Raises TemplateFault."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise TemplateFault(str(path), 1, f"cannot be read: {reason}") from None


def sources(name: str, directories: Sequence[Path]) -> dict[str, Path]:
    """The templates that one is made of, with their files: itself and those it includes."""
    found: dict[str, Path] = {}
    names = [name, "partials/_header.j2"]
    while names:
        if (one := names.pop()) not in found:
            found[one] = path = find_template(one, directories)
            if path.suffix == ".j2":
                names += _included(text(path))
    return found


_TEMPLATE_TAG = r"{%[-+]?\s*(?:include|extends|import|from)\b"
_PLAIN_TAG = re.compile(_TEMPLATE_TAG + r"\s+[\"']([^\"']+)[\"']\s*[-+]?%}")


@cache
def _included(text: str) -> tuple[str, ...]:
    """The templates that a template names. The result is cached, since several files of a package ask for most templates.
    Parsing takes as long as rendering, so only unusual tags are parsed."""
    plain = _PLAIN_TAG.findall(text)
    if len(plain) == len(re.findall(_TEMPLATE_TAG, text)):
        return tuple(plain)
    parsed = Environment().parse(text)
    return tuple(other for other in meta.find_referenced_templates(parsed) if other)


class _Loader(BaseLoader):
    """Loads templates from the directories, with a mark at the end of each line."""

    def __init__(self, directories: Sequence[Path], nonce: str) -> None:
        self.directories, self.nonce = directories, nonce

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        try:
            path = find_template(template, self.directories)
        except TemplateFault as fault:
            raise TemplateNotFound(template, fault.message) from None
        return (
            marks.mark_lines(text(path), template, self.nonce),
            str(path),
            lambda: True,
        )


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with direct access to the fields of the IR, which are frozen data."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field or a property of the IR, or any other attribute that the sandbox allows."""
        kind = type(obj)
        known = getattr(kind, "__dataclass_fields__", {})
        if attribute in known or (known and isinstance(getattr(kind, attribute, None), property)):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


def renderer(directories: Sequence[Path], nonce: str) -> Callable[[str, Mapping[str, Any]], str]:
    """A function (template name, its variables) -> text with marks. Raises TemplateFault.

    It looks names up in the directories in order, so that a user's templates come before the built-in ones.
    """
    environment = _Sandbox(
        loader=_Loader(directories, nonce),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["mark"] = partial(marks.mark, nonce=nonce)

    def render(name: str, variables: Mapping[str, Any]) -> str:
        try:
            return environment.get_template(name).render(variables)
        except TemplateSyntaxError as error:
            raise TemplateFault(error.name or name, error.lineno, str(error)) from error
        except (
            Exception
        ) as error:  # an expression may raise anything: by a division, by a recursion
            message = str(error) or type(error).__name__
            raise TemplateFault(*_place(error, name, directories), message) from error

    return render


def _place(error: Exception, name: str, directories: Sequence[Path]) -> tuple[str, int]:
    """The template and the line at which an error occurred."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        for directory in directories:
            path = Path(frame.filename)
            if path.suffix == ".j2" and path.is_relative_to(directory):
                return path.relative_to(directory).as_posix(), frame.lineno or 1
    return name, 1

"""Templates -> text. The only importer of jinja2.

Templates are code of a project, as its tests are, and `generate` runs them. They run in Jinja's sandbox, so that a template
copied from elsewhere reaches only its variables, and no file outside the directories of templates.
"""

from __future__ import annotations

import errno
import re
import stat
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

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


class NoTemplate(TemplateFault):
    """No directory of templates can have, or has, a template of a name."""


def find_template(name: str, directories: Sequence[Path]) -> Path:
    """The file of a template, from the first directory that has it. Raises NoTemplate if none has it, and TemplateFault if
    the file is outside its directory, or cannot be read as a file."""
    if _leads_out(name):
        raise NoTemplate(name, 1, f"{name} is outside the directories of templates")
    for directory in directories:
        if path := _own(directory, name):
            # Installers may replace the files of a distribution by links to another directory.
            if directory == BUILT_IN or path.resolve().is_relative_to(directory.resolve()):
                return path
            raise TemplateFault(str(path), 1, f"{name} is outside {directory}")
    raise NoTemplate(name, 1, f"no template {name}")


def _leads_out(name: str) -> bool:
    """Whether a name leads out of a directory on any system: `..`, or the root of a drive."""
    path = PureWindowsPath(name)
    return bool(path.anchor) or ".." in path.parts


_IMPOSSIBLE = frozenset((errno.ENAMETOOLONG, errno.EINVAL))
"""Errors for a path at which no file can be."""


def _own(directory: Path, name: str) -> Path | None:
    """The file that a directory has under a name; None if it has nothing there. Raises TemplateFault for anything else: the
    next directory would hide a mistake of the user, and reading a FIFO would not end."""
    path = directory
    names = Path(name).parts
    for number, part in enumerate(names, 1):
        path /= part
        try:
            mode = path.stat().st_mode
        except ValueError:  # a name with a null character
            return None
        except OSError as error:
            is_absent = error.errno == errno.ENOENT and not path.is_symlink()
            if is_absent or error.errno in _IMPOSSIBLE:
                return None
            raise TemplateFault(str(path), 1, f"cannot be read: {error.strerror}") from None
        if number < len(names) and not stat.S_ISDIR(mode):
            raise TemplateFault(str(path), 1, f"{path} is not a directory")
        if number == len(names) and not stat.S_ISREG(mode):
            raise TemplateFault(str(path), 1, f"{path} is not a regular file")
    return path if names else None


def text(path: Path) -> str:
    """The text of a template's file. Raises TemplateFault."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise TemplateFault(str(path), 1, f"cannot be read: {reason}") from None


def sources(names: Iterable[str], directories: Sequence[Path]) -> dict[str, Path]:
    """Some templates and those that they name in tags, with their files. A name without a template is no fault here: Jinja
    may ignore it, or not reach it."""
    found: dict[str, Path] = {}
    left = [*names]
    while left:
        if (one := left.pop()) not in found:
            try:
                found[one] = find_template(one, directories)
                left += _included(text(found[one]))
            except NoTemplate:
                continue
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
    try:
        parsed = Environment().parse(text)
    except TemplateSyntaxError:  # nothing was printed with it, else this was told
        return ()
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
        except NoTemplate as fault:
            raise TemplateNotFound(template, fault.message) from None
        return (
            marks.mark_lines(text(path), template, self.nonce),
            str(path),
            lambda: True,
        )


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with direct access to the fields of the IR, which are frozen data. `named` has, for each template,
    the names of the templates that it asked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.named: defaultdict[str, set[str]] = defaultdict(set)

    def join_path(self, template: str, parent: str) -> str:
        """The name of a template that another one asks for. A tag may compute this name, so no text has it."""
        if isinstance(template, str):
            self.named[parent].add(template)
        return template

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field or a property of the IR, or any other attribute that the sandbox allows."""
        kind = type(obj)
        known = getattr(kind, "__dataclass_fields__", {})
        if attribute in known or (known and isinstance(getattr(kind, attribute, None), property)):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class Rendered(NamedTuple):
    """What a template printed, with marks, and the names of the templates that it needed: itself, those that it asked for,
    and so on."""

    text: str
    templates: frozenset[str]


def renderer(
    directories: Sequence[Path], nonce: str
) -> Callable[[str, Mapping[str, Any]], Rendered]:
    """A function (template name, its variables) -> what the template prints. Raises TemplateFault.

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

    def render(name: str, variables: Mapping[str, Any]) -> Rendered:
        find_template(name, directories)
        try:
            text = environment.get_template(name).render(variables)
            return Rendered(text, _needed(name, environment.named))
        except TemplateFault:  # it names a file that cannot be read
            raise
        except TemplateSyntaxError as error:
            raise TemplateFault(error.name or name, error.lineno, str(error)) from error
        except (
            Exception
        ) as error:  # an expression may raise anything: by a division, by a recursion
            message = str(error) or type(error).__name__
            raise TemplateFault(*_place(error, name, directories), message) from error

    return render


def _needed(name: str, named: Mapping[str, set[str]]) -> frozenset[str]:
    found, left = {name}, [name]
    while left:
        more = named.get(left.pop(), set()) - found
        found |= more
        left += more
    return frozenset(found)


def _place(error: Exception, name: str, directories: Sequence[Path]) -> tuple[str, int]:
    """The template and the line at which an error occurred."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        for directory in directories:
            path = Path(frame.filename)
            if path.suffix != ".py" and path.is_relative_to(directory):
                return path.relative_to(directory).as_posix(), frame.lineno or 1
    return name, 1

"""Decides which paths speclens may write, and finds what already stands there."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from speclens.problems import Problem, Refused
from speclens.tree.values import JOURNAL, LOCK, MARKER, Tree, is_lock

SKIPPED = frozenset({".git", ".venv", "__pycache__", "node_modules"})
_MAX_BYTES, _MAX_PART = 1024, 255  # of a path on macOS, of a name everywhere
_MAX_FILE = 1 << 27
_HEAD_LINES = 5
_HEAD_BYTES = 4096
_UNMARKED = f"its first {_HEAD_LINES} lines do not say {MARKER!r}, by which a later run knows it"
_MARK = 'begin its template with `{% include "partials/_header.j2" %}`, or say it in a comment'
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:~\ud800-\udfff]")


def fault(root: Path, path: str, rule: str, message: str, hint: str = "") -> Problem:
    """A problem with one file of the output tree."""
    return Problem(rule, "error", "#", f"{root.as_posix()}/{path}", 1, 1, message, hint)


@contextmanager
def no_traceback(root: Path) -> Iterator[None]:
    """Turns an error of the operating system (permissions, a full disk) into a `Refused`."""
    try:
        yield
    except OSError as error:
        file = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(root)
        message = f"the output cannot be read or written: {error.strerror or error}"
        problem = Problem("output/io", "error", "#", file, 1, 1, message)
        raise Refused([problem]) from error


def prefixes(path: str) -> Iterator[str]:
    """`a/b/c` -> `a`, `a/b`, `a/b/c`."""
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def unsafe(path: str) -> str | None:
    """Why a path is not safe on every file system, or None.

    Windows drops trailing dots and spaces; the rule against them also covers `.` and `..`. On Windows a `:` names a
    drive or a stream, and a `~` makes a short name (`GIT~1` is `.git`). HFS+ ignores format characters.
    """
    if _FORBIDDEN.search(path) or any(unicodedata.category(char) == "Cf" for char in path):
        return "it holds a backslash, a colon, a tilde, a control or format character, or a lone surrogate"
    parts = path.split("/")
    if len(path.encode()) > _MAX_BYTES or any(len(part.encode()) > _MAX_PART for part in parts):
        return "it is too long"
    for part in parts:
        if not part:
            return "it is absolute or has an empty part"
        if part.rstrip(". ") != part:
            return "a part of it ends in a dot or a space"
        if part.casefold() in SKIPPED:
            return f"it lies in {part}"
    first = path.partition("/")[0].casefold()
    if first == JOURNAL or is_lock(first):
        return "speclens itself uses this name"
    return None


def check_paths(root: Path, tree: Tree) -> None:
    """Raises Refused for a tree that some file system cannot hold, whatever is on the disk now."""
    if not tree.files:
        hint = "check that the document has something to generate from"
        raise Refused([fault(root, "", "output/empty", "nothing would be generated", hint)])
    paths = [file.path for file in tree.files]
    reasons = [(path, unsafe(path)) for path in paths]
    problems = [
        fault(root, path, "output/path", f"{path!r} cannot be an output path: {reason}")
        for path, reason in reasons
        if reason
    ]
    problems += [
        fault(root, path, "output/duplicate-path", message) for path, message in _clashes(paths)
    ]
    problems += [
        fault(root, file.path, "output/marker", _UNMARKED, _MARK)
        for file in tree.files
        if not bears_marker(file.text.encode("utf-8", "surrogatepass"))
    ]
    problems += [
        fault(root, file.path, "output/text", "the text is not valid Unicode: a lone surrogate")
        for file in tree.files
        if re.search("[\ud800-\udfff]", file.text)
    ]
    if problems:
        raise Refused(problems)


def _clashes(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Paths that are the same file on some file system (macOS and Windows ignore case; macOS normalizes Unicode)."""
    spelled: dict[str, str] = {}
    for path, times in sorted(Counter(paths).items()):
        if times > 1:
            yield path, f"{path} would be written {times} times"
        for prefix in prefixes(path):
            folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", prefix).casefold())
            first = spelled.setdefault(folded, prefix)
            if first != prefix:
                yield (
                    path,
                    f"{prefix} and {first} are the same name where a file system ignores case",
                )
                break
            if prefix != path and prefix in paths:
                yield path, f"{prefix} would be a file and a directory"


def obstacles(root: Path, paths: Iterable[str]) -> Iterator[Problem]:
    """The problems that keep speclens from reading and writing `paths` as regular files below `root`.

    The root itself may be a symlink, since the user named it. Nothing below it may be one.
    """
    files = set(paths)
    for prefix in sorted({prefix for path in files for prefix in prefixes(path)}):
        mode = _mode(root, prefix)
        if mode is None:
            continue
        if stat.S_ISLNK(mode):
            hint = "replace the symlink by its target, or choose another --output"
            message = f"{prefix} is a symlink; speclens does not read or write through one"
            yield fault(root, prefix, "output/symlink", message, hint)
        elif prefix in files and not stat.S_ISREG(mode):
            yield foreign(root, prefix, f"{prefix} must be a file, but something else is there")
        elif prefix not in files and not stat.S_ISDIR(mode):
            yield foreign(root, prefix, f"{prefix} must be a directory, but a file is there")


def is_own(path: str, data: bytes) -> bool:
    """Whether a file says that speclens made it, so that speclens may replace and delete it. The lock does not count,
    since it may have come with a repository."""
    return is_lock(path) or bears_marker(data)


def foreign(root: Path, path: str, message: str) -> Problem:
    """A problem: something that speclens did not make is in the place of an output file."""
    return fault(root, path, "output/foreign-file", message, "move it or choose another --output")


def _mode(root: Path, path: str) -> int | None:
    try:
        return os.lstat(root / path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def read(root: Path, path: str) -> bytes | None:
    """The content of the regular file at `path`; None if there is none, or only one behind a symlink. Raises OSError for
    a file that is larger than any that speclens writes: it may have come with a repository."""
    return content(root, path) if any(regular_files(root, [path])) else None


def content(root: Path, path: str) -> bytes:
    """The content of a regular file. Raises OSError for one that is larger than any that speclens writes."""
    file = root / path
    if file.stat().st_size > _MAX_FILE:
        raise OSError(errno.EFBIG, f"larger than {_MAX_FILE:,} bytes", os.fspath(file))
    return file.read_bytes()


def marked_content(root: Path, path: str) -> bytes | None:
    """The content of a regular file if it bears the marker, else None. Reads only the beginning of a file without the
    marker, which may have any size."""
    with (root / path).open("rb") as file:
        is_marked = bears_marker(file.read(_HEAD_BYTES))
    return content(root, path) if is_marked else None


def regular_files(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Those of some paths at which there is a regular file, without a symlink on the way to it. Each directory is judged
    once: a lock may name many paths that lead deep into the same directories."""
    are_plain: dict[str, bool] = {}
    for path in paths:
        *directories, whole = prefixes(path)
        for directory in directories:
            if directory not in are_plain:
                mode = _mode(root, directory)
                are_plain[directory] = mode is not None and stat.S_ISDIR(mode)
            if not are_plain[directory]:
                break
        else:
            mode = _mode(root, whole)
            if mode is not None and stat.S_ISREG(mode):
                yield path


def bears_marker(data: bytes) -> bool:
    """Whether one of the first lines says that speclens made this file."""
    return any(MARKER.encode() in line for line in data[:_HEAD_BYTES].split(b"\n")[:_HEAD_LINES])


def walk_files(root: Path, directories: Iterable[str]) -> Iterator[str]:
    """The regular files in `directories` ("" is the root) and below.

    Of the root itself it lists only the files: the root may be a whole repository, of which only `directories` hold
    output. It skips symlinks, and directories with a lock of their own, which are other output trees.
    """
    waiting = [one for one in directories if _is_own_directory(root, one)]
    visited: set[str] = set()
    while waiting:
        directory = waiting.pop()
        if directory in visited:
            continue
        visited.add(directory)
        with os.scandir(root / directory) as entries:
            for entry in entries:
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.is_file(follow_symlinks=False):
                    yield path
                elif directory and entry.is_dir(follow_symlinks=False) and _is_ours(root, path):
                    waiting.append(path)


def _is_own_directory(root: Path, directory: str) -> bool:
    if not directory:
        return root.is_dir()
    modes = (_mode(root, prefix) for prefix in prefixes(directory))
    is_plain = all(mode is not None and stat.S_ISDIR(mode) for mode in modes)
    return is_plain and SKIPPED.isdisjoint(directory.split("/")) and _is_ours(root, directory)


def _is_ours(root: Path, directory: str) -> bool:
    """Whether a directory inside a directory of ours is no other output tree, and none that is skipped."""
    is_skipped = directory.rpartition("/")[2] in SKIPPED
    return not is_skipped and _mode(root, f"{directory}/{LOCK}") is None

"""Ends a run of the command line, whatever happens to it: with an exit code, and with one line if it could not finish.

The line names the error of the machine (a full disk, no memory, a closed standard output). Commands report their findings
themselves. No run prints a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import NoReturn

UNUSABLE = 2
"""The exit code of a run that could not finish."""
_FRAMES = 3
_RESERVE = 2 << 20
"""Bytes to print the last line of a run that has no memory left: twice the size of the pools that Python allocates."""


class _Stopped(BaseException):
    """A signal asked the run to stop. As an exception, it closes open files on the way out; a signal alone does not."""


def run() -> int:
    """Run the command line and return its exit code: 0 fine, 1 findings, 2 usage, unreadable input or a run that could
    not finish. If SIGINT or SIGTERM stops the run, it ends by that signal, as shells expect."""
    asked: list[int] = []

    def stop(number: int, _: FrameType | None) -> NoReturn:
        asked.append(number)
        raise _Stopped

    def unraisable(told: sys.UnraisableHookArgs) -> None:
        """Handles an exception that nobody can catch, because a finalizer raised it."""
        if asked:
            _die(asked[0])

    sys.unraisablehook = unraisable
    code = UNUSABLE
    try:
        _on_signals(stop)
        reserve = [bytearray(_RESERVE)]
        code = max(_ended(_run, reserve), _ended(_flush, reserve))
        _on_signals(signal.SIG_DFL)
    except _Stopped:
        pass
    return _die(asked[0]) if asked else code


def _on_signals(act: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, act)


def _die(number: int) -> int:
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    return 128 + number


def _run() -> int:
    _open_standard_streams()
    try:
        os.getcwd()
    except OSError as error:
        return _failed(f"the current directory cannot be used: {error.strerror}")
    from speclens.cli import main as command

    command(prog_name="speclens")
    return 0


def _ended(act: Callable[[], int], reserve: list[bytearray]) -> int:
    """The exit code of `act`, however it ends. If no memory is left, this frees the reserve."""
    try:
        return act()
    except MemoryError:
        reserve.clear()
    except BaseException as error:
        if _is_stopped(error):
            raise _Stopped from None
        return _exit_code(error)
    return _failed("there is not enough memory")


def _is_stopped(error: BaseException | None) -> bool:
    """Whether a signal caused an error: some code of Python turns exceptions into errors of its own."""
    while error is not None and not isinstance(error, _Stopped):
        error = error.__cause__ or error.__context__
    return error is not None


def _exit_code(error: BaseException) -> int:
    match error:
        case BrokenPipeError():
            return _discarded()
        case SystemExit(code=code):
            return code if isinstance(code, int) else 0
        case OSError():
            return _failed(_reason(error))
        case ImportError():
            return _failed(f"a library cannot be loaded: {error}")
        case _:
            return _failed(_fault(error))


def _flush() -> int:
    sys.stdout.flush()
    return 0


def _discarded() -> int:
    """Ends the run silently, since nobody reads standard output any more (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return UNUSABLE


def _failed(message: str) -> int:
    line = " ".join(f"error: {message}".split())
    shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    try:
        # This does not use `sys.stderr`, since that may have failed.
        os.write(2, f"{shown}\n".encode(sys.stderr.encoding, "backslashreplace"))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python must not try the failed write again
    except OSError:
        pass
    return UNUSABLE


def _reason(error: OSError) -> str:
    if error.errno == errno.EBADF:
        return "standard input or output is closed"
    named = f"{error.filename}: " if error.filename else ""
    return f"{named}{error.strerror or error}"


def _fault(error: BaseException) -> str:
    """The message for a fault of the toolkit itself: everything that a bug report needs, except the document."""
    told = traceback.format_exception_only(error)[-1]
    return f"speclens is at fault, please report it with the document: {told} (at {_code_lines(error.__traceback__)})"


def _code_lines(trace: TracebackType | None) -> str:
    """The innermost lines of a traceback, the last first."""
    frames = traceback.extract_tb(trace)[: -_FRAMES - 1 : -1]
    return ", ".join(f"{os.path.basename(one.filename)}:{one.lineno}" for one in frames)


def _open_standard_streams() -> None:
    """Replace each closed standard stream by a file that refuses reads or writes; else the next open file would get its
    number. Make standard output and error escape characters that their encoding lacks."""
    for number, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # gets the lowest free number
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

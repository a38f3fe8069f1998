"""Shows on a terminal what a run does, once that takes more than a second."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import click

_KEY = "speclens.status"
_PATIENCE = 1.0
"""Seconds without a status: most runs are over by then."""
_PAUSE = 0.1


@dataclass(slots=True)
class _Status:
    """The line that is shown: what the run does, and since when."""

    message: str
    began: float = field(default_factory=time.monotonic)
    ended: Event = field(default_factory=Event)
    width: int = 0

    def show(self) -> None:
        """Show the line until the end, then remove it."""
        pause = _PATIENCE
        with suppress(OSError):  # the terminal is gone: nobody sees a status
            while not self.ended.wait(pause):
                self._print(f"{self.message} … {time.monotonic() - self.began:.0f} s")
                pause = _PAUSE
            if self.width:
                self._print("")
                self._print("")

    def _print(self, text: str) -> None:
        """Print a text over the line before, without control sequences that some terminals do not know."""
        text = text[: os.get_terminal_size(sys.stderr.fileno()).columns - 1]
        sys.stderr.write(f"\r{text:<{self.width}}")
        sys.stderr.flush()
        self.width = len(text)


def start_status(message: str) -> None:
    """Name what the run does now. Without a terminal on standard error this does nothing."""
    context = click.get_current_context(silent=True)
    if context is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return
    if _KEY in context.meta:
        context.meta[_KEY][0].message = message
        return
    status = _Status(message)
    thread = Thread(target=status.show, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the machine gives no thread: then nobody sees a status
        return
    context.meta[_KEY] = status, thread
    context.call_on_close(end_status)


def end_status() -> None:
    """Remove the status, before something else is printed."""
    context = click.get_current_context(silent=True)
    if context is not None and (running := context.meta.pop(_KEY, None)):
        status, thread = running
        status.ended.set()
        thread.join()

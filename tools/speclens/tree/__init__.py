"""The output tree: compares it with the output that speclens generates now, and writes it, all or nothing.

This is the only code that touches the output. `speclens.lock` records what each file was made from. The lock only
names causes: `drift` always compares content with `Tree.files`.
"""

from speclens.tree.compare import drift
from speclens.tree.journal import recover
from speclens.tree.lock import Lock, LockError, lock_text, read_lock
from speclens.tree.report import problems, render_text, to_json
from speclens.tree.state import recorded_settings
from speclens.tree.values import (
    Cause,
    Drift,
    FileDrift,
    OutputFile,
    Tree,
    TreeInputs,
    digest,
)
from speclens.tree.writing import to_write, write

__all__ = [
    "Cause",
    "Drift",
    "FileDrift",
    "Lock",
    "LockError",
    "OutputFile",
    "Tree",
    "TreeInputs",
    "digest",
    "drift",
    "lock_text",
    "problems",
    "read_lock",
    "recorded_settings",
    "recover",
    "render_text",
    "to_json",
    "to_write",
    "write",
]

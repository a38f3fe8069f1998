"""The output tree: comparing it with what generating gives now, and writing it, all or nothing.

The only code that touches the output. `speclens.lock` records what each file was made from, and
only names causes: content is always compared with `Tree.files`.
"""

from speclens.tree.compare import drift
from speclens.tree.journal import recover
from speclens.tree.lock import Lock, LockError, lock_text, read_lock
from speclens.tree.report import problems, render_text, to_json
from speclens.tree.values import (
    Cause,
    Drift,
    FileDrift,
    OutputFile,
    Tree,
    TreeInputs,
    digest,
)
from speclens.tree.writing import write

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
    "recover",
    "render_text",
    "to_json",
    "write",
]

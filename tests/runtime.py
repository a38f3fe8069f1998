"""The runtime of generated packages as the templates hold it, whole: `from runtime._compat import join_equal`."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

# A copy, so that no bytecode comes to lie among the templates.
_COPY = TemporaryDirectory(prefix="speclens-runtime-")
for _path in Path(__file__).parents[1].glob("templates/package/*.py"):
    shutil.copy(_path, _COPY.name)
__path__ = [_COPY.name]

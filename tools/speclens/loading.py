"""Imports a generated package under a unique name, so that an installed package of the same name does not run instead."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType


def import_modules(package: Path, name: str, modules: Iterable[str]) -> tuple[ModuleType, ...]:
    """Imports the package in a directory as `name`, in place of an earlier one, and returns some of its modules."""
    for old in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[old]
    found = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if found is None or found.loader is None:
        raise RuntimeError(f"{package} cannot be imported")
    sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(sys.modules[name])
    return tuple(importlib.import_module(f"{name}.{module}") for module in modules)


def load_texts(
    texts: Mapping[str, str], name: str, modules: Iterable[str]
) -> tuple[ModuleType, ...]:
    """Does the same with a package that is not on the disk. `texts` holds the text of each module, by file name."""
    with tempfile.TemporaryDirectory(prefix="speclens-") as directory:
        for file, text in texts.items():
            Path(directory, file).write_text(text, "utf-8")
        return import_modules(Path(directory), name, modules)

"""Runs cases of generated packages and prints what went wrong; whatever the packages do to the system is a fault.

A case is: project, package, module, name, argument, expected result; "*" expects no more than that nothing breaks. Of
the module `client` all operations are tried without arguments.

Its one argument is the directory with the packages and `cases.json`.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

DIRECTORY = sys.argv[1]
# What importing looks through: sys.path has more than the prefixes where something is installed to be edited.
READABLE = (DIRECTORY, sys.prefix, sys.base_prefix, *filter(None, sys.path))
WATCHED = ("open", "socket.", "subprocess.", "os.", "shutil.", "ctypes.", "urllib.", "pty.")
FAULTS: list[Any] = []


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith(WATCHED):
        return
    is_own = event in {"open", "os.listdir"} and str(arguments[0]).startswith(READABLE)
    if not is_own or (event == "open" and arguments[1] not in {"r", "rb", None}):
        FAULTS.append([event, repr(arguments)[:200]])


def drafted(module: Any) -> None:
    """Makes the request of each operation of a client without arguments, which may be refused."""
    for one in vars(module).values():
        if hasattr(one, "draft") and not isinstance(one, type):
            try:
                one.draft({})
            except ValueError:
                pass
            except TypeError as error:
                if "has to be given" not in str(error):
                    raise


def outcome(module: Any, name: str, argument: Any) -> Any:
    if module.__name__.endswith(".client"):
        return drafted(module)
    if module.__name__.endswith(".normalizers"):
        try:
            return getattr(module, name)(argument).value
        except importlib.import_module("._compat", module.__package__).CompatError:
            return None
    adapter = TypeAdapter(getattr(module, name))
    try:
        return adapter.dump_python(
            adapter.validate_python(argument), by_alias=True, exclude_unset=True
        )
    except ValidationError:
        return None


def main() -> None:
    cases = json.loads(Path(DIRECTORY, "cases.json").read_text())
    sys.dont_write_bytecode = True
    sys.addaudithook(hook)
    for project, package, module, name, argument, expected in cases:
        root = f"{DIRECTORY}/{project}"
        if root not in sys.path:
            sys.path.append(root)
        try:
            found = outcome(importlib.import_module(f"{package}.{module}"), name, argument)
        except Exception as error:
            found = repr(error)[:500]
        else:
            found = expected if expected == "*" else found
        if found != expected:
            FAULTS.append([package, module, name, argument, expected, found])
    sys.stdout.write(json.dumps(FAULTS))


main()

"""The metadata of a distribution: its version and authors."""

from __future__ import annotations

import re

from speclens import ir
from speclens.config import COMMAND_LINE, VERSION, Config, settings_problems
from speclens.literals import toml_string
from speclens.problems import Refused, quoted

# How semantic versions write what PEP 440 writes in one word.
_STAGES = {"alpha": "a", "beta": "b", "rc": "rc"}
_STAGE = re.compile(r"-(alpha|beta|rc)\.?([0-9]*)$")
_AUTHOR = re.compile(r"(?P<name>[^<>]*?)\s*(<(?P<email>[^<>\s]+@[^<>\s]+)>)?")


def version_of(document: ir.Api, config: Config) -> str:
    """The version of the distribution: the configured one, or that of the document as PEP 440 writes it. Raises Refused if
    Python has no such version."""
    if config.version != "document":
        return config.version
    found = document.version.strip().removeprefix("v")
    found = _STAGE.sub(lambda stage: f"{_STAGES[stage[1]]}{stage[2] or 0}", found)
    if VERSION.fullmatch(found):
        return found
    message = f"the version of the document, {quoted(document.version)}, is no version of Python"
    problem = (
        config.file or COMMAND_LINE,
        "version",
        message,
        "write one, such as `0.1.0` (PEP 440)",
    )
    raise Refused(settings_problems([problem]))


def authors_source(config: Config) -> str:
    """The authors as a TOML array of tables; "" if none are given."""
    tables = []
    for one in config.authors:
        if found := _AUTHOR.fullmatch(one):
            members = ((key, found[key]) for key in ("name", "email"))
            written = ", ".join(f"{key} = {toml_string(text)}" for key, text in members if text)
            tables.append(f"{{ {written} }}")
    return f"[{', '.join(tables)}]" if tables else ""

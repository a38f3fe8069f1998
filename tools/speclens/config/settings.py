"""The table of all settings.

The table gives the keys of `[tool.speclens]`, the options of the commands, the errors of both, the JSON Schema for
editors, the table that `speclens init` writes, and the table in docs/configuration.md. A new setting is a row here, and a
field of `config.Config`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["document", "path", "paths", "text", "texts", "switch", "choice", "choices"]
"""The values of a setting: the document, one path or several, one text or several, true or false, one of some texts or
several."""
Group = Literal["document", "meaning", "package"]
"""The subject of a setting: how speclens reads the document, how it interprets the document, or which package it writes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of `[tool.speclens]`, which is an option of each command that uses its group.

    `flag` is the name of the option if it is not the key with hyphens, and `short` and `also` are other spellings. `values`
    are the values of a choice, or of several. `example` is a value, as TOML, for a setting without a default.
    """

    key: str
    kind: Kind
    group: Group
    help: str
    default: str | bool | tuple[str, ...] | None = None
    is_required: bool = False
    flag: str = ""
    short: str = ""
    also: str = ""
    metavar: str = ""
    values: tuple[str, ...] = ()
    example: str = ""

    @property
    def option(self) -> str:
        """The option of the command line for this setting."""
        return f"--{self.flag or self.key.replace('_', '-')}"

    @property
    def options(self) -> tuple[str, ...]:
        """The spellings of the option."""
        return tuple(filter(None, (self.short, self.also, self.option)))

    @property
    def is_list(self) -> bool:
        """Whether the option may be repeated."""
        return self.kind in ("paths", "texts", "choices")


SETTINGS = (
    Setting(
        "spec",
        "document",
        "document",
        "The OpenAPI document: a file, an address (http:// or https://), or - for standard input.",
        is_required=True,
        metavar="DOCUMENT",
    ),
    Setting(
        "overlays",
        "paths",
        "document",
        "OpenAPI overlays to apply to the document, in this order.",
        flag="overlay",
        example='["openapi/overlay.yaml"]',
    ),
    Setting(
        "allow_remote",
        "texts",
        "document",
        "Hosts that references of the document may name. By default, speclens contacts no host.",
        metavar="HOST[:PORT]",
        example='["schemas.example.com"]',
    ),
    Setting(
        "allow_path",
        "paths",
        "document",
        "Directories that the document may refer to, in addition to its own.",
        example='["../shared"]',
    ),
    Setting(
        "lenient",
        "switch",
        "meaning",
        "Leave out operations that speclens cannot understand, and list them, instead of refusing the document.",
        False,
    ),
    Setting(
        "include",
        "texts",
        "meaning",
        "The operations to generate: tag:NAME, path:GLOB, operationId:GLOB or method:NAME. By default, all of them.",
        metavar="KIND:PATTERN",
        example='["tag:pets", "path:/stores/**"]',
    ),
    Setting(
        "exclude",
        "texts",
        "meaning",
        "The operations to leave out, in the same words.",
        metavar="KIND:PATTERN",
        example='["method:delete", "operationId:admin*"]',
    ),
    Setting(
        "internal",
        "switch",
        "meaning",
        "Also generate operations and schemas that have `x-internal: true`.",
        True,
    ),
    Setting(
        "string_types",
        "choice",
        "meaning",
        "Whether strings with a format (date-time, uuid, byte ...) become Python types or stay str.",
        "types",
        values=("types", "annotation"),
    ),
    Setting(
        "enums",
        "choice",
        "meaning",
        "Whether enumerations of strings or of integers become Literal types or classes of enum (StrEnum, IntEnum).",
        "literal",
        values=("literal", "enum"),
    ),
    Setting(
        "rename",
        "texts",
        "meaning",
        "Other names for parts of the document: operations, tags, schemas, properties, arguments and values.",
        metavar="KIND NAME=NEW",
        example='["operation listPets = pets.all", "schema PetDto = Pet"]',
    ),
    Setting(
        "package",
        "text",
        "package",
        "The name of the package to generate. By default, the title of the document gives it.",
        short="-n",
        also="--name",
        example='"petstore"',
    ),
    Setting(
        "output",
        "path",
        "package",
        "The directory to write to. By default, a directory with the name of the distribution.",
        short="-o",
        example='"generated"',
    ),
    Setting(
        "targets",
        "choices",
        "package",
        "What the package holds: models (always), a client (sync-client or async-client: one of its two forms), a server.",
        ("models", "client", "server"),
        flag="target",
        values=("models", "client", "sync-client", "async-client", "server"),
    ),
    Setting(
        "templates",
        "path",
        "package",
        "A directory of templates. A template replaces the built-in template with the same path.",
        example='"templates"',
    ),
    Setting(
        "version",
        "text",
        "package",
        "The version of the generated distribution; document is that of the document (info.version).",
        "0.1.0",
        flag="package-version",
    ),
    Setting(
        "distribution",
        "text",
        "package",
        "The name of the distribution. By default, the name of the package with hyphens.",
        example='"petstore-client"',
    ),
    Setting(
        "authors",
        "texts",
        "package",
        "The authors of the distribution.",
        flag="author",
        metavar="NAME <EMAIL>",
        example='["Ada <ada@example.com>"]',
    ),
    Setting(
        "license",
        "text",
        "package",
        "The licence of the distribution, as an SPDX expression.",
        example='"MIT"',
    ),
    Setting(
        "layout",
        "choice",
        "package",
        "Whether to write a distribution, or a package alone into a source tree, with its lock beside the configuration.",
        "distribution",
        values=("distribution", "package"),
    ),
    Setting(
        "client",
        "text",
        "package",
        "The name of the client class. By default, the name of the package gives it.",
        example='"PetStore"',
    ),
    Setting(
        "denormalize",
        "switch",
        "package",
        "Also generate the functions that express canonical values in older fields (denormalize_...).",
        True,
    ),
)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}

RENAMED_KEYS: Mapping[str, str] = {"formats": "string_types", "one_way": "denormalize"}
"""Keys of earlier versions, and what they are now."""
RENAMED_OPTIONS: Mapping[str, str] = {
    "--formats": "--string-types",
    "--one-way": "--no-denormalize",
}
"""Options of earlier versions, and what they are now."""


def is_address(name: str) -> bool:
    """Whether the name of a document is an http or https address."""
    return re.match("https?://", name, re.IGNORECASE) is not None


def document(text: str, here: Path | None = None) -> Path | str:
    """The document that a text names: an address as text, a file as a path, below `here` if given. On the command line,
    where `here` is None, `-` is standard input, and stays a text."""
    if is_address(text) or (here is None and text == "-"):
        return text
    return Path(text) if here is None else here / text


def file_name(document: Path | str) -> str:
    """The last part of the name of a document, for people: no directory and no host."""
    if isinstance(document, Path):
        return document.name
    if document == "-":
        return "standard input"
    path = re.split("[?#]", document.partition("://")[2])[0]
    return path.rstrip("/").rpartition("/")[2] or "openapi"


def settings_of(*groups: Group) -> tuple[Setting, ...]:
    """The settings of some groups."""
    return tuple(setting for setting in SETTINGS if setting.group in groups)


def toml_value(value: str | bool | tuple[str, ...]) -> str:
    """A value as TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'

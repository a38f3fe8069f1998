"""The values of a configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from speclens.config import settings
from speclens.config.style import Style


@dataclass(frozen=True, slots=True)
class Allowed:
    """The documents to which a document may refer, in addition to files in its own directory and below: documents on
    `hosts` (`HOST` at the default port, or `HOST:PORT`), fetched by http or https, and files in `paths` and below."""

    hosts: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """A value for each row of `settings.SETTINGS`; `fix`, the command that generates the package; `see`, the command that
    reports all problems of the document; `file`, which holds the settings that the command line does not give; and `table`,
    the place in it of the table of one of several packages.

    `package` is "", and `output` is None, if the document gives them by its title: see `project.opened`.
    """

    spec: Path | str
    package: str = ""
    output: Path | None = None
    fix: str = ""
    see: str = ""
    file: Path | None = None
    templates: Path | None = None
    version: str = "0.1.0"
    client: str = ""
    denormalize: bool = True
    overlays: tuple[Path, ...] = ()
    allow_remote: tuple[str, ...] = ()
    allow_path: tuple[Path, ...] = ()
    lenient: bool = False
    string_types: str = "types"
    enums: str = "literal"
    rename: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    internal: bool = True
    targets: tuple[str, ...] = ("models", "client", "server")
    distribution: str = ""
    authors: tuple[str, ...] = ()
    license: str = ""
    layout: str = "distribution"
    table: str = ""

    @property
    def has_sync(self) -> bool:
        """Whether a client is wanted that makes calls one after the other."""
        return not {"client", "sync-client"}.isdisjoint(self.targets)

    @property
    def has_async(self) -> bool:
        """Whether a client for asyncio and trio is wanted."""
        return not {"client", "async-client"}.isdisjoint(self.targets)

    @property
    def has_server(self) -> bool:
        """Whether a server is wanted."""
        return "server" in self.targets

    @property
    def allowed(self) -> Allowed:
        """The other documents to which the document may refer."""
        return Allowed(self.allow_remote, self.allow_path)

    @property
    def style(self) -> Style:
        """How schemas become types."""
        return Style(self.string_types == "types", self.enums == "enum")

    @property
    def distribution_name(self) -> str:
        """The name of the distribution: the configured one, or that of the package with hyphens (PyPA: names normalized)."""
        return self.distribution or self.package.replace("_", "-")

    @property
    def directory(self) -> Path:
        """The directory that holds the package. By default, a distribution is beside the settings in a directory with its
        name: what is in it is all of that distribution, and `pip install ./NAME` installs it. A package alone is beside
        the settings by default."""
        if self.output is not None:
            return self.output
        return self._home if self.layout == "package" else self._home / self.distribution_name

    @property
    def root(self) -> Path:
        """The root of the output: the directory of the lock, to which the paths of all files are relative."""
        return self._home if self.layout == "package" else self.directory

    @property
    def lock(self) -> str:
        """The name of the lock. The locks of several packages in a source tree are beside each other."""
        is_shared = self.table and self.layout == "package"
        return f"speclens.{self.package}.lock" if is_shared else "speclens.lock"

    @property
    def place(self) -> str:
        """The path of the package in the root of the output."""
        if self.layout == "distribution":
            return self.package
        return (Path(os.path.relpath(self.directory, self.root)) / self.package).as_posix()

    @property
    def see_all(self) -> str:
        """The command that reports all warnings: `validate` stops at what a lenient run leaves out."""
        return f"{self.fix} --verbose" if self.lenient else self.see

    @property
    def shown(self) -> dict[str, str]:
        """The settings that show in the output, by key, without those that have their default."""
        said = {
            "spec": settings.file_name(self.spec),
            "package": self.package,
            "version": self.version,
            "client": self.client,
            "denormalize": "" if self.denormalize else "false",
            "lenient": "true" if self.lenient else "",
            "include": " ".join(self.include),
            "exclude": " ".join(self.exclude),
            "internal": "" if self.internal else "false",
            "string_types": self.string_types if self.string_types != "types" else "",
            "enums": self.enums if self.enums != "literal" else "",
            "rename": "; ".join(self.rename),
            "distribution": self.distribution,
            "authors": ", ".join(self.authors),
            "license": self.license,
            "layout": self.layout if self.layout != "distribution" else "",
            "overlays": " ".join(path.name for path in self.overlays),
            "targets": " ".join(self._targets_shown),
        }
        return {key: value for key, value in said.items() if value}

    @property
    def _home(self) -> Path:
        """The directory of the settings."""
        return self.file.parent if self.file else Path()

    @property
    def _targets_shown(self) -> tuple[str, ...]:
        """The targets in one order and spelling, whatever the configuration writes; none if they are the default."""
        wanted = (("sync-client", self.has_sync), ("async-client", self.has_async))
        parts = (*wanted, ("server", self.has_server))
        return () if all(is_on for _, is_on in parts) else ("models", *(k for k, on in parts if on))

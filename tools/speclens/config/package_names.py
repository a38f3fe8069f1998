"""The names that a package can have, and the name that a document gives it by default."""

from __future__ import annotations

import keyword
import re
import sys

from speclens.names.words import transliterated

# An underscore at the end would become a hyphen at the end of the distribution's name, which installers refuse.
_PACKAGE_NAME = re.compile("[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?")

# Names of other modules, which Python would import in place of the generated package, or the package in place of them: the
# modules of Python, those that the package imports, and those that these import in turn (the last row if installed).
IMPORTED = sys.stdlib_module_names | {
    "annotated_types", "anyio", "certifi", "h11", "httpcore", "httpx", "idna", "pydantic", "pydantic_core", "starlette",
    "test", "typing_extensions", "typing_inspection",
    "brotli", "brotlicffi", "click", "h2", "pygments", "rich", "sniffio", "socksio", "trio", "zstandard",
}  # fmt: skip

# Titles that frameworks give by default and their own modules, and folders that many projects have.
_TAKEN = frozenset(
    {
        "api", "app", "backend", "django", "docs", "fastapi", "flask", "litestar", "main", "openapi", "server", "service", "src",
        "swagger", "tests",
    }
)  # fmt: skip
# Words of a title that say what the document is, not what it describes.
_SAYS_NOTHING = re.compile(
    r"v?[0-9]+(\.[0-9]+)*|openapi|oas[23]?|rest|restful|specs?|specification|definition|documentation|the|version"
)
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*")
_LONGEST = 40


def is_package(name: str) -> bool:
    """Whether a package can have this name: whether it can be installed, be imported, and import its libraries."""
    is_name = bool(_PACKAGE_NAME.fullmatch(name)) and not keyword.iskeyword(name)
    return is_name and name not in IMPORTED


def similar_package(name: str) -> str:
    """A valid name of a package that is similar to `name`."""
    words = "_".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789_")
    return next((one for one in (words, f"{words}_api") if is_package(one)), "petstore")


def package_of(title: str) -> str:
    """The name of the package for a document with this title: `GitHub v3 REST API` gives `github_api`.

    Its words are lower case (PEP 8). Words that say only what the document is, and versions, are left out. A name that
    another module is likely to have gets `_client` at its end.
    """
    plain = transliterated(title.replace("'", "").replace("\u2019", ""))
    found = _WORD.findall(plain.lower())
    words: list[str] = []
    for word in (one.replace(".", "_") for one in found if not _SAYS_NOTHING.fullmatch(one)):
        if words and len("_".join((*words, word))) > _LONGEST:
            break
        words.append(word)
    name = "_".join(words)[:_LONGEST].rstrip("_")
    name = f"n{name}" if name[:1].isdigit() else name
    return name if is_package(name) and name not in _TAKEN else f"{name or 'api'}_client"

"""How `make docs` builds the site. Its source directory is the root of the repository, so that every page has the links
that it has on GitHub."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from speclens import __version__

project = "speclens"
release = __version__
copyright = "the authors of speclens. MIT licence"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinxcontrib.mermaid"]
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/decisions/*.md",
    "generated/README.md",
    "templates/README.md",
]
exclude_patterns = ["build", ".*"]
root_doc = "docs/index"

html_theme = "furo"
html_title = "speclens"
html_copy_source = False

# Anchors are those of GitHub, for headings of these levels.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]

# Docstrings are written as Markdown: single backquotes are code.
default_role = "code"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {
    "exclude-members": "model_config",
    "members": True,
    "show-inheritance": True,
}


def setup(app: Sphinx) -> None:
    """The address of the site leads to its first page, which is `docs/index.html`."""
    app.connect("build-finished", lambda app, _: write_index(Path(app.outdir)))


def write_index(directory: Path) -> None:
    """Write the page that sends a reader of the root on to the first page."""
    lines = '<!doctype html>\n<meta http-equiv="refresh" content="0; url=docs/index.html">\n'
    (directory / "index.html").write_text(lines, "utf-8")

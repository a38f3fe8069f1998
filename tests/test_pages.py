"""Every relative link of the README, of the pages and of what they lead to leads somewhere, and the API page leaves out
no public name.

The rules for anchors are those of GitHub. `make docs` checks links and docstrings again; `make test` does not need Sphinx.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import routescope

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), ROOT / "templates/README.md"]
LINK = re.compile(r"(?<!!)\[(?:[^][]|\[[^][]*\])*\]\(([^()\s]+)\)")
CODE = re.compile(r"^(```+).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def without_code(text: str) -> str:
    return CODE.sub(lambda found: "code" if found[0][:3] != "```" else "", text)


@cache
def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    text = re.sub(r"^(```+).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    found: list[str] = []
    for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        shown = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", title)
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        earlier = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one) is not None for one in found)
        found.append(f"{slug}-{earlier}" if earlier else slug)
    return set(found)


def dead(page: Path, text: str) -> list[str]:
    """The links of a page with this text that lead nowhere."""
    found = []
    for link in LINK.findall(without_code(text)):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path).resolve()
        is_there = not path or (target.exists() and target.is_relative_to(ROOT))
        linked = target.read_text("utf-8") if path and anchor and is_there else text
        if not is_there or (anchor and anchor not in anchors(linked)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert dead(page, page.read_text("utf-8")) == []


def test_a_dead_link_is_seen() -> None:
    text = "# A `b`: c\n[a](client.md#retries) [b](#a-b-c) [c](nowhere.md)\n"
    text += "```\n[d](x.md)\n```\n[`e`](client.md#nowhere) `[f](y.md)` [g](../README.md)\n"
    assert dead(DOCS / "a.md", text) == ["nowhere.md", "client.md#nowhere"]


def test_the_first_page_lists_all_pages() -> None:
    listed = set(re.findall(r"^([\w-]+)$", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE))
    assert listed == {page.stem for page in DOCS.glob("*.md")} - {"index"}


def test_the_index_of_decisions_lists_all() -> None:
    text = (DOCS / "decisions/index.md").read_text("utf-8")
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", text)
    assert listed == sorted(page.name for page in DOCS.glob("decisions/0*.md"))


def test_the_readme_leads_to_all_pages() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 150
    linked = set(re.findall(r"\(docs/([\w-]+)\.md", text))
    assert linked == {page.stem for page in DOCS.glob("*.md")} - {"index"}


def test_the_api_page_has_all_public_names() -> None:
    text = (DOCS / "api.md").read_text("utf-8")
    described = set(re.findall(r"^\.\. [\w:]+:: routescope\.(\w+)$", text, re.MULTILINE))
    assert described - {"server", "_files"} == set(routescope.__all__)


def test_the_site_is_built_by_pinned_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert all("==" in one for one in project["dependency-groups"]["docs"])

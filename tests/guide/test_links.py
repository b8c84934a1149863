"""Every link of the README and the guide leads somewhere, and no page stands alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.guide.test_examples import list_pages
from tests.house.sources import CHECKOUT


def headings(text: str) -> set[str]:
    """List the anchors of a page's headings, in the way that forges make them."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in found}


def local_links(text: str) -> list[str]:
    """List the links of a page that stay inside the checkout."""
    outside_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", outside_code) if "://" not in link]


def broken_links(page: Path, text: str) -> list[str]:
    """List the links of a page that lead nowhere."""
    broken = []
    for link in local_links(text):
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (heading and heading not in headings(target.read_text(encoding="utf-8"))):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", list_pages(), ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [CHECKOUT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page not in reached:
            reached.add(page)
            links = local_links(page.read_text(encoding="utf-8")) if page.suffix == ".md" else []
            waiting += [page.parent / link.partition("#")[0] for link in links if not link.startswith("#")]
    assert {page.resolve() for page in list_pages()} - reached == set()


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    text = "# One word\n\n[b](b.md) [c](#one-word) [d](#two) [e](https://example.com) ```[f](f.md)```\n"
    page.write_text(text, encoding="utf-8")
    assert broken_links(page, text) == ["b.md", "#two"]

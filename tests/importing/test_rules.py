"""Which rules a file of instructions holds, and how each reads alone."""

from __future__ import annotations

import pytest

from mnemo.importing import restructured
from mnemo.importing.rules import list_rules


def contents(text: str, *, strict: bool = False) -> list[str]:
    """List the statements of a text."""
    return [rule.content for rule in list_rules(text, strict=strict)]


def test_each_item_is_a_rule_under_its_heading() -> None:
    text = "# Guide\n\n## Testing\n\n- run `pytest -q` first\n- never skip a test\n"
    assert contents(text) == ["Testing: run `pytest -q` first", "never skip a test"]


def test_a_heading_that_forbids_is_never_left_out() -> None:
    text = "# Guide\n\n## Do Not\n\n- Use `require()` for imports\n\n## Do\n\n- Use `import` for modules\n"
    assert contents(text)[0] == "Do Not: Use `require()` for imports"


def test_a_sentence_that_forbids_stands_before_each_item() -> None:
    lead = "Never commit any of these to the repository, whatever the reason:"
    text = f"{lead}\n\n- Build the wheel with `make`\n- Call `pip` in hooks\n"
    assert all(one.startswith("Never commit any of these") for one in contents(text))


def test_a_long_sentence_that_forbids_keeps_its_list() -> None:
    lead = "Avoid " + "all of the following " * 12 + "things:"
    (only,) = contents(f"{lead}\n\n- Use `a` in new code of this module\n- Use `b`\n")
    assert only.startswith("Avoid all")
    assert "- Use `b`" in only


def test_nested_details_belong_to_their_item() -> None:
    (only,) = contents("- Always pin versions in CI:\n  - `ruff` in `ci.yml`\n  - use hashes\n")
    assert only == "Always pin versions in CI:\n- `ruff` in `ci.yml`\n- use hashes"


def test_items_below_a_mere_label_are_rules_of_their_own() -> None:
    text = "- Layout\n  - Line length must be 120 characters\n  - Tool is `uv run ruff format`, always\n"
    assert contents(text) == [
        "Layout: Line length must be 120 characters",
        "Layout: Tool is `uv run ruff format`, always",
    ]


def test_short_code_belongs_to_what_stands_before_it() -> None:
    (only,) = list_rules("Run the tests with:\n\n```bash\nmake test\n```\n")
    assert (only.first, only.last, only.text) == (1, 5, "Run the tests with:\n```bash\nmake test\n```")


def test_commands_are_told_apart_by_their_comments() -> None:
    text = "## Commands\n\n```bash\n# run all tests\nmake test\n\n# check types\nmake types\n```\n"
    first, second = list_rules(text)
    assert first.content == "Commands: run all tests\n```\nmake test\n```"
    assert (second.first, second.last) == (7, 8)


def test_steps_are_one_rule() -> None:
    (only,) = contents("## Shipping\n\n1. Run `make release`\n2. Push the tag\n")
    assert only == "Shipping: 1. Run `make release`\n2. Push the tag"


def test_a_row_is_a_rule() -> None:
    text = "## Layout\n\n| Path | Purpose | Owner |\n|---|---|---|\n| `src/` | the library | core |\n"
    assert contents(text) == ["Layout: `src/`: the library; Owner: core"]


def test_marks_are_taken_off_and_code_is_kept() -> None:
    (only,) = contents("- **Always** use `**kwargs` as in [the guide](a.md), *never* `__init__`\n")
    assert only == "Always use `**kwargs` as in the guide, never `__init__`"


@pytest.mark.parametrize(
    "text",
    [
        "[![Build](https://ci.example.com/a.svg)](https://ci.example.com)\n",
        "## Table of Contents\n\n- [Testing](#testing)\n- [Style rules](#style)\n",
        "## License\n\nBy contributing you agree that you must license it under MIT.\n",
        "## Code of Conduct\n\n- You must be kind to everyone\n",
        "This file provides guidance to agents that work with the code in this repository.\n",
        "- See [the architecture](docs/architecture.md)\n",
        "- Architecture: `docs/architecture.md`\n",
        "- tests/AGENTS.md\n",
        "You are an expert in TypeScript and must write good code.\n",
        "```\nsrc/\n├── a.py\n└── b.py\n```\n",
        "- https://example.com/guide\n",
    ],
)
def test_what_is_no_rule_is_left_out(text: str) -> None:
    assert contents(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your interest, we love pull requests!\n",
        "1. Fork the repository\n2. Create a branch\n3. Open a pull request\n",
        "- Be patient, maintainers are volunteers and should be treated with respect\n",
        "The project was started in 2012 by two friends.\n",
    ],
)
def test_a_file_for_people_has_to_demand_something_technical(text: str) -> None:
    assert contents(text, strict=True) == []


def test_a_demand_in_a_file_for_people_is_a_rule() -> None:
    text = "## Style\n\n- All code must be formatted with `ruff format`\n- We like coffee in the morning\n"
    assert contents(text, strict=True) == ["Style: All code must be formatted with `ruff format`"]


def test_restructured_text_is_read_like_markdown() -> None:
    text = (
        "Contributing\n============\n\nTests\n-----\n\n* Run ``tox -e py`` and see :ref:`here <x>`\n\n"
        "Install it like this::\n\n    pip install -e .\n\nAlways use `black <https://a.example>`_.\n"
    )
    found = list_rules(restructured.as_markdown(text))
    assert [rule.first for rule in found] == [7, 9, 13]
    assert found[0].content == "Tests: Run `tox -e py` and see `here`"
    assert found[2].text == "Always use black."

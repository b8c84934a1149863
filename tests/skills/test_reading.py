"""The packaged skills: there, with front matter, and true to the commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnemo.errors import Damaged, NotFound
from mnemo.interfaces import commands
from mnemo.interfaces.options import list_options
from mnemo.skills import reading

SKILLS = reading.list_skills()


def test_three_skills_are_packaged_with_name_and_description() -> None:
    assert [skill.name for skill in SKILLS] == ["mnemo-planner", "mnemo-worker", "mnemo-reviewer"]
    assert all(40 < len(skill.description) < 300 for skill in SKILLS)


@pytest.mark.parametrize("skill", SKILLS, ids=lambda skill: skill.name)
def test_every_command_and_option_that_a_skill_names_exists(skill: reading.Skill) -> None:
    table = commands.list_commands()
    named = re.findall(r"`mnemo ([^`]*)`", skill.text)
    assert len(named) > 4
    for line in named:
        found = commands.find_command(line.split(), table)
        assert found is not None, line
        flags = {flag for option in list_options(found[0].function, {}) for flag in option.flags}
        assert set(re.findall(r"(?<= )--\w[\w-]*", line.partition(" -- ")[0])) <= flags, line


def test_a_skill_is_found_by_its_short_name() -> None:
    assert reading.get_skill("Worker") == reading.get_skill("mnemo-worker")
    with pytest.raises(NotFound, match="dancer"):
        reading.get_skill("dancer")


@pytest.mark.parametrize(
    "text", ["", "# no front matter\n", "---\nname: mnemo-worker\n", "---\nname: x\n---\n"]
)
def test_a_skill_without_its_front_matter_is_damage(tmp_path: Path, text: str) -> None:
    with pytest.raises(Damaged, match="missing"):
        reading.get_skill("worker", str(tmp_path))
    (tmp_path / "worker.md").write_text(text)
    with pytest.raises(Damaged, match="front matter"):
        reading.get_skill("worker", str(tmp_path))

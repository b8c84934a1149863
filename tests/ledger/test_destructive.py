"""Which commands need a person's approval, in whatever dress they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.ledger.destructive import classify, list_rules


@pytest.mark.parametrize(
    "command",
    [
        "git reset --hard",
        "git reset HEAD~1 --hard",
        "git clean -fdx",
        "git push --force",
        "git push -f origin feature",
        "git push -uf origin feature",
        "git push --force-with-lease=feature",
        "git push origin +feature",
        "git push origin :feature",
        "git push --delete origin feature",
        "git push origin main",
        "git push origin HEAD:refs/heads/production",
        "git push origin release/2.1",
        "git push --all",
        "git merge feature",
        "gh pr merge 12 --squash",
        "git branch -D feature",
        "git branch --delete --force feature",
        "git filter-branch --all",
        "git reflog expire --expire=now --all",
        "git update-ref -d refs/heads/x",
        "git checkout -- src",
        "git checkout .",
        "git restore src/a.py",
        "git stash drop",
        "git worktree remove --force ../x",
        "rm -rf .",
        "rm -r -f build",
        "rm --recursive --force x",
    ],
)
def test_what_destroys_work_or_reaches_others_needs_approval(command: str) -> None:
    verdict = classify(command)
    assert not verdict.allowed
    assert len(verdict.reasons) == 1
    assert not classify(command.split()).allowed


@pytest.mark.parametrize(
    "command",
    [
        "cd /srv && git reset --hard",
        "git status; git clean -fd",
        "git -C ../other -c a=b --no-pager reset --hard",
        "/usr/bin/git reset --hard",
        "sudo -u ada git reset --hard",
        "env A=1 B=2 git reset --hard",
        "A=1 git reset --hard",
        "sh -c 'git reset --hard'",
        'bash -lc "cd x; git reset --hard"',
        "echo $(git reset --hard)",
        'echo "$(git reset --hard)"',
        "echo `git reset --hard`",
        """echo "don't $(git reset --hard) isn't" """,
        "echo $(echo $(git reset --hard))",
        "git ls-files | xargs rm -rf",
        "find . -name x -exec rm -rf {} +",
        "if true; then git reset --hard; fi",
        "git \\\n  reset --hard",
        "true\ngit reset --hard",
        "(git reset --hard)",
        "timeout 5 git reset --hard",
        "eval 'git reset --hard'",
    ],
)
def test_a_command_is_found_inside_others(command: str) -> None:
    assert not classify(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "git status",
        "git reset --soft HEAD~1",
        "git clean -n",
        "git push origin feature",
        "git push",
        "git merge --abort",
        "git branch -d feature",
        "git checkout feature",
        "git restore --staged a.py",
        "git stash",
        "git commit -m 'never rm -rf, never git reset --hard'",
        "git commit -m 'about `git clean` and $(git reset --hard)'",
        'git commit -m "about \\`git clean\\`"',
        "grep -rf patterns.txt src",
        "rm a.txt",
        "pytest -q",
        "echo done",
        "",
    ],
)
def test_ordinary_commands_are_allowed(command: str) -> None:
    assert classify(command) == (True, ())


def test_a_push_without_a_branch_is_judged_by_the_one_checked_out() -> None:
    assert classify("git push", "feature").allowed
    assert not classify("git push", "main").allowed
    assert not classify("git push origin HEAD", "main").allowed
    assert classify("git push origin feature", "main").allowed


def test_what_cannot_be_taken_apart_needs_approval() -> None:
    assert "cannot be read" in classify("git 'reset").reasons[0]
    assert "nested too deeply" in classify("eval " * 30 + "ls").reasons[0]
    assert not classify("x" * 100_001).allowed


def test_workers_are_told_the_same_rules() -> None:
    reason = classify("git reset --hard").reasons[0]
    assert reason in list_rules()


@given(st.text(max_size=60))
def test_no_text_breaks_the_classifier(text: str) -> None:
    verdict = classify(text)
    assert verdict.allowed is not bool(verdict.reasons)


@given(
    st.lists(st.sampled_from(["a", "-f", "&&", ";", "x y", '"'])), st.lists(st.sampled_from(["b", "|", "&&"]))
)
def test_whatever_stands_around_it_a_reset_is_found(before: list[str], after: list[str]) -> None:
    text = f"{' '.join(before)} ; git reset --hard ; {' '.join(after)}"
    assert not classify(text).allowed

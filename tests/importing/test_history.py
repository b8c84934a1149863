"""What commits teach: which of them say why, and how that reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.importing import history, messages, reasons
from mnemo.repo.commits import Commit, Touched

DAY = 86_400


def commit(message: str, *paths: str, day: int = 0, number: int = 1, author: str = "Ada <a@x>") -> Commit:
    """Make a commit as it is read from git."""
    return Commit(f"{number:040x}", 1_700_000_000 + day * DAY, author, message, paths or ("src/a.py",))


def no_patches(_: Sequence[str]) -> Iterable[tuple[str, list[Touched]]]:
    """Answer that nothing can be read line by line."""
    return []


def lessons(*commits: Commit) -> list[history.Lesson]:
    """List what commits teach, with every file still there."""
    return history.list_lessons(commits, lambda _: True, no_patches)


def test_a_lesson_is_the_subject_the_reason_and_the_commit() -> None:
    sentence = "This was needed because POSIX locks let a second handle in.\n"
    body = f"Make the lock a file of its own\n\nSome words.\n{sentence}"
    (only,) = lessons(commit(body, number=0xABC))
    assert only.content == (
        "Make the lock a file of its own\n"
        "Some words. This was needed because POSIX locks let a second handle in.\n"
        "(commit 0000000000, 2023-11-14)"
    )
    assert only.why == "POSIX locks let a second handle in"
    assert (only.domain, only.tags, only.path) == ("history", ("reason",), "src/a.py")


@pytest.mark.parametrize(
    ("sentence", "domain", "tag"),
    [
        ("The root cause was a timer that nobody had ever stopped.", "issues", "root-cause"),
        ("It turns out that the cache never expires on this platform.", "issues", "surprise"),
        ("This works around a bug in the driver that nobody answers for.", "issues", "workaround"),
        ("This regressed in the big rework of the loader, see #123.", "issues", "regression"),
        ("We cannot use threads here, because the driver keeps state.", "decisions", "dead-end"),
        ("The default is 5 since the server closes idle links after that.", "history", "reason"),
        ("Use `flock` instead of `lockf` when the file is shared by threads.", "decisions", "alternative"),
        ("Sort `names` first so that two runs give the same bytes.", "history", "purpose"),
    ],
)
def test_reasons_are_told_apart(sentence: str, domain: str, tag: str) -> None:
    found = reasons.find_reason(f"Change the loader\n\n{sentence}\n")
    assert found is not None
    assert (found.domain, found.tag, found.text) == (domain, tag, sentence)


@pytest.mark.parametrize(
    ("message", "paths", "author"),
    [
        ("Bump black to 24.1 because of a security hole in it", ("a.py",), "Ada <a@x>"),
        ("Release 2.0 because it is time to do so now", ("a.py",), "Ada <a@x>"),
        (
            "lib: Version 0.4.4 (#706)\n\nReplaced it because it was broken for everyone.",
            ("a.py",),
            "Ada <a@x>",
        ),
        ("Update code because the schema changed again for us", ("a.py",), "dependabot[bot] <b@x>"),
        ("Explain the rule because many people asked about it", ("CHANGELOG.md",), "Ada <a@x>"),
        ("Correct words because they were wrong in the menu", ("po/de.po",), "Ada <a@x>"),
        ("Explain the setting because many people asked about it", ("docs/a.md",), "Ada <a@x>"),
        ("Merge branch 'x' because it is ready for everyone now", ("a.py",), "Ada <a@x>"),
        ("Add a thing\n\nThanks to Bob because he found this old bug.", ("a.py",), "Ada <a@x>"),
        ("Add a thing\n\nUpdated the tests because they failed on the new machine.", ("a.py",), "Ada <a@x>"),
        ("Add a thing\n\nSigned-off-by: because since due to root cause <a@x>", ("a.py",), "Ada <a@x>"),
        ('Revert "Add a thing"\n\nThis reverts commit 1234567890abcdef.', ("a.py",), "Ada <a@x>"),
        ("Add a thing", ("a.py",), "Ada <a@x>"),
    ],
)
def test_what_teaches_nothing_is_left_out(message: str, paths: tuple[str, ...], author: str) -> None:
    assert lessons(commit(message, *paths, author=author)) == []


def test_a_revert_tells_why() -> None:
    why = "The driver crashed as soon as two threads shared it."
    message = f'Revert "Use threads"\n\nThis reverts commit 1234567890.\n\n{why}\n'
    (only,) = lessons(commit(message))
    assert only.tags[0] == "revert"
    assert "The driver crashed" in only.content


def test_a_fix_that_takes_back_lines_of_an_earlier_fix_is_told() -> None:
    early = commit("Fix the timeout of the loader", day=1, number=1)
    late = commit("Fix the loader on slow disks", day=5, number=2)
    touched = {
        early.hash: [Touched("src/a.py", frozenset(), frozenset(["limit = measured_limit()"]))],
        late.hash: [Touched("src/a.py", frozenset(["limit = measured_limit()"]), frozenset(["limit = 9"]))],
    }
    (only,) = history.list_lessons(
        [late, early], lambda _: True, lambda asked: [(one, touched[one]) for one in asked]
    )
    assert only.commit == late
    assert "It mends an earlier fix: Fix the timeout of the loader (0000000000, 2023-11-15)" in only.content
    assert (only.domain, only.tags) == ("issues", ("refix",))


def test_a_trailer_names_the_commit_that_is_mended() -> None:
    early = commit("Fix the timeout of the loader", day=1, number=0xABCDEF << 136)
    late = commit(f"Fix the loader on slow disks\n\nFixes: {early.hash[:12]}", "src/b.py", day=90, number=2)
    assert [one.tags[0] for one in lessons(late, early)] == ["refix"]


def test_the_same_words_count_once_and_the_oldest_stays() -> None:
    message = "Keep the old name (#{})\n\nPeople still import it because the guide said so for years."
    new, old = commit(message.format(9), day=9, number=9), commit(message.format(2), day=1, number=2)
    (only,) = lessons(new, old)
    assert only.commit == old


def test_the_strongest_are_kept_and_stay_in_order() -> None:
    weak = commit("Sort the names of all files before so that two runs are the same `x`", day=3, number=3)
    sure = commit("Fix it at last\n\nThe root cause was a timer that nobody had stopped.", day=2, number=2)
    also = commit("Fix more of it\n\nThe root cause was a clock that nobody had wound.", day=1, number=1)
    found = lessons(weak, sure, also)
    assert [one.commit for one in history.strongest(found, 2)] == [sure, also]
    assert len(history.strongest(found)) == 3


def test_the_main_file_is_code_that_the_message_names() -> None:
    one = commit("Fix the loader", "CHANGELOG.md", "tests/test_loader.py", "src/other.py", "src/loader.py")
    assert history.main_file(one, lambda _: True, history.Counter()) == "src/loader.py"
    assert history.main_file(one, lambda path: path == "CHANGELOG.md", history.Counter()) == ""


def test_a_subject_goes_on_until_the_blank_line() -> None:
    assert messages.subject_of("one that\ngoes on\n\nbody") == "one that goes on"
    assert messages.subject_of("one:\n- item\n") == "one:"
    assert messages.subject_of("one\nSigned-off-by: A <a@x>") == "one"


@given(st.text(max_size=400))
def test_any_message_is_read(message: str) -> None:
    for one in lessons(commit(message)):
        assert one.content.endswith("(commit 0000000000, 2023-11-14)")
        assert next(history.iter_cited([one.content]))[0] == "0000000000"

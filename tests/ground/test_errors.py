"""Errors: one tree, drawn in the docstring, and a record that programs read."""

from __future__ import annotations

import inspect
import re

import pytest

from mnemo import errors
from mnemo.errors import Busy, Damaged, MnemoError, NotARepository, NotFound, TooNew

CLASSES: dict[str, type[MnemoError]] = {
    name: found
    for name, found in vars(errors).items()
    if inspect.isclass(found) and issubclass(found, MnemoError) and found.__name__ == name
}


def drawn_tree() -> dict[str, str]:
    """Read the tree in the docstring: each name and the one it stands under."""
    above: list[tuple[int, str]] = []
    tree: dict[str, str] = {}
    for row in (errors.__doc__ or "").splitlines():
        branch = re.match(r"([│├└─ ]*)([A-Z]\w+)(?= {2,}|$)", row)
        if branch:
            depth = len(branch[1])
            above = [each for each in above if each[0] < depth]
            tree[branch[2]] = above[-1][1] if above else ""
            above.append((depth, branch[2]))
    return tree


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    parents = {name: each.__bases__[0].__name__ for name, each in CLASSES.items()}
    assert drawn_tree() == parents | {"MnemoError": ""}


def test_every_class_of_the_module_is_in_the_tree_under_one_parent() -> None:
    defined = [each for each in vars(errors).values() if getattr(each, "__module__", "") == errors.__name__]
    assert {each.__name__ for each in defined if inspect.isclass(each)} == set(CLASSES)
    assert all(len(each.__bases__) == 1 for each in CLASSES.values())


def test_the_names_of_the_predecessors_lead_into_the_tree() -> None:
    names = "StorageError EmbeddingError SearchError ValidationError ConfigurationError QueryTimeoutError"
    assert all(issubclass(getattr(errors, name), MnemoError) for name in names.split())


@pytest.mark.parametrize(
    ("error", "word"),
    [(NotFound, "not_found"), (NotARepository, "not_a_repository"), (TooNew, "too_new"), (Busy, "busy")],
)
def test_an_error_goes_by_its_class_in_snake_case(error: type[MnemoError], word: str) -> None:
    assert error("nothing there").word == word


def test_an_error_tells_what_went_wrong_and_what_to_do() -> None:
    error = NotFound("no claim begins with 'abcd'", "mnemo claims lists them", word="unknown_claim")
    assert str(error) == "no claim begins with 'abcd'"
    assert error.record() == {
        "schema": "mnemo.v1",
        "ok": False,
        "error": "unknown_claim",
        "message": "no claim begins with 'abcd'",
        "fix": "mnemo claims lists them",
    }


def test_only_a_busy_and_a_damaged_store_have_exit_codes_of_their_own() -> None:
    codes = {name: each.exit_code for name, each in CLASSES.items() if each.exit_code != 1}
    assert codes == {"Busy": 4, "Damaged": 5}
    assert (Busy("held").exit_code, Damaged("torn").exit_code) == (4, 5)

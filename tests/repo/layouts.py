"""Every layout of repositories that git knows, each with where its parts should be found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from tests import repos

BESIDE = ".mnemo/mnemo.db"
INSIDE = "mnemo/mnemo.db"


class Expected(NamedTuple):
    """What a layout should give, all paths relative to the test's folder.

    Args:
        start: where the search begins.
        top: top of the working tree, None for none.
        store: the database file.
        worktree: name of the working tree.
        home: the user's folder.
    """

    start: str
    top: str | None
    store: str
    worktree: str = "main"
    home: str = "home"


def main_tree(root: Path) -> Path:
    return repos.make_repository(root / "a")


def at_the_top(root: Path) -> Expected:
    main_tree(root)
    return Expected("a", "a", f"a/{BESIDE}")


def in_a_folder(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/src", "a", f"a/{BESIDE}")


def at_a_file(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/src/app.py", "a", f"a/{BESIDE}")


def at_a_file_not_written_yet(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/new/folder/file.py", "a", f"a/{BESIDE}")


def in_the_git_directory(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/.git", "a", f"a/{BESIDE}")


def deep_in_the_git_directory(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/.git/objects/info", "a", f"a/{BESIDE}")


def unborn(root: Path) -> Expected:
    repos.make_unborn(root / "a")
    return Expected("a", "a", f"a/{BESIDE}")


def detached(root: Path) -> Expected:
    repos.make_detached(root / "a")
    return Expected("a", "a", f"a/{BESIDE}")


def shallow(root: Path) -> Expected:
    repos.make_shallow(root / "b", main_tree(root))
    return Expected("b/src", "b", f"b/{BESIDE}")


def renamed(root: Path) -> Expected:
    main_tree(root).rename(root / "renamed")
    return Expected("renamed/src", "renamed", f"renamed/{BESIDE}")


def of_the_same_name(root: Path) -> Expected:
    main_tree(root)
    repos.make_repository(root / "other" / "a")
    return Expected("other/a/src", "other/a", f"other/a/{BESIDE}")


def sparse(root: Path) -> Expected:
    top = main_tree(root)
    repos.git(top, "sparse-checkout", "set", "src")
    return Expected("a/src", "a", f"a/{BESIDE}")


def nested_in_another(root: Path) -> Expected:
    repos.make_repository(main_tree(root) / "vendor" / "b")
    return Expected("a/vendor/b/src", "a/vendor/b", f"a/vendor/b/{BESIDE}")


def beside_a_nested_one(root: Path) -> Expected:
    repos.make_repository(main_tree(root) / "vendor" / "b")
    return Expected("a/vendor", "a", f"a/{BESIDE}")


def below_an_empty_git_folder(root: Path) -> Expected:
    (main_tree(root) / "src" / ".git").mkdir()
    return Expected("a/src", "a", f"a/{BESIDE}")


def linked(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "w", "feature")
    return Expected("w", "w", f"a/{BESIDE}", "w")


def in_a_folder_of_a_linked_one(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "w", "feature")
    return Expected("w/src", "w", f"a/{BESIDE}", "w")


def linked_inside_the_main_one(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "a" / "trees" / "w", "feature")
    return Expected("a/trees/w/src", "a/trees/w", f"a/{BESIDE}", "w")


def linked_and_detached(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "w", "HEAD", "--detach")
    return Expected("w", "w", f"a/{BESIDE}", "w")


def linked_and_called_main(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "trees" / "main", "feature")
    return Expected("trees/main", "trees/main", f"a/{BESIDE}", "worktrees/main")


def linked_and_moved_by_hand(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "w", "feature").rename(root / "v")
    return Expected("v", "v", f"a/{BESIDE}", "w")


def linked_to_a_moved_one(root: Path) -> Expected:
    top = main_tree(root)
    repos.add_worktree(top, root / "w", "feature")
    top.rename(root / "b")
    repos.git(root / "b", "worktree", "repair")
    return Expected("w", "w", f"b/{BESIDE}", "w")


def in_the_git_directory_of_a_linked_one(root: Path) -> Expected:
    repos.add_worktree(main_tree(root), root / "w", "feature")
    return Expected("a/.git/worktrees/w", "w", f"a/{BESIDE}", "w")


def submodule(root: Path) -> Expected:
    repos.add_submodule(main_tree(root), repos.make_repository(root / "b"))
    return Expected("a/lib", "a/lib", f"a/.git/modules/lib/{INSIDE}")


def in_a_folder_of_a_submodule(root: Path) -> Expected:
    repos.add_submodule(main_tree(root), repos.make_repository(root / "b"))
    return Expected("a/lib/src", "a/lib", f"a/.git/modules/lib/{INSIDE}")


def in_the_git_directory_of_a_submodule(root: Path) -> Expected:
    repos.add_submodule(main_tree(root), repos.make_repository(root / "b"))
    return Expected("a/.git/modules/lib/refs", "a/lib", f"a/.git/modules/lib/{INSIDE}")


def linked_to_a_submodule(root: Path) -> Expected:
    inner = repos.add_submodule(main_tree(root), repos.make_repository(root / "b"))
    repos.add_worktree(inner, root / "w", "feature")
    return Expected("w", "w", f"a/.git/modules/lib/{INSIDE}", "w")


def submodule_with_its_own_git_folder(root: Path) -> Expected:
    repos.clone(main_tree(root) / "lib", repos.make_repository(root / "b"))
    repos.git(root / "a", "submodule", "--quiet", "add", "./lib", "lib")
    return Expected("a/lib", "a/lib", f"a/lib/{BESIDE}")


def separate(root: Path) -> Expected:
    repos.make_separate(root / "a", root / "kept" / "a.git")
    return Expected("a/src", "a", f"kept/a.git/{INSIDE}")


def in_a_separate_git_directory(root: Path) -> Expected:
    repos.make_separate(root / "a", root / "kept" / "a.git")
    return Expected("kept/a.git", None, f"kept/a.git/{INSIDE}")


def separate_and_called_git(root: Path) -> Expected:
    repos.make_separate(root / "a", root / "kept" / ".git")
    # git takes kept for the top when it starts there, so what is beside is a working tree's own.
    return Expected("a", "a", f"kept/{BESIDE}")


def bare(root: Path) -> Expected:
    repos.make_bare(root / "a.git", main_tree(root))
    return Expected("a.git", None, f"a.git/{INSIDE}")


def deep_in_a_bare_one(root: Path) -> Expected:
    repos.make_bare(root / "a.git", main_tree(root))
    return Expected("a.git/refs/heads", None, f"a.git/{INSIDE}")


def linked_to_a_bare_one(root: Path) -> Expected:
    store = repos.make_bare(root / "a.git", main_tree(root))
    repos.add_worktree(store, root / "w", "feature")
    return Expected("w/src", "w", f"a.git/{INSIDE}", "w")


def folder_of_a_hidden_bare_one(root: Path) -> Expected:
    store = repos.make_bare(root / "hub" / ".bare", main_tree(root))
    repos.write(root / "hub", {".git": "gitdir: ./.bare\n"})
    repos.add_worktree(store, root / "hub" / "main", "feature")
    return Expected("hub", None, f"hub/.bare/{INSIDE}")


def linked_to_a_hidden_bare_one(root: Path) -> Expected:
    folder_of_a_hidden_bare_one(root)
    return Expected("hub/main/src", "hub/main", f"hub/.bare/{INSIDE}", "worktrees/main")


def linked_to_a_bare_one_called_git(root: Path) -> Expected:
    (root / "hub").mkdir()
    store = repos.make_bare(root / "hub" / ".git", main_tree(root))
    repos.add_worktree(store, root / "hub" / "w", "feature")
    return Expected("hub/w", "hub/w", f"hub/.git/{INSIDE}", "w")


def linked_and_sparse_to_a_bare_one(root: Path) -> Expected:
    linked_to_a_bare_one(root)
    repos.git(root / "w", "sparse-checkout", "set", "src")
    return Expected("w", "w", f"a.git/{INSIDE}", "w")


def through_a_link(root: Path) -> Expected:
    repos.link(root / "l", main_tree(root))
    return Expected("l/src", "a", f"a/{BESIDE}")


def through_a_link_to_a_folder(root: Path) -> Expected:
    repos.link(root / "l", main_tree(root) / "src")
    return Expected("l", "a", f"a/{BESIDE}")


def through_a_link_to_a_linked_one(root: Path) -> Expected:
    repos.link(root / "l", repos.add_worktree(main_tree(root), root / "w", "feature"))
    return Expected("l", "w", f"a/{BESIDE}", "w")


def git_folder_is_a_link(root: Path) -> Expected:
    (main_tree(root) / ".git").rename(root / "kept.git")
    repos.link(root / "a" / ".git", root / "kept.git")
    return Expected("a/src", "a", f"kept.git/{INSIDE}")


def git_file_is_a_link(root: Path) -> Expected:
    repos.make_separate(root / "a", root / "kept.git")
    (root / "a" / ".git").rename(root / "pointer")
    repos.link(root / "a" / ".git", root / "pointer")
    repos.write(root, {"pointer": f"gitdir: {root}/kept.git\n"})
    return Expected("a", "a", f"kept.git/{INSIDE}")


def working_tree_elsewhere(root: Path) -> Expected:
    repos.git(main_tree(root), "config", "core.worktree", str(root / "b"))
    (root / "b").mkdir()
    return Expected("a", "b", f"a/.git/{INSIDE}")


def home_itself(root: Path) -> Expected:
    main_tree(root)
    return Expected("a/src", "a", f"a/.git/{INSIDE}", home="a")


def home_through_a_link(root: Path) -> Expected:
    repos.link(root / "l", main_tree(root))
    return Expected("a", "a", f"a/.git/{INSIDE}", home="l")


def below_home(root: Path) -> Expected:
    repos.make_repository(main_tree(root) / "b")
    return Expected("a/b", "a/b", f"a/b/{BESIDE}", home="a")


def odd_names(root: Path) -> Expected:
    name = repos.native("a b\n'c\" \\ ü 日本 😀")
    repos.make_repository(root / name)
    return Expected(f"{name}/src", name, f"{name}/{BESIDE}")


def not_unicode(root: Path) -> Expected:
    name = os.fsdecode(b"caf\xe9")
    repos.make_repository(root / name)
    return Expected(f"{name}/src", name, f"{name}/{BESIDE}")


LAYOUTS = [
    at_the_top, in_a_folder, at_a_file, at_a_file_not_written_yet, in_the_git_directory,
    deep_in_the_git_directory, unborn, detached, shallow, renamed, of_the_same_name, sparse,
    nested_in_another, beside_a_nested_one, below_an_empty_git_folder, linked,
    in_a_folder_of_a_linked_one, linked_inside_the_main_one, linked_and_detached, linked_and_called_main,
    linked_and_moved_by_hand, linked_to_a_moved_one, in_the_git_directory_of_a_linked_one, submodule,
    in_a_folder_of_a_submodule, in_the_git_directory_of_a_submodule, linked_to_a_submodule,
    submodule_with_its_own_git_folder, separate, in_a_separate_git_directory, separate_and_called_git,
    bare, deep_in_a_bare_one, linked_to_a_bare_one, folder_of_a_hidden_bare_one,
    linked_to_a_hidden_bare_one, linked_to_a_bare_one_called_git, linked_and_sparse_to_a_bare_one,
    through_a_link, through_a_link_to_a_folder, through_a_link_to_a_linked_one, git_folder_is_a_link,
    git_file_is_a_link, working_tree_elsewhere, home_itself, home_through_a_link, below_home, odd_names,
    not_unicode,
]  # fmt: skip

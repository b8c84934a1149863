"""Random deeds of somebody who works on a repository, each noted where it moves a file."""

from __future__ import annotations

import os
import random
import re
import string
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.repos import git

Deed = Callable[[], None]


class Worker:
    """Somebody who edits the files of a repository at random.

    Args:
        top: the working tree.
        dice: what decides.
        favourites: the paths that claims are pinned to.
        future: commits to check out later, the oldest first.
    """

    def __init__(self, top: Path, dice: random.Random, favourites: Sequence[str], future: list[str]) -> None:
        self.top, self.dice, self.favourites, self.future = top, dice, favourites, future
        self.start = git(top, "rev-parse", "HEAD")
        self.moved: dict[str, str] = {}
        self.deeds: list[tuple[int, Deed]] = [
            (16, self.replace_a_letter), (10, self.insert_a_line), (8, self.delete_lines),
            (8, self.move_lines), (6, self.indent_anew), (4, self.write_other_line_ends), (8, self.rename),
            (5, self.delete_a_file), (10, self.restore_a_file), (8, self.restore_everything),
            (6, self.commit), (6, self.go_on), (3, self.go_back),
        ]  # fmt: skip

    def work(self) -> str:
        """Do one thing and return what it was called."""
        weights = [weight for weight, _ in self.deeds]
        deed = self.dice.choices([deed for _, deed in self.deeds], weights)[0]
        deed()
        return deed.__name__

    def replace_a_letter(self) -> None:
        """Change one letter, so that the file keeps its size; some saves keep its time too."""
        path, lines = self._open()
        place = self._place(lines)
        spots = [match.start() for match in re.finditer(r"[A-Za-z0-9]", lines[place])]
        if spots:
            at = self.dice.choice(spots)
            line = lines[place]
            lines[place] = line[:at] + self.dice.choice(string.ascii_lowercase) + line[at + 1 :]
            status = path.stat()
            self._save(path, lines)
            if self.dice.random() < 0.3:
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def insert_a_line(self) -> None:
        """Put a line between others."""
        path, lines = self._open()
        lines.insert(self._place(lines), f"x{self.dice.randrange(10**6)} = 1")
        self._save(path, lines)

    def delete_lines(self) -> None:
        """Take up to five lines out."""
        path, lines = self._open()
        place = self._place(lines)
        del lines[place : place + self.dice.randint(1, 5)]
        self._save(path, lines)

    def move_lines(self) -> None:
        """Move up to thirty lines to another place of their file."""
        path, lines = self._open()
        place = self._place(lines)
        taken = lines[place : place + self.dice.randint(1, 30)]
        del lines[place : place + len(taken)]
        at = self.dice.randint(0, len(lines))
        self._save(path, [*lines[:at], *taken, *lines[at:]])

    def indent_anew(self) -> None:
        """Indent every line twice as deep."""
        path, lines = self._open()
        self._save(path, [line[: len(line) - len(line.lstrip(" \t"))] + line for line in lines])

    def write_other_line_ends(self) -> None:
        """Save a file as another system would."""
        path, lines = self._open()
        path.write_bytes("\r\n".join(lines).encode())

    def rename(self) -> None:
        """Rename a file, with git or without."""
        path, _ = self._open()
        old = path.relative_to(self.top).as_posix()
        new = f"{old.rpartition('.')[0]}_{self.dice.randrange(1000)}.{old.rpartition('.')[2]}"
        if not path.exists() or (self.top / new).exists():
            return
        if self.dice.random() < 0.5 and git(self.top, "ls-files", "--", old):
            git(self.top, "mv", old, new)
        else:
            path.rename(self.top / new)
        first = next((origin for origin, here in self.moved.items() if here == old), old)
        self.moved[first] = new

    def delete_a_file(self) -> None:
        """Delete a file."""
        self._open()[0].unlink(missing_ok=True)

    def restore_a_file(self) -> None:
        """Take back what was done to one file."""
        path = self.dice.choice(self.favourites)
        if git(self.top, "ls-tree", "HEAD", "--", path):
            git(self.top, "checkout", "-q", "HEAD", "--", path)

    def restore_everything(self) -> None:
        """Take back everything that was not committed."""
        git(self.top, "reset", "-q", "--hard")
        git(self.top, "clean", "-fdq")
        self.moved = {}

    def commit(self) -> None:
        """Commit everything."""
        git(self.top, "add", "-A")
        git(self.top, "commit", "-q", "--allow-empty", "-m", "work")

    def go_on(self) -> None:
        """Check out what the repository's history has next."""
        self.restore_everything()
        if self.future:
            steps = min(self.dice.randint(1, 6), len(self.future))
            target = self.future[steps - 1]
            del self.future[:steps]
            git(self.top, "checkout", "-q", "-f", "-B", "main", target)

    def go_back(self) -> None:
        """Check out what the claims were made on."""
        self.restore_everything()
        git(self.top, "checkout", "-q", "-f", "-B", "main", self.start)

    def _open(self) -> tuple[Path, list[str]]:
        for _ in range(50):
            name = self.dice.choice(self.favourites)
            path = self.top / self.moved.get(name, name)
            if path.is_file() and not path.is_symlink():
                text = path.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")
                return path, text.split("\n")
        return self.top / "nothing.txt", ["nothing", "at", "all"]

    def _save(self, path: Path, lines: list[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))

    def _place(self, lines: list[str]) -> int:
        return self.dice.randrange(len(lines))

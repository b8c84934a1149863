"""A claim is proven while the code holds it, withheld while it does not, and proven again.

Run it anywhere: it works in a repository of its own and leaves nothing behind.

    python examples/remember.py
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import mnemo

SOURCE = """def total(prices):
    return round(sum(prices), 2)
"""


def make_repository(folder: Path) -> Path:
    """Make a repository with one file and one commit."""
    (folder / "cart.py").write_text(SOURCE, encoding="utf-8")
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "-m", "A cart"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def tell(memory: mnemo.Memory) -> None:
    """Print what is told of the cart, and what is withheld."""
    answer = memory.recall("how are prices added up")
    for claim in answer["claims"]:
        print(f"{claim['verdict']}: {claim['content']}")
    for claim in answer["withheld"]:
        print(f"withheld: {claim['reason']}")


def main() -> None:
    """Claim, recall, break the code, recall, mend it, recall."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HOME"] = scratch  # backups and the list of projects are kept in the home folder
        top = Path(scratch, "shop")
        top.mkdir()
        with mnemo.open(make_repository(top)) as memory:
            memory.claim(
                "Totals are rounded to cents once, at the end, never price by price",
                domain="decisions",
                anchors=["cart.py::total"],
            )
            tell(memory)
            (top / "cart.py").write_text("", encoding="utf-8")
            tell(memory)
            (top / "cart.py").write_text(SOURCE, encoding="utf-8")
            tell(memory)


if __name__ == "__main__":
    main()

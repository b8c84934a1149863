"""What follows a deed of the ledger outside the store: the outbox, and a board where one is kept."""

from __future__ import annotations

from mnemo.ledger import boards, outbox
from mnemo.project import Project


def settled(project: Project, touched: str = "") -> list[str]:
    """Bring outbox and board into line with the store, and return a note where that failed.

    Args:
        project: whose store it is.
        touched: id of a dispatch whose packet may have changed.
    """
    if not project.db.exists():
        return []
    now = project.now()
    notes = outbox.settle(project.db, project.folder, now, touched)
    return notes + boards.mirror(project.db, boards.get_board(str(project.settings.get("board.file").value)))

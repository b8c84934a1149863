"""Memory for coding agents that is checked against your code each time it is told."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers see it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from typing import Any

    from mnemo.errors import MnemoError
    from mnemo.tools.core import claim, dispatch, log, recall, verify
    from mnemo.tools.opened import Memory, open
    from mnemo.tools.originals import Store, fetch_branch_logs, get_store, log_work
    from mnemo.tools.pruning import cleanup_deleted_branches, prune_by_size, prune_old_logs
    from mnemo.tools.toolsets import help

__version__ = "0.1.0"

__all__ = [
    "Memory",
    "MnemoError",
    "Store",
    "claim",
    "cleanup_deleted_branches",
    "dispatch",
    "fetch_branch_logs",
    "get_store",
    "help",
    "log",
    "log_work",
    "open",
    "prune_by_size",
    "prune_old_logs",
    "recall",
    "verify",
]

_HOMES = {
    "mnemo.errors": ("MnemoError",),
    "mnemo.tools.core": ("claim", "dispatch", "log", "recall", "verify"),
    "mnemo.tools.toolsets": ("help",),
    "mnemo.tools.opened": ("Memory", "open"),
    "mnemo.tools.originals": ("Store", "fetch_branch_logs", "get_store", "log_work"),
    "mnemo.tools.pruning": ("cleanup_deleted_branches", "prune_by_size", "prune_old_logs"),
}
# Modules that programs reach as mnemo.NAME without importing them first.
_MODULES = ("scorer",)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562), so that `import mnemo` costs nothing."""
    if name in _MODULES:
        return __import__(f"mnemo.{name}", fromlist=[name])
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module  # not before: each `from mnemo import …` asks here first

            found = getattr(import_module(module), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'mnemo' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names too that nobody has used yet."""
    return sorted({*globals(), *__all__})

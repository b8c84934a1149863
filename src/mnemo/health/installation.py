"""What the doctor looks at in the installation: its entry points, the plugin among them, what is optional."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import util
from typing import TYPE_CHECKING, Any

from mnemo.health.looking import Check
from mnemo.health.servers import DISTRIBUTION

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PLUGINS = "hermes_agent.plugins"
REINSTALL = "Install mnemo-repo again."
# What each brings, and the modules it needs.
OPTIONAL = (
    ("definitions in JavaScript, TypeScript, Go and Rust", ("tree_sitter", "tree_sitter_javascript")),
    ("the watcher", ("watchdog",)),
)


class Registry:
    """Counts the commands that a plugin registers, as a host would take them."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def register_command(self, name: str, handler: Callable[..., Any], **metadata: Any) -> None:
        """Take one command."""
        self.names.append(name)


def iter_checks() -> Iterator[Check]:
    """Yield what is seen of the installation."""
    points = _entry_points()
    if points is None:
        yield Check("entry points", True, "not installed as a package: run from source")
    else:
        names = ", ".join(sorted(f"{one.name} ({one.group})" for one in points))
        yield Check("entry points", bool(points), names or "none", REINSTALL)
    yield _plugin([one for one in points or [] if one.group == PLUGINS])
    missing = [told for told, modules in OPTIONAL if not all(map(util.find_spec, modules))]
    told = f"not installed, and not needed: {'; '.join(missing)}" if missing else "all installed"
    yield Check("optional tools", True, told)


def _entry_points() -> list[EntryPoint] | None:
    from importlib import metadata  # most commands do without its 16 ms

    try:
        return list(metadata.distribution(DISTRIBUTION).entry_points)
    except metadata.PackageNotFoundError:
        return None


def _plugin(points: list[EntryPoint]) -> Check:
    if not points:
        return Check("plugin", True, f"no entry point in {PLUGINS}; nothing needs one")
    registry = Registry()
    try:
        # Hosts load the module and look for its register().
        points[0].load().register(registry)
    except (ImportError, AttributeError) as error:
        return Check("plugin", False, f"{points[0].value} cannot be loaded: {error}", REINSTALL)
    told = f"{points[0].value} registers {len(registry.names)} commands"
    return Check("plugin", bool(registry.names), told, REINSTALL)

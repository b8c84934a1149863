"""What callers of the originals' names say beside the question: which project, which chain, who asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any

from mnemo import projects
from mnemo.project import acting, actor

NAMES = ("project", "chain_id", "chain_name", "agent_id")

Record = dict[str, Any]


def minding(tool: Callable[..., Record]) -> Callable[..., Record]:
    """Return a tool that takes NAMES as well.

    `project` is a folder, or the name or id of a repository that was used before: the call is about that
    one. `agent_id` says who acts. `chain_id`, or else `chain_name`, is the conversation that the call
    belongs to, as the connection is without it.

    Args:
        tool: what is called in those circumstances.
    """

    @wraps(tool)
    def call(
        *,
        project: str = "",
        chain_id: str = "",
        chain_name: str = "",
        agent_id: str = "",
        **given: Any,
    ) -> Record:
        who = actor()
        with ExitStack() as circumstances:
            if project:
                circumstances.enter_context(projects.using(projects.open_known(project)))
            session = chain_id or chain_name or who.session
            circumstances.enter_context(acting(agent_id or who.agent, session, who.origin))
            return tool(**given)

    return call

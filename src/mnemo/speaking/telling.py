"""When memory speaks unasked, and what: at a session's start, on a prompt, and when a file is used."""

from __future__ import annotations

from mnemo.model.moment import Moment
from mnemo.speaking.said import SILENCE as SILENCE
from mnemo.speaking.said import Said as Said
from mnemo.speaking.said import Told as Told
from mnemo.speaking.said import Where as Where

START_TOKENS = 500


def speak(moment: Moment, where: Where) -> Said:
    """Return what memory has to say in a moment: usually nothing.

    Args:
        moment: of kind start, prompt or tool; of any other nothing is said.
        where: what may be looked at.

    Raises:
        MnemoError: the store cannot be read, or a setting has no usable value.
    """
    allowed = where.settings.whole("hook.tokens")
    if not allowed:
        return SILENCE
    if moment.kind == "start":
        from mnemo.speaking.opening import open_session

        return open_session(moment, where, START_TOKENS)
    if moment.kind in ("prompt", "tool") and where.db.exists():
        from mnemo.speaking.answering import answer

        return answer(moment, where, allowed)
    return SILENCE

"""The words of checks, backups, settings and exports."""

from __future__ import annotations

from typing import Any

from mnemo.interfaces.render import lifecycle
from mnemo.interfaces.render.plain import as_json, counted, duration, everything, joined, notes, size
from mnemo.interfaces.render.watching import of_report
from mnemo.retrieval import cards

Record = dict[str, Any]

HELD = (("rows", "row"), ("claims", "claim"))


def checks(record: Record) -> str:
    """Return each check with what it saw, and how to mend those that failed."""
    checked: dict[str, Record] = record.get("checks", {})
    failed = sum(not check["ok"] for check in checked.values())
    tally = f"{counted(len(checked), 'check')}, {f'{failed} failed' if failed else 'all fine'}."
    rest = everything(record, ("checks", "notes", "ok"))
    return joined([_check(name, check) for name, check in checked.items()], rest, notes(record), tally)


def status(record: Record) -> str:
    """Return where memory stands: claims by verdict, what waits for a person, open work, the watcher."""
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(record["verdicts"].items()))
    waiting = record["standing"].get("unconfirmed", 0)
    work = ", ".join(f"{count} {state}" for state, count in record["work"].items())
    told = ("repository", "branch", "claims", "verdicts", "standing", "work", "store", "watcher", "notes")
    place = f" on {cards.phrase(record['branch'])}" if record["branch"] else ""  # none outside of git
    told += ("run", "plans", "tasks", "gates", "dispatches", "evidence", "audit", "next")
    return joined(
        f"repository: {cards.phrase(record['repository'], cards.LINE)}{place}",
        f"{counted(record['claims'], 'claim')}{': ' if verdicts else ''}{verdicts}",
        f"{counted(waiting, 'claim')} unconfirmed: `mnemo inbox`" if waiting else "",
        lifecycle.of_status(record),
        f"tasks: {work}" if work else "",
        f"watcher: {of_report(record['watcher'])}",
        f"store: {cards.phrase(record['store'], cards.LINE)}",
        everything(record, told),
        notes(record),
    )


def health(record: Record) -> str:
    """Return whether the store is whole, what was wrong and mended, and what it holds."""
    if record.get("crontab"):
        return f"For `crontab -e`:\n{cards.phrase(record['crontab'], 4 * cards.LINE)}"
    problems: list[str] = record.get("problems", [])
    mended = "Mended." if problems else "Every row is whole."
    held = [counted(record[name], word) for name, word in HELD if record.get(name) is not None]
    held += [size(record["bytes"])] if record.get("bytes") is not None else []
    last = f", the last of {cards.phrase(record['last_backup'])}" if record.get("last_backup") else ""
    told = ("ok", "integrity", "problems", "backups", "last_backup", "rows", "claims", "bytes", "notes")
    return joined(
        [f"found: {cards.phrase(problem, cards.LINE)}" for problem in problems],
        everything(record, told),
        notes(record),
        mended if record.get("ok", True) else "FAILED: the store is damaged. Next: mnemo restore",
        f"{', '.join(held)}; {counted(record.get('backups', 0), 'backup')}{last}" if held else "",
    )


def backup(record: Record) -> str:
    """Return where the backup lies and what it holds."""
    fields = [counted(record["rows"], "row")] if record.get("rows") is not None else []
    fields += [size(record["bytes"])] if record.get("bytes") is not None else []
    head = f"Backed up ({', '.join(fields)}): " if fields else "Backed up: "
    told = ("path", "rows", "bytes", "notes")
    return joined(head + cards.phrase(record["path"], cards.LINE), everything(record, told), notes(record))


def restore(record: Record) -> str:
    """Return what came back, from where, and what may be missing since."""
    rows = counted(record["rows"], "row") if record.get("rows") is not None else "The store"
    lost = record.get("lost_seconds")
    return joined(
        f"Restored {rows} from {cards.phrase(record['from'], cards.LINE)}",
        f"What was written in the {duration(lost)} after it was taken is missing." if lost else "",
        everything(record, ("from", "rows", "lost_seconds", "notes")),
        notes(record),
    )


def export(record: Record) -> str:
    """Return where the export lies, or the exported JSON itself."""
    if not record.get("path"):
        return as_json(record.get("memories", record))
    head = f"Exported to {cards.phrase(record['path'], cards.LINE)}"
    return joined(head, everything(record, ("path", "notes")), notes(record))


def config_get(record: Record) -> str:
    """Return the bare value, as scripts want it."""
    return _value(record)


def config_list(record: Record) -> str:
    """Return each setting with its value, where that comes from, and what it is about."""
    settings: list[Record] = record.get("settings", [])
    lines = [_setting(each) for each in settings]
    return joined(lines, everything(record, ("settings", "notes")), notes(record))


def config_set(record: Record) -> str:
    """Return the new value and the file that holds it."""
    place = f", in {cards.phrase(record['path'], cards.LINE)}" if record.get("path") else ""
    told = ("key", "value", "path", "source", "notes")
    return joined(
        f"{cards.phrase(record['key'])} = {_value(record)}{place}", everything(record, told), notes(record)
    )


def init(record: Record) -> str:
    """Return where the store is, and whether it was there before."""
    state = "Made the store" if record.get("created") else "The store was there before:"
    told = ("backend", "path", "created", "notes")
    return joined(
        f"{state} {cards.phrase(record['path'], cards.LINE)}", everything(record, told), notes(record)
    )


def already_said(_record: Record) -> str:
    """Return nothing: the command said each step as it was done."""
    return ""


def logs(record: Record) -> str:
    """Return the lines of a log as they are."""
    lines: list[str] = record.get("lines", [])
    return "\n".join(cards.phrase(line, 4 * cards.LINE) for line in lines) or "Nothing was logged yet."


def _check(name: str, check: Record) -> str:
    name, detail = cards.phrase(name), cards.phrase(check.get("detail") or "", cards.LINE)
    fix = cards.phrase(check.get("fix") or "", cards.LINE)
    line = f"{'ok' if check['ok'] else 'FAILED'} {name}" + (f": {detail}" if detail else "")
    return joined(line, f"  Next: {fix}" if fix and not check["ok"] else "")


def _setting(setting: Record) -> str:
    source = f" ({cards.phrase(setting['source'])})" if setting.get("source") else ""
    about = f": {cards.phrase(setting['about'], cards.LINE)}" if setting.get("about") else ""
    return f"{cards.phrase(setting['key'])} = {_value(setting) or 'none'}{source}{about}"


def _value(setting: Record) -> str:
    value = setting.get("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else cards.phrase(value, cards.LINE)

"""Settings: one table of keys, two files and the environment."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from mnemo import homes
from mnemo.errors import Invalid, NotFound, Refused, StorageError
from mnemo.light import Any, NamedTuple, TypeAlias, cast

Value: TypeAlias = str | int | float | bool

FILE = "config.toml"
DEFAULT = "default"
LARGEST = 1e9
LARGEST_FILE = 1 << 20
YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
SCORERS = ("bm25", "fts5", "tfidf", "embedding")
EMBEDDERS = ("auto", "voyage", "openai", "local")
NOUNS = {"whole": "a whole number", "number": "a number", "flag": "true or false"}


class Key(NamedTuple):
    """One setting.

    Args:
        name: as files and people write it; a variable's name when only the environment can set it.
        kind: whole, number, flag or text.
        default: what holds when nobody says anything.
        about: what it does, one line.
        least: the smallest number allowed.
        choices: the only texts allowed; empty when any is.
    """

    name: str
    kind: str
    default: Value
    about: str
    least: float = 0
    choices: tuple[str, ...] = ()

    @property
    def in_files(self) -> bool:
        """Whether a file can set it."""
        return self.name.islower()

    @property
    def variable(self) -> str:
        """The environment variable that overrides the files."""
        return f"MNEMO_{self.name.upper().replace('.', '_')}" if self.in_files else self.name


class Found(NamedTuple):
    """A setting's value and where it comes from.

    Args:
        key: the setting.
        value: what holds.
        source: default, the environment variable, or the file.
    """

    key: Key
    value: Value
    source: str


_TABLE = (
    Key("log.default_limit", "whole", 50, "entries that log reads at most", 1),
    Key("storage.backup_enabled", "flag", True, "whether backups are made hourly and at the end"),
    Key("storage.backup_retention_days", "whole", 7, "days of which the newest backup is kept", 1),
    Key("storage.backup_limit_mb", "number", 2000, "megabytes of a store's backups, the oldest go first", 1),
    Key("health.check_interval_hours", "number", 1, "hours between two checks, and between two backups"),
    Key("health.auto_rollback", "flag", True, "whether a lost or damaged store is restored unasked"),
    Key("hook.tokens", "whole", 200, "tokens that memory says at most on a prompt or a file, 0 for none"),
    Key("hook.floor", "number", 0.2, "share of what a text could match from which a claim is told unasked"),
    Key("hook.events", "text", "all", "events at which hooks act, such as SessionStart,PreToolUse"),
    Key(
        "hook.stop",
        "text",
        "",
        "ask has the person decide before an edit that goes against a dead end or a rule",
        choices=("", "off", "ask"),
    ),
    Key("MNEMO_HOOK", "text", "on", "off keeps hooks from doing anything"),
    Key("capture", "flag", True, "whether hooks keep decisions, causes and dead ends that were said"),
    Key("tags.words", "text", "", "further words and the tags they give, such as cart=shop"),
    Key("watch", "flag", True, "whether a server keeps what anchors say up to date in the background"),
    Key("retrieval", "text", "bm25", "what scores the texts of claims for a question", choices=SCORERS),
    # auto takes a local folder, then the service whose key is set.
    Key("embedding.provider", "text", "auto", "who computes embeddings", choices=EMBEDDERS),
    Key("embedding.model", "text", "", "the model of the service, or the folder of a local one"),
    Key("recall.timeout_ms", "whole", 5000, "milliseconds after which a recall is interrupted, 0 for never"),
    Key("MNEMO_EMBEDDING_URL", "text", "", "address of the service that computes embeddings"),
    Key("board.file", "text", "", "file, absolute or from ~, that mirrors every task as JSON for a board"),
    Key("MNEMO_STORE", "text", "", "folder of the store, or its file when it ends in .db"),
    Key("MNEMO_GLOBAL", "text", "", "folder of the store that holds for the user everywhere"),
    Key("MNEMO_BACKUPS", "text", "", "folder of all backups"),
    Key("MNEMO_PROJECT_ROOT", "text", "", "folder in which the project is looked for"),
    Key("MNEMO_TOOLS", "text", "", "toolsets that the server offers, such as core,code or all"),
)
KEYS = {key.name: key for key in _TABLE}
# Tables of the user's own file whose names the user chooses.
TABLES = ("executors",)


class Settings:
    """What holds here and now: the environment over the files over the defaults.

    Args:
        files: configuration files, the one that wins first; they may be missing and are read when needed.
        environ: the environment.
    """

    def __init__(self, files: list[str], environ: Mapping[str, str]) -> None:
        self.files = files
        self._environ = environ
        self._known: dict[str, tuple[object, dict[str, Any]]] = {}

    def get(self, name: str) -> Found:
        """Return a setting's value and its source.

        Raises:
            NotFound: there is no such setting; the fix lists those with near names.
            Invalid: the value that someone gave it cannot be used, or a file is no TOML.
        """
        key = get_key(name)
        given = homes.variable(self._environ, key.variable)
        if given:
            return Found(key, read_value(key, given, key.variable), key.variable)
        for path in self.files if key.in_files else ():
            written = _flat(self._read(path)).get(key.name)
            if written is not None:
                return Found(key, _checked(key, written, path), path)
        return Found(key, key.default, DEFAULT)

    def whole(self, name: str) -> int:
        """Return the value of a setting that is a whole number."""
        return int(self.get(name).value)

    def number(self, name: str) -> float:
        """Return the value of a setting that is a number."""
        return float(self.get(name).value)

    def flag(self, name: str) -> bool:
        """Return the value of a setting that is true or false."""
        return bool(self.get(name).value)

    def list_all(self) -> list[Found]:
        """Return every setting, in the order of the table."""
        return [self.get(name) for name in KEYS]

    def list_unknown(self) -> list[str]:
        """Return what the files set and nobody reads, as `name (file)`."""
        found = ((path, name) for path in self.files for name in _flat(self._read(path)))
        return [
            f"{name} ({path})"
            for path, name in found
            if name not in KEYS and not (path == self._own() and name.partition(".")[0] in TABLES)
        ]

    def table(self, name: str) -> dict[str, Any]:
        """Return a whole table of the user's own file: what a repository's file says of it is not heeded.

        Args:
            name: one of TABLES.

        Raises:
            Invalid: the file is no TOML, or holds something else of that name.
        """
        found = self._read(self._own()).get(name, {})
        if not isinstance(found, dict):
            raise Invalid(
                f"{name} in {self._own()} is no table.", f"Write [{name}.NAME] and its lines below."
            )
        return cast("dict[str, Any]", found)

    def _own(self) -> str:
        folder = homes.home_folder(self._environ)
        return os.path.join(folder, FILE) if folder else os.devnull

    def _read(self, path: str) -> dict[str, Any]:
        try:
            found = os.stat(path)
        except OSError:
            return {}
        if not stat.S_ISREG(found.st_mode):
            return {}  # a pipe would keep us waiting for ever
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = (stamp, _read_file(path))
        return known[1]


def load(folder: str, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a store's folder.

    Args:
        folder: holds config.toml; empty when only the user's own file counts, as before a store is trusted.
        environ: the environment.
    """
    folders = [folder, homes.home_folder(environ)]
    return Settings(list(dict.fromkeys(os.path.join(each, FILE) for each in folders if each)), environ)


def get_key(name: str) -> Key:
    """Return a setting by its name or by its environment variable.

    Raises:
        NotFound: there is none; the fix lists near names.
    """
    key = KEYS.get(name) or next((key for key in KEYS.values() if key.variable == name), None)
    if key is not None:
        return key
    import difflib

    word = name.rsplit(".", 1)[-1]
    near = difflib.get_close_matches(name, KEYS, n=3, cutoff=0.5) or [
        known for known in KEYS if word in known
    ]
    meant = f"Did you mean {' or '.join(near[:3])}? " if near else ""
    raise NotFound(f"There is no setting {name[:80]!r}.", f"{meant}`mnemo config list` shows all.")


def read_value(key: Key, text: str, source: str) -> Value:
    """Return what a person wrote as the value of a setting.

    Args:
        key: the setting.
        text: as typed, or as the environment holds it.
        source: what is blamed when it cannot be read.

    Raises:
        Invalid: it is no such value.
    """
    if key.kind == "flag":
        word = text.strip().lower()
        return _checked(key, word in YES if word in YES + NO else text, source)
    if key.kind in ("whole", "number"):
        try:
            return _checked(key, int(text) if key.kind == "whole" else float(text), source)
        except ValueError:
            raise _wrong(key, text, source) from None
    return _checked(key, text, source)


def put(path: str, name: str, value: Value) -> Found:
    """Write one setting into a configuration file and keep every other line as it is.

    Args:
        path: the file; made when missing, and so is its folder.
        name: the setting.
        value: text is read as a person would type it.

    Raises:
        NotFound, Invalid: no such setting, no such value, or the file is no TOML.
        Refused: only the environment can set it, or the file's form leaves no line to change.
    """
    key = get_key(name)
    if not key.in_files:
        raise Refused(f"{key.name} cannot be set in a file.", f"Set the environment variable {key.variable}.")
    checked = read_value(key, value, name) if isinstance(value, str) else _checked(key, value, name)
    before = _read_file(path)
    try:
        lines = _lines(path)
        section, _, field = key.name.rpartition(".")
        after = "\n".join(_with_line(lines, section, field, _toml(checked))) + "\n"
        _check_edit(before, after, key, checked, path)
        _write(path, after)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}.", "Check the folder's permissions."
        ) from None
    return Found(key, checked, path)


def _checked(key: Key, value: object, source: str) -> Value:
    if key.kind == "flag":
        fits = isinstance(value, bool)
    elif key.kind == "text":
        fits = isinstance(value, str) and (not key.choices or value in key.choices)
    else:
        kinds = int if key.kind == "whole" else int | float
        fits = isinstance(value, kinds) and not isinstance(value, bool) and key.least <= value <= LARGEST
    if not fits:
        raise _wrong(key, value, source)
    return cast(Value, value)


def _wrong(key: Key, value: object, source: str) -> Invalid:
    least = f", {key.least:g} or more" if key.kind in ("whole", "number") else ""
    wanted = " or ".join(map(_toml, key.choices)) or NOUNS.get(key.kind, "text") + least
    blamed = source if source in (key.name, key.variable) else f"{key.name} in {source}"
    return Invalid(
        f"{blamed} takes {wanted}, not {str(value)[:60]!r}.",
        f"Give {wanted}; the default is {_toml(key.default)}.",
    )


def _flat(tables: dict[str, Any]) -> dict[str, Any]:
    return dict(_iter_flat(tables, ""))


def _iter_flat(tables: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _iter_flat(cast("dict[str, Any]", value), f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _read_file(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return _parse(file.read(LARGEST_FILE), path)
    except OSError:
        return {}


def _parse(raw: bytes, path: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        told = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise Invalid(f"{path} is no TOML: {told}.", "Mend that line, or move the file away.") from None


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        import json

        return json.dumps(value)
    return f"{value:.12g}"


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read().removesuffix("\n").split("\n")
    except FileNotFoundError:
        return []


def _with_line(lines: list[str], section: str, field: str, value: str) -> list[str]:
    """Return the lines with `field = value` in that section: changed in place, else added to it."""
    here, last = "", 0
    for number, line in enumerate(lines):
        bare = line.strip()
        if bare.startswith("["):
            here = bare.split("]")[0].strip("[ ")
        name, mark, rest = bare.partition("=")
        if mark and f"{here}.{name.strip()}".strip(".") == f"{section}.{field}".strip("."):
            _, mark, comment = rest.partition("#")
            lines[number] = f"{line[: line.index('=')]}= {value}{'  #' + comment if mark else ''}"
            return lines
        if here == section and bare:
            last = number + 1
    if last:
        return [*lines[:last], f"{field} = {value}", *lines[last:]]
    if not section:  # before the first table: whatever follows one belongs to it
        return [f"{field} = {value}", *([""] if any(lines) else []), *(lines if any(lines) else [])]
    return [*lines, *([""] if any(lines) else []), f"[{section}]", f"{field} = {value}"]


def _check_edit(before: dict[str, Any], text: str, key: Key, value: Value, path: str) -> None:
    """Compare what the file will say with what it said: nothing but this setting may differ."""
    wanted, section = {**_flat(before), key.name: value}, key.name.rpartition(".")[0]
    try:
        if _flat(_parse(text.encode(), path)) == wanted:
            return
    except Invalid:
        pass
    raise Refused(
        f"{path} sets {section or key.name} in a form that has no line of its own for it.",
        f"Write {key.name} = {_toml(value)} into it by hand.",
    )


def _write(path: str, text: str) -> None:
    path = os.path.realpath(path)  # someone may keep the file elsewhere and link to it
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    draft = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    os.replace(draft, path)

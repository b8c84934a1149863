"""What a repository declares it depends on, read from its manifests and lock files."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

from mnemo.errors import QueryTimeout
from mnemo.repo.builds import environment_yml, exact_version, gradle, maven_range, pom_xml
from mnemo.repo.files import Tree, Unreadable
from mnemo.repo.recent import Recent

Pairs = Iterator[tuple[str, str]]

KEPT_CHARACTERS = 4_000_000
LARGEST_LOCK = 16_000_000

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "dev-requirements.txt")

# Other people's manifests that happen to lie in the tree.
FOREIGN_FOLDERS = frozenset(
    ("node_modules", "vendor", "third_party", "site-packages", ".venv", "venv", "fixtures", "testdata")
)


class Dependency(NamedTuple):
    """One declaration.

    Args:
        language: python, js, go, rust or java.
        name: as normal_name() gives it; java: group:artifact.
        spec: version range, "" for any; a lock's exact version.
        path: the file that says so.
        locked: whether that file is a lock.
    """

    language: str
    name: str
    spec: str
    path: str
    locked: bool = False


class Declared(NamedTuple):
    """What all manifests together say.

    Args:
        dependencies: those at the root first.
        broken: one sentence for each manifest that could not be read.
    """

    dependencies: list[Dependency]
    broken: list[str]


_read: Recent[list[Dependency]] = Recent(KEPT_CHARACTERS)


def dependencies(tree: Tree) -> Declared:
    """Return what every manifest and lock file of a tree declares."""
    return read_manifests(tree, [*list_root_manifests(tree), *list_deeper_manifests(tree)])


def declarations(tree: Tree, name: str, deadline: float | None = None) -> Declared:
    """Return what declares one dependency: the manifests at the root, else deeper ones, then its locks.

    Args:
        tree: the files.
        name: in any spelling its language takes for the same.
        deadline: time.monotonic() at which to stop.

    Raises:
        QueryTimeout: the deadline came before the last manifest.
    """
    broken: list[str] = []
    locks: list[str] = []
    for list_paths in (list_root_manifests, list_deeper_manifests):
        paths = list_paths(tree)
        locks += [path for path in paths if _name(path) in LOCKS]
        declared = read_manifests(tree, [path for path in paths if path not in locks], deadline)
        found = [each for each in declared.dependencies if is_named(each, name)]
        if found:
            locked = read_manifests(tree, locks).dependencies
            return Declared(found + [each for each in locked if is_named(each, name)], [])
        broken += declared.broken
    return Declared([], broken)


def list_root_manifests(tree: Tree) -> list[str]:
    """Return the manifests and locks at a tree's root, tracked or not."""
    return [name for name in (*MANIFESTS, *REQUIREMENTS, *LOCKS) if tree.exists(name)]


def list_deeper_manifests(tree: Tree) -> list[str]:
    """Return the tracked manifests and locks that are not plainly at the root, the least deep first."""
    tracked = [path for path in tree.list_files() if _reader(path) and not _foreign(path)]
    known = {*MANIFESTS, *REQUIREMENTS, *LOCKS}
    return sorted((path for path in tracked if path not in known), key=lambda path: (path.count("/"), path))


def read_manifests(tree: Tree, paths: list[str], deadline: float | None = None) -> Declared:
    """Return what some manifests declare; QueryTimeout when the deadline comes before the last one."""
    declared = Declared([], [])
    for place, path in enumerate(paths):
        # The first costs little, and a repository has one.
        if place and deadline is not None and time.monotonic() >= deadline:
            raise QueryTimeout("there was no time to read every manifest", "verify again")
        try:
            text = tree.read(path, LARGEST_LOCK)
            declared.dependencies.extend(read_manifest(path, text) if text else [])
        except Unreadable as problem:
            declared.broken.append(f"{path}: {problem.message}")
    return declared


def read_manifest(path: str, text: str) -> list[Dependency]:
    """Return what one manifest or lock declares.

    Raises:
        Unreadable: its syntax is broken.
    """
    return _read.once((path, text), len(text), lambda: list(_parse(path, text)))


def normal_name(language: str, name: str) -> str:
    """Return a name in the form in which its language compares names (PEP 503 for Python)."""
    if language == "python":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.replace("_", "-") if language == "rust" else name


def is_named(dependency: Dependency, name: str) -> bool:
    """Tell whether a declaration is of that name; java's artifact may be given without its group."""
    if dependency.language == "java" and ":" not in name:
        return dependency.name.rpartition(":")[2] == name
    return dependency.name == normal_name(dependency.language, name)


def _parse(path: str, text: str) -> Iterator[Dependency]:
    found = _reader(path)
    if not found:
        return
    language, reader = found
    try:
        for name, spec in reader(text):
            yield Dependency(language, normal_name(language, name), spec.strip(), path, _name(path) in LOCKS)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"it is no valid {_name(path)}", "mend the file, then verify again") from problem


def _reader(path: str) -> tuple[str, Callable[[str], Pairs]] | None:
    name = _name(path)
    if name.endswith("requirements.txt") or re.search(r"(^|/)requirements(/[^/]+|[^/]*)\.txt$", path):
        return "python", _requirements
    return MANIFESTS.get(name) or LOCKS.get(name)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _foreign(path: str) -> bool:
    return not FOREIGN_FOLDERS.isdisjoint(path.split("/")[:-1])


def _requirement(text: str) -> Pairs:
    """Read one requirement as PEP 508 writes it: name, extras, range or URL, marker."""
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#\\]*)", text)
    spec = match[2].strip() if match else ""
    if match and (not spec or spec[0] in "<>=!~(@"):
        yield match[1], "" if spec.startswith("@") else spec.strip("()")


def _requirements(text: str) -> Pairs:
    for line in text.split("\n"):
        yield from _requirement(line.partition(" --")[0])


def _pyproject(text: str) -> Pairs:
    top = _toml(text)
    project, tool = _table(top.get("project")), _table(top.get("tool"))
    if "requires-python" in project:
        yield "python", str(project["requires-python"])
    groups = [project.get("dependencies"), _table(top.get("build-system")).get("requires")]
    groups += _table(project.get("optional-dependencies")).values()
    groups += _table(top.get("dependency-groups")).values()
    groups.append(_table(tool.get("uv")).get("dev-dependencies"))
    for group in groups:
        for entry in _list(group):
            if isinstance(entry, str):  # else it includes another group
                yield from _requirement(entry)
    yield from _poetry(_table(tool.get("poetry")))


def _poetry(poetry: dict[str, Any]) -> Pairs:
    groups = [_table(group).get("dependencies") for group in _table(poetry.get("group")).values()]
    for group in (poetry.get("dependencies"), poetry.get("dev-dependencies"), *groups):
        for name, value in _table(group).items():
            yield name, _version_in(value)


def _pipfile(text: str) -> Pairs:
    top = _toml(text)
    for group in ("packages", "dev-packages"):
        for name, value in _table(top.get(group)).items():
            yield name, _version_in(value)


def _setup_cfg(text: str) -> Pairs:
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except Error as problem:
        raise ValueError(str(problem)) from problem
    groups = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        groups += [value or "" for _, value in parser.items("options.extras_require")]
    for group in groups:
        yield from _requirements(group)


def _package_json(text: str) -> Pairs:
    top = _table(json.loads(text))
    for group in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "engines"):
        for name, value in _table(top.get(group)).items():
            alias = re.fullmatch(r"npm:(@?[^@]+)(?:@(.*))?", str(value))
            yield (alias[1], _series(alias[2] or "")) if alias else (name, _series(str(value)))


def _series(spec: str) -> str:
    """Write npm's and Cargo's short versions out: there "1.2" is a series, elsewhere one version."""
    return f"{spec}.x" if re.fullmatch(r"\d+(\.\d+)?", spec) else spec


def _go_mod(text: str) -> Pairs:
    block = ""
    for line in text.split("\n"):
        words = line.partition("//")[0].split()
        if block and words == [")"]:
            block = ""
        elif words[1:] == ["("]:
            block = words[0]
        elif words and not line.rstrip().endswith("// indirect"):
            name, *rest = words if block else words[1:] or [""]
            if "require" in (block, words[0]) and rest:
                yield name, rest[0]
            elif words[0] == "go" and not block:
                yield "go", name


def _cargo_toml(text: str) -> Pairs:
    top = _toml(text)
    tables = [top, _table(top.get("workspace")), *map(_table, _table(top.get("target")).values())]
    for table in tables:
        for group in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, value in _table(table.get(group)).items():
                spec = _version_in(value)
                yield str(_table(value).get("package", name)), f"^{spec}" if spec[:1].isdigit() else spec


def _version_catalog(text: str) -> Pairs:
    """Read Gradle's libs.versions.toml."""
    top = _toml(text)
    versions = _table(top.get("versions"))
    for library in _table(top.get("libraries")).values():
        if isinstance(library, str):
            group, _, rest = library.partition(":")
            artifact, _, version = rest.partition(":")
            name = f"{group}:{artifact}"
        else:
            table = _table(library)
            name = str(table.get("module") or f"{table.get('group', '')}:{table.get('name', '')}")
            shared = _table(table.get("version")).get("ref")
            version = str(versions.get(shared, "")) if shared else _version_in(table)
        yield name, maven_range(exact_version(version, ""))


def _toml_lock(text: str) -> Pairs:
    """Read name and version of each package; parsing a whole lock as TOML takes a second."""
    entry = r'^\[\[package\]\]\nname = "([^"\n]+)"\nversion = "([^"\n]+)"'
    for match in re.finditer(entry, text, re.MULTILINE):
        yield match[1], match[2]


def _package_lock(text: str) -> Pairs:
    top = _table(json.loads(text))
    for path, package in _table(top.get("packages")).items():
        if path.startswith("node_modules/") and path.count("node_modules/") == 1:
            yield path.removeprefix("node_modules/"), _version_in(package)


def _pipfile_lock(text: str) -> Pairs:
    top = _table(json.loads(text))
    for group in ("default", "develop"):
        for name, package in _table(top.get(group)).items():
            yield name, _version_in(package)


def _toml(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _version_in(value: object) -> str:
    """Return the range of a declaration that is either text or a table with a version."""
    return value if isinstance(value, str) else str(_table(value).get("version", ""))


Reader = tuple[str, Callable[[str], Pairs]]
MANIFESTS: dict[str, Reader] = {
    "pyproject.toml": ("python", _pyproject),
    "Pipfile": ("python", _pipfile),
    "setup.cfg": ("python", _setup_cfg),
    "package.json": ("js", _package_json),
    "go.mod": ("go", _go_mod),
    "Cargo.toml": ("rust", _cargo_toml),
    "environment.yml": ("python", environment_yml),
    "environment.yaml": ("python", environment_yml),
    "pom.xml": ("java", pom_xml),
    "build.gradle": ("java", gradle),
    "build.gradle.kts": ("java", gradle),
    "libs.versions.toml": ("java", _version_catalog),
}
LOCKS: dict[str, Reader] = {
    "uv.lock": ("python", _toml_lock),
    "poetry.lock": ("python", _toml_lock),
    "pdm.lock": ("python", _toml_lock),
    "Pipfile.lock": ("python", _pipfile_lock),
    "package-lock.json": ("js", _package_lock),
    "Cargo.lock": ("rust", _toml_lock),
}

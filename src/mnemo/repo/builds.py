"""Manifests that are more than data: builds of Maven and Gradle, and conda's environments; none is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

Pairs = Iterator[tuple[str, str]]

_CONFIGURATION = (
    r"\w*(?:[iI]mplementation|[aA]pi|[cC]ompile|[cC]ompileOnly|[rR]untime|[rR]untimeOnly|[pP]rocessor|classpath"
    r"|kapt|ksp|platform|Platform|provided|bom)\b[\s(]*"
)
_GRADLE = re.compile(_CONFIGURATION + r"""["']([\w.-]+:[\w.-]+)(?::([^"':@]*))?[^"'\n]*["']""")
_GRADLE_MAP = re.compile(
    r"""\bgroup\s*[:=]\s*["']([\w.-]+)["']\s*,\s*name\s*[:=]\s*["']([\w.-]+)["']"""
    r"""(?:\s*,\s*version\s*[:=]\s*["']([^"'\n]*)["'])?"""
)
_GRADLE_PLUGIN = re.compile(r"""\bid[\s(]+["']([\w.-]+)["']\)?\s+version\s+["']([^"'\n]+)["']""")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'\w])//[^\n]*", re.DOTALL)
_CONDA = re.compile(r"(?:[\w.-]+::)?([A-Za-z0-9_.-]+)\s*([<>=!~][^#\s]*(?:\s*[<>=!~][^#\s]*)*)?")


def pom_xml(text: str) -> Pairs:
    """Read a pom without an XML parser, whose entities a hostile file could blow up."""
    text = "".join(piece.partition("-->")[2] for piece in f"-->{text}".split("<!--"))
    for piece in text.split("<dependency>")[1:]:
        block = piece.partition("</dependency>")[0]
        version = _tag(block, "version")
        if version.startswith("${"):
            version = _tag(text, version[2:-1])
        yield f"{_tag(block, 'groupId')}:{_tag(block, 'artifactId')}", maven_range(version)


def gradle(text: str) -> Pairs:
    """Read what a Gradle build names in Groovy or Kotlin; versions that are computed stay open."""
    text = _COMMENT.sub("", text)
    found = [(match[1], match[2] or "") for match in _GRADLE.finditer(text)]
    found += [(f"{match[1]}:{match[2]}", match[3] or "") for match in _GRADLE_MAP.finditer(text)]
    found += [(match[1], match[2]) for match in _GRADLE_PLUGIN.finditer(text)]
    for name, version in found:
        yield name, maven_range(exact_version(version, text))


def environment_yml(text: str) -> Pairs:
    """Read the packages of a conda environment, those that pip installs too."""
    inside = False
    for line in text.split("\n"):
        item = line.strip()
        if item and not line[0].isspace() and not item.startswith(("-", "#")):
            inside = item.startswith("dependencies:")
        elif inside and item.startswith("- ") and not item.endswith(":"):
            match = _CONDA.fullmatch(item[2:].split("#", 1)[0].strip(" \"'"))
            if match:
                yield match[1], _conda_range(match[2] or "")


def maven_range(spec: str) -> str:
    """Write one of Maven's intervals, such as [1,2), with comparisons."""
    match = re.fullmatch(r"([\[(])([^,]*)(?:,([^,]*))?([\])])", spec)
    if not match:
        return spec
    low, high = match[2].strip(), (match[3] or "").strip()
    if match[3] is None:
        return f"=={low}"
    above = f">{'=' * (match[1] == '[')}{low}" if low else ""
    below = f"<{'=' * (match[4] == ']')}{high}" if high else ""
    return ",".join(filter(None, (above, below)))


def exact_version(version: str, text: str) -> str:
    """Return a version of a Gradle build, a variable by its value; "" where the build does not say that.

    Args:
        version: as it stands in quotes, such as 1.2, $ktor or 1.+
        text: the build.
    """
    variable = re.fullmatch(r"\$\{?([\w.]+)\}?", version.strip())
    if variable:
        name = re.escape(variable[1].rpartition(".")[2])
        value = re.search(rf"""\b{name}\s*=\s*["']([^"'\n$]+)["']""", text)
        version = value[1] if value else ""
    if "$" in version:
        return ""
    return re.sub(r"\+$", "*", version.removesuffix("!!").strip())


def _tag(text: str, name: str) -> str:
    return text.partition(f"<{name}>")[2].partition(f"</{name}>")[0].strip()


def _conda_range(spec: str) -> str:
    """Write conda's fuzzy `=1.2` as a series, and leave out what follows it: the build."""
    fuzzy = re.fullmatch(r"=(\d[\w.]*)(?:=.*)?", spec)
    if not fuzzy:
        return spec
    return f"=={fuzzy[1]}" if spec.count("=") > 1 else f"=={fuzzy[1]}.*"

"""Manifests say exactly which names are declared and with which versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnemo.repo.files import Unreadable
from mnemo.repo.manifests import declarations, dependencies, is_named, normal_name, read_manifest
from tests.repo.trees import commit_tree, folder_tree, working_tree
from tests.repos import make_repository

PYPROJECT = """
[build-system]
requires = ["hatchling"]
[project]
requires-python = ">=3.11"
dependencies = ["fastmcp >=4.1,<5", "GitPython>=3.2 ; python_version > '3'", "rank_bm25",
"x @ https://a/b.whl"]
[project.optional-dependencies]
code = ["tree-sitter[all] (>=0.20)"]
[dependency-groups]
dev = ["pytest~=8.0", {include-group = "lint"}]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["mypy==1.0"]
[tool.poetry.dependencies]
requests = "^2.31"
black = {version = "23.1", extras = ["d"]}
local = {path = "../local"}
[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""
REQUIREMENTS = """
# a comment
requests==2.31.0 \\
    --hash=sha256:abc
Flask[async]>=2 # why
-r other.txt
-e .
--index-url https://u:p@example.com/simple
git+ssh://git@example.com/x/y
https://example.com/z.whl
./local/path
local/path
numpy ; python_version < "3.13"
"""
SETUP_CFG = """
[options]
install_requires =
    attrs>=20
    click
[options.extras_require]
dev = pytest
"""
PACKAGE = """{
"dependencies": {"react": "^18.2.0", "@scope/kit": "1", "old": "npm:left-pad@~1.3"},
"devDependencies": {"typescript": "5.4"}, "engines": {"node": ">=20"}, "peerDependencies": null
}"""
GO_MOD = """module example.com/me

go 1.22

require github.com/a/b v1.2.3
require (
\tgithub.com/c/d/v2 v2.0.1
\tgithub.com/e/f v0.1.0 // indirect
)
replace github.com/a/b => ../b
"""
CARGO = """
[dependencies]
serde = "1.0"
tokio_util = { version = "=0.7.1", features = ["io"] }
renamed = { package = "real-name", version = "2" }
inherited = { workspace = true }
[target.'cfg(unix)'.dependencies]
nix = "0.27"
[workspace.dependencies]
shared = "3"
[dev-dependencies]
proptest = "1"
"""
POM = """<project><properties><junit.version>5.9.1</junit.version></properties>
<!-- <dependency><groupId>gone</groupId><artifactId>gone</artifactId></dependency> -->
<dependencies>
<dependency><groupId>org.junit</groupId><artifactId>junit-api</artifactId>
<version>${junit.version}</version></dependency>
<dependency><groupId>com.google</groupId><artifactId>guava</artifactId><version>[30,32)</version></dependency>
<dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>
</dependencies></project>"""

GRADLE = """
plugins { id 'org.springframework.boot' version '3.2.0' }
ext.madeUp = "2.0"
dependencies {
    implementation 'com.google.guava:guava:32.1.3'  // a comment 'x:y:1'
    api "org.a:computed:$madeUp"
    testImplementation("org.b:open:${versions.unknown}")
    runtimeOnly group: 'org.c', name: 'map', version: '1.+'
    testCompile "junit:junit:[4,5)@jar"
    implementation platform('org.d:bom:7')
    implementation project(':core')
    /* implementation 'gone:gone:1' */
    maven { url "https://example.org:8080/repo" }
}
"""
GRADLE_KTS = """
plugins { id("jvm") version "1.9" }
val ktor = "2.3.0"
dependencies {
    implementation("io.ktor:ktor-server:$ktor")
    kapt("com.x.y:z")
}
"""
CATALOG = """
[versions]
c = "1.2"
[libraries]
one = { module = "a.b:c", version.ref = "c" }
two = "d:e:3"
three = { group = "f", name = "g", version = "4" }
four = { module = "h:i", version.ref = "nowhere" }
"""
CONDA = """
name: here
channels:
  - conda-forge
dependencies:
  - python=3.11
  - numpy >=1.24,<2  # why
  - scipy=1.10.1=py311_0
  - conda-forge::pandas
  - pip:
      - requests==2.31
prefix: /opt
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("pyproject.toml", PYPROJECT, {
            "hatchling": "", "python": ">=3.11", "fastmcp": ">=4.1,<5", "gitpython": ">=3.2",
            "rank-bm25": "", "x": "",
            "tree-sitter": ">=0.20", "pytest": "~=8.0", "ruff": "", "mypy": "==1.0", "requests": "^2.31",
            "black": "23.1", "local": "", "sphinx": "*",
        }),
        ("a/requirements-dev.txt", REQUIREMENTS, {"requests": "==2.31.0", "flask": ">=2", "numpy": ""}),
        ("requirements/base.txt", "six==1\n", {"six": "==1"}),
        ("setup.cfg", SETUP_CFG, {"attrs": ">=20", "click": "", "pytest": ""}),
        ("Pipfile", '[packages]\nrequests = "*"\n[dev-packages]\npytest = {version=">=8"}\n',
         {"requests": "*", "pytest": ">=8"}),
        ("package.json", PACKAGE, {
            "react": "^18.2.0", "@scope/kit": "1.x", "left-pad": "~1.3", "typescript": "5.4.x",
            "node": ">=20",
        }),
        ("go.mod", GO_MOD, {"go": "1.22", "github.com/a/b": "v1.2.3", "github.com/c/d/v2": "v2.0.1"}),
        ("Cargo.toml", CARGO, {
            "serde": "^1.0", "tokio-util": "=0.7.1", "real-name": "^2", "inherited": "", "nix": "^0.27",
            "shared": "^3",
            "proptest": "^1",
        }),
        ("pom.xml", POM, {"org.junit:junit-api": "5.9.1", "com.google:guava": ">=30,<32", "a:b": ""}),
        ("app/build.gradle", GRADLE, {
            "com.google.guava:guava": "32.1.3", "org.a:computed": "2.0", "org.b:open": "", "org.c:map": "1.*",
            "junit:junit": ">=4,<5", "org.springframework.boot": "3.2.0", "org.d:bom": "7",
        }),
        ("build.gradle.kts", GRADLE_KTS, {"io.ktor:ktor-server": "2.3.0", "com.x.y:z": "", "jvm": "1.9"}),
        ("gradle/libs.versions.toml", CATALOG, {"a.b:c": "1.2", "d:e": "3", "f:g": "4", "h:i": ""}),
        ("environment.yml", CONDA, {
            "python": "==3.11.*", "numpy": ">=1.24,<2", "scipy": "==1.10.1", "pandas": "",
            "requests": "==2.31",
        }),
        ("packages/a/package.json", '{"dependencies": {"zod": "workspace:*"}}', {"zod": "workspace:*"}),
        ("uv.lock", 'version = 1\n\n[[package]]\nname = "anyio"\nversion = "4.3.0"\nsource = { a = "b" }\n',
         {"anyio": "4.3.0"}),
        ("Pipfile.lock",
         '{"default": {"requests": {"version": "==2.31.0"}}, "_meta": {}}', {"requests": "==2.31.0"}),
        ("package-lock.json",
         '{"packages": {"node_modules/@a/b": {"version": "1.2.3"}, "node_modules/a/node_modules/b": {}}}',
         {"@a/b": "1.2.3"}),
        ("Cargo.lock", '[[package]]\nname = "serde_json"\nversion = "1.0.9"\n', {"serde-json": "1.0.9"}),
        ("README.md", "requests==1", {}),
        ("requirements/readme.md", "requests==1", {}),
    ],
)  # fmt: skip
def test_each_manifest_tells_names_and_versions(path: str, text: str, expected: dict[str, str]) -> None:
    found = read_manifest(path, text)
    assert {each.name: each.spec for each in found} == expected
    assert {each.path for each in found} <= {path}
    assert {each.locked for each in found} <= {"lock" in path}


@pytest.mark.parametrize(
    ("path", "text"),
    [("pyproject.toml", "[project"), ("package.json", "{"), ("setup.cfg", "no section"), ("Cargo.toml",
    "= 1"),
     ("package.json", "[" * 100_000)],
)  # fmt: skip
def test_a_broken_manifest_is_unreadable(path: str, text: str) -> None:
    with pytest.raises(Unreadable, match=r"no valid"):
        read_manifest(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", 'project = 1\ntool = "x"\n[dependency-groups]\na = 3\n'),
        ("pyproject.toml", "[project]\ndependencies = [1, {a = 2}]\n[tool]\npoetry = []\n"),
        ("package.json", "[]"),
        ("package.json", '{"dependencies": ["a"]}'),
        ("package-lock.json", '{"packages": 1}'),
        ("go.mod", "require\nrequire (\n)\n)\n"),
        ("pom.xml", "<dependency>" * 50_000 + "<!--" * 50_000),
    ],
)
def test_odd_shapes_are_no_errors(path: str, text: str) -> None:
    assert [each for each in read_manifest(path, text) if each.name.strip(":")] == []


def test_names_are_compared_as_their_language_does() -> None:
    assert normal_name("python", "Rank_BM25") == normal_name("python", "rank.bm25") == "rank-bm25"
    assert normal_name("js", "Left_Pad") == "Left_Pad"
    junit = read_manifest("pom.xml", POM)[0]
    assert is_named(junit, "junit-api")
    assert is_named(junit, "org.junit:junit-api")
    assert not is_named(junit, "junit")


def test_a_name_is_never_a_part_of_another(tmp_path: Path) -> None:
    tree = folder_tree(tmp_path / "repo", {"pyproject.toml": PYPROJECT, "package.json": PACKAGE})
    for name in ("fast", "mcp", "fastmcp2", "react-dom", "kit", "scope/kit", "bm25"):
        assert declarations(tree, name).dependencies == []
    for name in ("FastMCP", "rank.bm25", "react", "@scope/kit"):
        assert declarations(tree, name).dependencies


def test_the_root_speaks_first_and_deeper_manifests_where_it_is_silent(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "repo", {
        "requirements.txt": "requests>=2\n",
        "api/requirements.txt": "requests<1\nflask==3\n",
        "node_modules/x/package.json": '{"dependencies": {"hidden": "1"}}',
        "tests/fixtures/a/package.json": '{"dependencies": {"hidden": "1"}}',
    })  # fmt: skip
    for tree in (working_tree(top), commit_tree(top)):
        assert [each.spec for each in declarations(tree, "requests").dependencies] == [">=2"]
        assert [each.path for each in declarations(tree, "flask").dependencies] == ["api/requirements.txt"]
        assert declarations(tree, "hidden").dependencies == []


def test_locks_tell_versions_but_declare_nothing(tmp_path: Path) -> None:
    entry = '[[package]]\nname = "{}"\nversion = "{}"\n\n'
    lock = entry.format("requests", "2.31.0") + entry.format("idna", "3.4")
    tree = folder_tree(tmp_path / "repo", {"requirements.txt": "requests\n", "poetry.lock": lock})
    assert [(each.spec, each.locked) for each in declarations(tree, "requests").dependencies] == [
        ("", False),
        ("2.31.0", True),
    ]
    assert declarations(tree, "idna").dependencies == []


def test_everything_declared_is_listed_with_what_could_not_be_read(tmp_path: Path) -> None:
    tree = folder_tree(
        tmp_path / "repo", {"go.mod": GO_MOD, "package.json": "{", "web/package.json": PACKAGE}
    )
    declared = dependencies(tree)
    assert {each.path for each in declared.dependencies} == {"go.mod", "web/package.json"}
    assert len(declared.broken) == 1
    assert declared.broken[0].startswith("package.json: ")
    assert declarations(tree, "nothing").broken == declared.broken

"""Import lines tell which names are imported; strings and comments that look like them do not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mnemo.errors import QueryTimeout
from mnemo.repo.imports import find_import, imports
from tests.repo.trees import folder_tree

PYTHON = '''"""Help.

import documented
"""
import os, yaml as y
import google.cloud.storage
from . import sibling
from .near import thing
from ruamel.yaml import YAML
x = 1; import late
try:
    import \\
        wrapped
except ImportError:
    from fast_lib import (a,
        b)
def f():
    import inner
# import commented
text = """
import quoted
"""
'''
JS = """
import React, { useState } from 'react'
import {
  a,
} from "@scope/kit/sub"
import './local.css'
import 'side-effect'
export * from 'lodash/fp'
const fs = require("node:fs"), p = await import('dynamic')
// import gone from 'commented'
 * import gone from 'starred'
"""
GO = """package main

import "fmt"
import (
\t"github.com/a/b/sub"
\talias "github.com/c/d" // why
\t_ "embed"
)

func main() { fmt.Println("not/this") }
"""
RUST = """use serde_json::Value;
pub(crate) use tokio::{io, net};
extern crate libc;
use crate::local;
use ::anyhow::Result;
    use std::fmt;
// use commented::x;
"""

JAVA = """package a;
import com.google.gson.Gson;
import static org.junit.Assert.isTrue;
import java.util.*;
// import com.commented.X;
"""


@pytest.mark.parametrize(
    ("language", "path", "text", "expected"),
    [
        ("python", "a.py", PYTHON, ("os yaml google google.cloud google.cloud.storage ruamel ruamel.yaml"
                                    " late wrapped fast_lib inner")),
        ("js", "a.tsx", JS, "react @scope/kit side-effect lodash fs dynamic"),
        ("go", "a.go", GO, "fmt github.com/a/b/sub github.com/c/d embed"),
        ("rust", "a.rs", RUST, "serde-json tokio libc anyhow std"),
        ("java", "A.java", JAVA, ("com.google com.google.gson com.google.gson.Gson org.junit org.junit.Assert"
                                  " org.junit.Assert.isTrue java.util")),
    ],
)  # fmt: skip
def test_each_language_tells_its_imports(
    tmp_path: Path, language: str, path: str, text: str, expected: str
) -> None:
    others = {"other.txt": "import no", "empty.py": "", "b.go": "package b"}
    tree = folder_tree(tmp_path / "repo", {path: text, **others})
    assert imports(tree, language) == dict.fromkeys(expected.split(), path)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("yaml", "a.py"), ("fast-lib", "a.py"), ("ruamel.yaml", "a.py"), ("google.cloud", "a.py"),
        ("@scope/kit", "a.ts"),
        ("github.com/a/b", "a.go"), ("serde-json", "a.rs"), ("serde_json", "a.rs"),
        ("com.google.gson", "A.java"), ("com.google.gson:gson", "A.java"),
    ],
)  # fmt: skip
def test_an_import_is_found_by_its_exact_name(tmp_path: Path, name: str, path: str) -> None:
    sources = {"a.py": PYTHON, "a.ts": JS, "a.go": GO, "a.rs": RUST, "A.java": JAVA}
    tree = folder_tree(tmp_path / "repo", dict(sources))
    assert find_import(tree, name) == path


@pytest.mark.parametrize(
    "name",
    ["fast", "documented", "quoted", "commented", "gone", "google-cloud", "google.cloud.stor", "github.com/a",
     "github.com/a/bb", "cloud", "near", "serde", "kit", "starred", "not/this"],
)  # fmt: skip
def test_what_only_looks_like_an_import_is_none(tmp_path: Path, name: str) -> None:
    tree = folder_tree(tmp_path / "repo", {"a.py": PYTHON, "a.ts": JS, "a.go": GO, "a.rs": RUST})
    # A path above a module is not that module, but nothing in an import line tells where a module begins.
    expected = "a.go" if name == "github.com/a" else None
    assert find_import(tree, name) == expected


def test_a_file_that_does_not_parse_is_believed_by_its_lines(tmp_path: Path) -> None:
    tree = folder_tree(tmp_path / "repo", {"old.py": "import legacy\nprint 'two'\n"})
    assert find_import(tree, "legacy") == "old.py"


def test_the_search_ends_at_its_deadline(tmp_path: Path) -> None:
    tree = folder_tree(tmp_path / "repo", {"a.py": PYTHON})
    with pytest.raises(QueryTimeout):
        find_import(tree, "yaml", deadline=time.monotonic())
    assert find_import(tree, "yaml", deadline=time.monotonic() + 60) == "a.py"

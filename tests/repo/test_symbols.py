"""A definition is found by its dotted name, and its hash changes exactly when its meaning does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from mnemo.repo.files import Unreadable
from mnemo.repo.symbols import enclosing, find_span, find_symbol, list_symbols, speaks

SOURCE = '''"""A module."""
import os

LIMIT = 10
LOW, (HIGH, *REST) = 1, (2, 3)
typed: int = 4
__all__ = ["a"]
__all__ += ["b"]


@first
@second(1)
def plain(x, *, y=2):
    """Doc."""
    hidden = 1

    def inner():
        return x

    return inner


async def waiting():
    await plain()


class Shelf(Base):
    """Doc."""

    size = 3

    @property
    def width(self):
        return 1

    @width.setter
    def width(self, value):
        self.value = value

    class Inner:
        def deep(self):
            pass


if os.name == "nt":
    def system():
        return "nt"
else:
    def system():
        return "posix"

try:
    import fast
except ImportError:
    fast = None
else:
    FAST = True
finally:
    done = True

match LIMIT:
    case 10:
        matched = 1
with open(os.devnull) as f:
    opened = 1
for i in ():
    looped = 1
'''

# Whatever 3.11 can parse must be equal on later versions: f-strings, generics, defaults, literals, matching.
EVERYWHERE = r'''
def texts(x, y, w):
    """Doc."""
    a = f"{x:}" f"{x:{y}}" f"{x!r:>{w}.2f}" f"" f"a{x}" "b" f"{x=}" f"{{{x}}}"
    b = rf"{x}\n{y!s}" + f"{x:%Y-%m-%d}" + f"""{
        x}""" + f"{x:{y}{w}}" + f"{x:a{y}b{w}c}" + f"{'nested' + f'{y}'}"
    return a, b, "caf\xe9 \u0378 \U0001fae8", b"\x00", 0x1_000, 1e400, -0.0, 3j, ..., None, True, u"kind"

def parameters(a, b=1, /, c: int = 2, *d: str, e, f=None, **g) -> dict[str, int]:
    lambda x, *y, z=1: (yield)
    print(*d, **g, sep="")
    return {**g, "a": [i async for i in e if i], "b": {*d}, "c": a[1:2, ::3, ...], "d": (z := 5)}

class Generic(dict[str, int], metaclass=type):
    x: int = 1
    (y): int
    def method(self):
        global G
        del self.x, self[0]
        assert self, "message"
        try:
            raise ValueError("a") from None
        except* (TypeError, OSError) as error:
            pass
        match self:
            case {"a": 1, **rest} | [1, 2, *_] if rest:
                pass
            case Generic(x=0) as g:
                return
            case None | -1 | "x":
                pass

async def waiting():
    async with a as b, c:
        await d
    async for i in e:
        break
    else:
        pass
'''


def test_each_kind_of_definition_is_found() -> None:
    expected = (
        "LIMIT LOW HIGH typed __all__ plain plain.inner waiting Shelf Shelf.size Shelf.width Shelf.Inner"
        " Shelf.Inner.deep system fast FAST done matched opened looped"
    )
    assert [symbol.name for symbol in list_symbols(SOURCE)] == expected.split()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("LIMIT", (4, 4)),
        ("HIGH", (5, 5)),
        ("__all__", (7, 8)),
        ("plain", (11, 20)),
        ("plain.inner", (17, 18)),
        ("waiting", (23, 24)),
        ("Shelf.width", (32, 38)),
        ("Shelf.Inner.deep", (41, 42)),
        ("system", (46, 50)),
    ],
)
def test_a_definition_runs_from_its_decorators_to_its_end(name: str, lines: tuple[int, int]) -> None:
    assert find_span(SOURCE, name) == lines


@pytest.mark.parametrize(
    "name", ["hidden", "plain.hidden", "Shelf.value", "inner", "os", "missing", "", "Shelf."]
)
def test_what_is_no_definition_is_not_found(name: str) -> None:
    assert find_symbol(SOURCE, name) is None
    assert find_span(SOURCE, name) is None


def body_hash(source: str, name: str = "f") -> str:
    """Return a definition's hash, which must exist."""
    symbol = find_symbol(source, name)
    assert symbol
    return symbol.body_hash


@pytest.mark.parametrize(
    "other",
    [
        'def f(a, b=1):\n  """Doc."""\n  return a + "xy"  # why\n',
        "def f(\n    a,\n    b=1,\n):\n    '''Another.'''\n\n    return (a\n        + 'x' 'y')\n",
        "# above\nx = 1\ndef f(a, b=0x1): return a + u'xy'\n",
        "if True:\n    def f(a, b=1):\n        # inside\n        return (a) + \\\n            'xy'\n",
    ],
)
def test_formatting_comments_and_docstrings_do_not_matter(other: str) -> None:
    assert body_hash(other) == body_hash("def f(a, b=1):\n    return a + 'xy'\n")


@pytest.mark.parametrize(
    "other",
    [
        "def f(a, b=2):\n    return a + 'xy'\n",
        "def f(a, b=True):\n    return a + 'xy'\n",
        "def f(a, b=1.0):\n    return a + 'xy'\n",
        "def f(a, *, b=1):\n    return a + 'xy'\n",
        "def f(a, b=1):\n    return a + b'xy'\n",
        "def f(a, b=1):\n    return a - 'xy'\n",
        "def f(a, b=1):\n    yield a + 'xy'\n",
        "async def f(a, b=1):\n    return a + 'xy'\n",
        "@cache\ndef f(a, b=1):\n    return a + 'xy'\n",
        "def f(a: int, b=1):\n    return a + 'xy'\n",
        "def f(a, b=1):\n    return 'xy' + a\n",
        "def f(a, b=1):\n    pass\n    return a + 'xy'\n",
        "def f(a, b=1):\n    return a + f'xy{a}'\n",
    ],
)
def test_every_change_of_meaning_changes_the_hash(other: str) -> None:
    assert body_hash(other) != body_hash("def f(a, b=1):\n    return a + 'xy'\n")


def test_a_definition_that_only_moved_keeps_its_hash() -> None:
    moved = find_symbol("\n\nimport os\n" + SOURCE, "Shelf.Inner.deep")
    assert moved
    assert moved.body_hash == body_hash(SOURCE, "Shelf.Inner.deep")
    assert moved.first == 44


@pytest.mark.parametrize(("name", "old", "new"), [
    ("system", '"nt"\nelse', '"windows"\nelse'),
    ("system", '"posix"', '"unix"'),
    ("Shelf.width", "return 1", "return 2"),
    ("Shelf.width", "self.value = value", "self.value = 0"),
    ("__all__", '["b"]', '["c"]'),
])  # fmt: skip
def test_a_name_defined_several_times_changes_with_each_of_them(name: str, old: str, new: str) -> None:
    assert body_hash(SOURCE.replace(old, new), name) != body_hash(SOURCE, name)


def test_the_innermost_function_or_class_encloses_lines() -> None:
    assert enclosing(SOURCE, 18, 18) == "plain.inner"
    assert enclosing(SOURCE, 15, 18) == "plain"
    assert enclosing(SOURCE, 11, 11) == "plain"
    assert enclosing(SOURCE, 30, 30) == "Shelf"
    assert enclosing(SOURCE, 37, 38) == "Shelf.width"
    assert enclosing(SOURCE, 4, 4) is None
    assert enclosing(SOURCE, 20, 24) is None


@pytest.mark.parametrize(
    "source",
    ["def f(:\n", "x = (\n", "def f():\nreturn", "a\0b", "'\\x'", "(" * 500 + ")" * 500, "print 'two'"],
)
def test_source_that_cannot_be_parsed_is_unreadable(source: str) -> None:
    for question in (lambda: find_symbol(source, "f"), lambda: list_symbols(source)):
        with pytest.raises(Unreadable) as problem:
            question()
        assert "\n" not in problem.value.message


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(Unreadable, match="line 2"):
        find_symbol("x = 1\ndef f(:\n", "f")


def test_what_is_nested_deep_needs_no_recursion() -> None:
    long_sum = "x = " + " + ".join(["y"] * 900) + "\n"
    chain = "if a:\n    b = 0\n" + "".join(f"elif a == {i}:\n    b = {i}\n" for i in range(80))
    assert body_hash(long_sum, "x") != body_hash(long_sum.replace("y\n", "z\n"), "x")
    assert find_span(chain, "b") == (2, 162)


def test_an_integer_of_any_length_is_hashed() -> None:
    assert body_hash("x = 0x" + "f" * 9000, "x") != body_hash("x = 0x" + "f" * 9001, "x")


def test_a_bad_escape_in_a_file_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert body_hash("def f():\n    return '\\d'\n")


def test_parsing_in_many_threads_leaves_the_warning_filters_alone() -> None:
    before = list(warnings.filters)
    sources = [f"def f():\n    return '\\d{number}'\n" for number in range(40)]
    threads = [threading.Thread(target=find_symbol, args=(source, "f")) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


def test_a_language_is_known_by_its_suffix() -> None:
    paths = "a.py b/c.pyi d.pyw e.pyc py f.ts g.tsx h.jsx i.mjs j.go k.rs l.java m.d.ts".split()
    assert {path: speaks(path) for path in paths if speaks(path)} == {
        "a.py": "python",
        "b/c.pyi": "python",
        "d.pyw": "python",
        "f.ts": "typescript",
        "g.tsx": "tsx",
        "h.jsx": "javascript",
        "i.mjs": "javascript",
        "j.go": "go",
        "k.rs": "rust",
        "m.d.ts": "typescript",
    }


def find_interpreter(version: str) -> str | None:
    """Find another version of Python: on the path, or installed beside this one."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
    for candidate in [shutil.which(f"python{version}"), *map(str, beside)]:
        question = [candidate or "", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if candidate and subprocess.run(question, capture_output=True, text=True).stdout.strip() == version:
            return candidate
    return None


PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from mnemo.repo.symbols import list_symbols
print(json.dumps([[list(s) for s in list_symbols(open(p, encoding="utf-8").read())] for p in sys.argv[2:]]))
"""


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_hashes_are_equal_on_every_version_of_python(version: str, tmp_path: Path) -> None:
    interpreter = find_interpreter(version)
    if not interpreter:
        pytest.skip(f"Python {version} is not installed")
    (tmp_path / "everywhere.py").write_text(EVERYWHERE)
    (tmp_path / "source.py").write_text(SOURCE)
    library = [Path(json.__file__).parent.parent / name for name in LIBRARY.split()]
    paths = [str(path) for path in [tmp_path / "everywhere.py", tmp_path / "source.py", *library]]
    source = str(Path(sys.modules["mnemo"].__path__[0]).parent)
    run = subprocess.run([interpreter, "-c", PROGRAM, source, *paths], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    texts = [Path(path).read_text(encoding="utf-8") for path in paths]
    here = [[list(symbol) for symbol in list_symbols(text)] for text in texts]
    assert sum(map(len, here)) > 600
    assert json.loads(run.stdout) == here


LIBRARY = (
    "ast.py bdb.py calendar.py contextlib.py dataclasses.py datetime.py difflib.py"
    " enum.py fractions.py functools.py heapq.py ipaddress.py pathlib.py statistics.py string.py"
    " textwrap.py threading.py tokenize.py uuid.py warnings.py"
)

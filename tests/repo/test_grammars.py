"""Definitions in JavaScript, TypeScript, Go and Rust: found by their names, hashed by what they say."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import MissingExtra
from mnemo.repo import grammars
from mnemo.repo.files import Unreadable
from mnemo.repo.symbols import enclosing, find_span, find_symbol, list_symbols

TYPESCRIPT = """
@register
export abstract class Store<T> extends Base {
  @logged
  open(path: string): void {
    function inner() {}
    const later = () => 1;
    const hidden = 2;
  }
  static #count = 1;
  abstract close(): void;
  get size() { return `a${1}b`; }
  private retry = () => 1;
}
export const LIMIT = 10, double = (x: number) => x * 2;
function load(a: string): void;
function load(a: unknown) {}
export default class { go() {} }
namespace Deep.Down { export type Pair = { a: 1 } }
declare module "x" { interface Shape { area: number; scale(): void } }
const api = { get() {}, post: () => 2, "put": function () {}, size: 1 };
enum Colour { Red, Green = 2 }
const { p, q: [r], ...rest } = api;
Store.prototype.late = function () {};
exports.made = 1;
module.exports = { aside, also() {} };
describe("a test", () => { function helper() {} const no = 1; run({ neither() {} }); });
"""
GO = """package a

const (
	First = iota
	Second
)

var x, y = 1, 2
var (
	z int
)

type Tree[K any] struct {
	left, right *Tree[K]
}

type Walker interface {
	Walk(depth int) error
}

type Alias = int

func (t *Tree[K]) Walk(depth int) error {
	inner := func() {}
	local := 1
	return nil
}

func (t Tree[K]) Len() int { return 1 }

func main() {}
"""
RUST = """
#[derive(Debug)]
// said of it
pub struct Shelf<T> { pub width: T }

/// Doc.
impl<T> fmt::Display for Shelf<T> {
    const DEPTH: u8 = 1;
    #[inline]
    fn fmt(&self) -> u8 { fn inner() {} let local = 1; b"x" }
}
trait Held { type Item; fn hold(&self); }
mod parts { pub enum Kind { Tall(u8), Low } static NAME: &str = r"a"; }
macro_rules! shelf { () => {} }
impl Held for Vec<u8> { fn hold(&self) {} }
impl parts::Kind { fn low() {} }
type Width = u8;
union Bits { a: u8 }
#[test]
fn works() {}
"""
NAMES = {
    "a.ts": (
        TYPESCRIPT,
        (
            "Store Store.open Store.open.inner Store.open.later Store.#count Store.close Store.size"
            " Store.retry LIMIT double load default default.go Deep.Down Deep.Down.Pair x x.Shape"
            " x.Shape.area x.Shape.scale api api.get api.post api.put Colour p r rest Store.late made also"
            " helper"
        ),
    ),
    "a.go": (
        GO,
        (
            "First Second x y z Tree Tree.left Tree.right Walker Walker.Walk Alias Tree.Walk Tree.Walk.inner"
            " Tree.Len main"
        ),
    ),
    "a.rs": (
        RUST,
        (
            "Shelf Shelf.width Shelf.DEPTH Shelf.fmt Shelf.fmt.inner Held Held.Item Held.hold parts"
            " parts.Kind parts.Kind.Tall parts.Kind.Low parts.NAME shelf Vec.hold Kind.low Width Bits Bits.a"
            " works"
        ),
    ),
}


@pytest.mark.parametrize("path", NAMES)
def test_each_kind_of_definition_is_found(path: str) -> None:
    source, names = NAMES[path]
    assert [symbol.name for symbol in list_symbols(source, path)] == names.split()


@pytest.mark.parametrize("path", ["a.js", "a.jsx", "a.mjs", "a.cjs", "a.tsx"])
def test_every_suffix_has_its_grammar(path: str) -> None:
    source = "export function View() {\n  return <b a='x'>hi {name}</b>;\n}\nexport default () => 1;\n"
    assert [symbol.name for symbol in list_symbols(source, path)] == ["View", "default"]
    assert find_span(source, "View", path) == (1, 3)


@pytest.mark.parametrize(
    ("path", "name", "lines"),
    [
        ("a.ts", "Store", (2, 14)),
        ("a.ts", "Store.open", (4, 9)),
        ("a.ts", "load", (16, 17)),
        ("a.go", "Second", (5, 5)),
        ("a.go", "Tree.Walk", (23, 27)),
        ("a.rs", "Shelf", (2, 4)),
        ("a.rs", "Shelf.fmt", (9, 10)),
        ("a.rs", "works", (19, 20)),
    ],
)
def test_a_definition_runs_from_its_decorators_to_its_end(
    path: str, name: str, lines: tuple[int, int]
) -> None:
    assert find_span(NAMES[path][0], name, path) == lines


@pytest.mark.parametrize(
    ("path", "plain", "other"),
    [
        (
            "a.ts",
            "function f(a, b) {\n  // why\n  const o = { k: 'v', l: [1, 2] };\n  return g(x => x, o);\n}",
            'function f(a,b,)\n{ const o = {k:"v",l:[1,2,],}\n/* how */ return g((x) => x,\n o,) }',
        ),
        ("a.ts", "interface f { a: string; b: number }", "interface f {\n  a: string,\n  b: number,\n}"),
        ("a.js", "class f { a = 1; b() {} }", "class f {\n  a = 1\n\n  b() {}\n}"),
        ("a.jsx", "const f = () => <b>\n  hi\n</b>;", "const f = () => <b>hi\n      </b>"),
        ("a.go", "func f(a int) int { return g(a, 1) }", "func f(a int) int {\n\treturn g(\na,\n1,\n)\n}"),
        ("a.rs", "fn f<T>(a: T) { g(a, [1]) }", "fn f<T,>(\n a: T,\n) {\n // why\n g(a, [1,],)\n}"),
    ],
)  # fmt: skip
def test_formatting_and_comments_do_not_matter(path: str, plain: str, other: str) -> None:
    (one, *_), (two, *_) = list_symbols(plain, path), list_symbols(other, path)
    assert one.name == two.name == "f"
    assert one.body_hash == two.body_hash


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("a.ts", "const f = 1", "let f = 1"),
        ("a.ts", "function f() { a; (b) }", "function f() { a(b) }"),
        ("a.ts", "function f() { while (a); b }", "function f() { while (a) b }"),
        ("a.ts", "function f() { return `a  b` }", "function f() { return `a b` }"),
        ("a.ts", "function f() { return 'a  b' }", "function f() { return 'a b' }"),
        ("a.ts", "const f = [,]", "const f = []"),
        ("a.ts", "const f = /a  b/", "const f = /a b/"),
        ("a.ts", "const f = '\\''", "const f = '\"'"),
        ("a.ts", "function f(a?: string) {}", "function f(a: string) {}"),
        ("a.ts", "@a class f {}", "@b class f {}"),
        ("a.jsx", "const f = <b>hi {a}</b>", "const f = <b>hi{a}</b>"),
        ("a.go", "var f = 1", "const f = 1"),
        ("a.go", "func f() { a := `x  y` }", "func f() { a := `x y` }"),
        ("a.go", "func f() { for i := 0; ; i++ {} }", "func f() { for i := 0; i++; {} }"),
        ("a.rs", "fn f() -> u8 { g() }", "fn f() -> u8 { g(); }"),
        ("a.rs", "const f: A = (1,);", "const f: A = (1);"),
        ("a.rs", "#[cfg(a)]\nfn f() {}", "#[cfg(b)]\nfn f() {}"),
        ("a.rs", "pub fn f() {}", "fn f() {}"),
    ],
)
def test_every_change_of_meaning_changes_the_hash(path: str, one: str, other: str) -> None:
    hashes = {found.body_hash for source in (one, other) if (found := find_symbol(source, "f", path))}
    assert len(hashes) == 2


@pytest.mark.parametrize("path", NAMES)
@given(data=st.data())
def test_what_is_reindented_and_spread_keeps_every_hash(path: str, data: st.DataObject) -> None:
    source = NAMES[path][0]
    lines = source.split("\n")
    gaps = data.draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines)))
    indent = data.draw(st.sampled_from(["", "  ", "\t"]))
    spread = "\n".join("\n" * gap + indent + line for gap, line in zip(gaps, lines, strict=True))
    assert [(s.name, s.body_hash) for s in list_symbols(spread, path)] == [
        (s.name, s.body_hash) for s in list_symbols(source, path)
    ]


@pytest.mark.parametrize("path", NAMES)
@given(data=st.data())
def test_any_text_is_read_without_an_error_of_its_own(path: str, data: st.DataObject) -> None:
    source = NAMES[path][0]
    first = data.draw(st.integers(0, len(source)))
    last = data.draw(st.integers(first, len(source)))
    for symbol in list_symbols(source[:first] + data.draw(st.text(max_size=8)) + source[last:], path):
        assert symbol.first <= symbol.last


@pytest.mark.parametrize(
    ("path", "first", "expected"),
    [("a.ts", 6, "Store.open.inner"), ("a.ts", 8, "Store.open"), ("a.ts", 15, "double"),
     ("a.ts", 22, "Colour"), ("a.ts", 25, None), ("a.go", 25, "Tree.Walk"),
     ("a.rs", 8, None), ("a.rs", 12, "Held.hold")],
)  # fmt: skip
def test_the_innermost_function_or_type_encloses_lines(path: str, first: int, expected: str | None) -> None:
    assert enclosing(NAMES[path][0], first, first, path) == expected


def test_what_is_broken_elsewhere_does_not_hide_a_definition() -> None:
    source = "function f() { return 1 }\n\nfunction g( {\n"
    whole = find_symbol("function f() { return 1 }", "f", "a.js")
    assert find_symbol(source, "f", "a.js") == whole
    with pytest.raises(Unreadable, match="syntax error on line 3"):
        find_symbol(source, "h", "a.js")


def test_hashes_are_those_of_the_words_alone() -> None:
    # Kept claims hold these: whatever version of a grammar reads the text, they stay.
    found = {path: find_symbol(NAMES[path][0], name, path) for path, name in SAMPLES}
    assert {path: symbol and symbol.body_hash for path, symbol in found.items()} == dict(
        zip(NAMES, HASHES, strict=True)
    )


SAMPLES = [("a.ts", "Store"), ("a.go", "Tree.Walk"), ("a.rs", "Shelf.fmt")]
HASHES = ["764866fa9fda6499", "c17f26a19edd4742", "e2e3c8ecda139168"]


def test_without_the_extra_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammars, "_loaded", {})
    monkeypatch.setitem(sys.modules, "tree_sitter_go", None)
    with pytest.raises(MissingExtra, match=r"Go are only read with mnemo-repo\[code\]"):
        find_symbol("package other", "f", "a.go")


def test_a_long_file_is_read_in_time() -> None:
    source = TYPESCRIPT * 60
    start = time.process_time()
    assert find_symbol(source, "Store.open", "a.ts")
    assert time.process_time() - start < 1

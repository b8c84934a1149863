"""The definitions of a JavaScript, TypeScript, Go or Rust file, found in its syntax tree.

Names are dotted from the file's top, as in Python: a Go method `(*T).M` is T.M, `m` in Rust's `impl T` is
T.m, what `export default` leaves without a name is default. What functions keep to themselves is no
definition, unless it is a function or a type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mnemo.light import TYPE_CHECKING, NamedTuple
from mnemo.repo.files import Unreadable
from mnemo.repo.leaves import COMMENTS, words_hash

if TYPE_CHECKING:
    from mnemo.repo.grammars import Node

# Where a definition stands: at the top of a file or module, among a type's members, inside a function.
TOP, MEMBERS, INNER = 0, 1, 2

FUNCTIONS = frozenset(
    "function_declaration generator_function_declaration function_signature method_definition"
    " abstract_method_signature method_signature function_item function_signature_item method_declaration"
    " method_elem macro_definition".split()
)
TYPES = frozenset(
    "class_declaration abstract_class_declaration interface_declaration enum_declaration type_spec"
    " struct_item enum_item union_item trait_item".split()
)
MODULES = frozenset(("internal_module", "module", "mod_item"))
VALUES = frozenset(
    "public_field_definition field_definition property_signature type_alias_declaration const_spec var_spec"
    " type_alias field_declaration const_item static_item type_item associated_type enum_variant".split()
)
# Objects and classes without a name have such too, but nobody could name those.
ONLY_MEMBERS = frozenset(
    "method_definition abstract_method_signature method_signature property_signature public_field_definition"
    " field_definition method_elem field_declaration enum_variant".split()
)
NAMELESS = frozenset(
    "function_expression generator_function arrow_function func_literal closure_expression class"
    " object".split()
)
GROUPS = frozenset(("lexical_declaration", "variable_declaration", "const_declaration", "var_declaration"))
DECORATORS = ("attribute_item", "decorator")

_ASSIGNED = re.compile(r"(?:module\.)?(?:exports\.)?([\w$]+(?:\.[\w$#]+)*)", re.ASCII)


class Definition(NamedTuple):
    """One definition of a name.

    Args:
        nodes: its decorators, then itself.
        keyword: what introduced it, such as const.
        scope: whether it is a function, type or module.
    """

    nodes: tuple[Node, ...]
    keyword: str
    scope: bool


class Seen(NamedTuple):
    """A node on the way through the tree.

    Args:
        node: itself.
        scope: dotted name of what holds it, with its dot.
        level: TOP, MEMBERS or INNER.
        before: its decorators.
        keyword: what introduced it.
    """

    node: Node
    scope: str = ""
    level: int = TOP
    before: tuple[Node, ...] = ()
    keyword: str = ""


Outline = dict[str, list[Definition]]


def outline(top: Node) -> Outline:
    """Return every definition by its dotted name, in the order of the source."""
    found: Outline = {}
    waiting = [Seen(top)]
    while waiting:
        seen = waiting.pop()
        kind = seen.node.type
        names, inside = _RULES.get(kind, _plain)(seen)
        for name in names:
            definition = Definition((*seen.before, seen.node), seen.keyword, _is_scope(seen.node))
            found.setdefault(seen.scope + name, []).append(definition)
        if inside is not None:
            waiting += reversed(list(_children(inside)))
    return found


def lines_of(definitions: list[Definition]) -> tuple[int, int]:
    """Return the first and last line of everything that defines a name."""
    nodes = [node for definition in definitions for node in definition.nodes]
    return min(n.start_point[0] for n in nodes) + 1, max(_last_row(n) for n in nodes) + 1


def outline_hash(definitions: list[Definition], *, rust: bool) -> str:
    """Return 16 hexadecimal digits over what definitions say."""
    hashes = [words_hash(each.nodes, each.keyword, rust=rust) for each in definitions]
    return hashes[0] if len(hashes) == 1 else words_hash((), "\n".join(hashes), rust=rust)


def find_fault(top: Node) -> Unreadable | None:
    """Return what is wrong with a broken tree, in which a name that is not found may still be defined."""
    node = top
    while node.has_error:
        broken = next((child for child in node.children if child.has_error), None)
        if broken is None or node.is_error:
            line = node.start_point[0] + 1
            return Unreadable(f"syntax error on line {line}", "mend the file, then verify again")
        node = broken
    return None


def _children(seen: Seen) -> Iterator[Seen]:
    node, before = seen.node, tuple["Node", ...]()
    keyword = _text(node.children[0]) if node.type in GROUPS else ""
    if node.type == "var_spec_list":
        keyword = seen.keyword
    for child in node.named_children:
        if child.type in DECORATORS:
            before += (child,)
        elif child.type not in COMMENTS:
            yield Seen(child, seen.scope, seen.level, before, keyword)
            before = ()


Ruled = tuple[list[str], "Seen | None"]


def _plain(seen: Seen) -> Ruled:
    kind = seen.node.type
    if kind in NAMELESS:
        return [], seen._replace(level=INNER)
    return [], seen._replace(before=()) if seen.node.child_count else None


def _defines(seen: Seen) -> Ruled:
    """Judge a node that has its name in a field."""
    node, kind = seen.node, seen.node.type
    wanted = seen.level == MEMBERS if kind in ONLY_MEMBERS else kind not in VALUES or seen.level != INNER
    names = [_spelled(name) for name in _names(node)] if wanted else []
    level = TOP if kind in MODULES else MEMBERS if kind in TYPES else INNER
    if len(names) != 1:
        return names, seen._replace(level=INNER)
    value = _held(node)
    if value is not None and value.type in ("object", "class"):
        return names, Seen(value, f"{seen.scope}{names[0]}.", MEMBERS)
    return names, Seen(node, f"{seen.scope}{names[0]}.", level)


def _declares(seen: Seen) -> Ruled:
    """Judge `name = value`: inside a function only functions and classes count."""
    value = _held(seen.node)
    counts = seen.level != INNER or (value is not None and value.type in NAMELESS and value.type != "object")
    names, inside = _defines(seen)
    return (names, inside) if counts else ([], seen._replace(level=INNER))


def _short(seen: Seen) -> Ruled:
    """Judge Go's `name := func() …`."""
    left, right = seen.node.child_by_field_name("left"), _held(seen.node)
    names = [_text(left)] if left and right and right.type == "func_literal" else []
    return names, Seen(seen.node, f"{seen.scope}{names[0]}." if names else seen.scope, INNER)


def _method(seen: Seen) -> Ruled:
    receiver = seen.node.child_by_field_name("receiver")
    kinds = receiver.named_children if receiver else []
    holder = next((_type_name(each.child_by_field_name("type")) for each in kinds if each.named_children), "")
    names = [f"{holder}.{_text(name)}" if holder else _text(name) for name in _names(seen.node)]
    return names, Seen(seen.node, f"{seen.scope}{names[0]}." if names else seen.scope, INNER)


def _implements(seen: Seen) -> Ruled:
    holder = _type_name(seen.node.child_by_field_name("type"))
    return [], Seen(seen.node, f"{seen.scope}{holder}.", MEMBERS)


def _exports(seen: Seen) -> Ruled:
    value = seen.node.child_by_field_name("value")
    if value is None or value.type == "identifier":
        return [], seen._replace(before=())
    return ["default"], Seen(value, f"{seen.scope}default.", MEMBERS if value.type in HOLDERS else INNER)


def _assigns(seen: Seen) -> Ruled:
    left, right = seen.node.child_by_field_name("left"), seen.node.child_by_field_name("right")
    if seen.level != TOP or left is None or right is None or left.type != "member_expression":
        return [], seen._replace(level=INNER)
    target = _text(left).replace(".prototype.", ".")
    level = MEMBERS if right.type in HOLDERS else INNER
    if target in ("module.exports", "exports"):
        return [], Seen(right, seen.scope, level)
    match = _ASSIGNED.fullmatch(target)
    return ([match[1]], Seen(right, f"{seen.scope}{match[1]}.", level)) if match else ([], None)


def _pairs(seen: Seen) -> Ruled:
    key, value = seen.node.child_by_field_name("key"), seen.node.child_by_field_name("value")
    if seen.level != MEMBERS or key is None or value is None or value.type not in NAMELESS:
        return [], seen._replace(level=INNER)
    name = _spelled(key)
    return [name], Seen(value, f"{seen.scope}{name}.", MEMBERS if value.type in HOLDERS else INNER)


def _is_scope(node: Node) -> bool:
    kind, value = node.type, _held(node)
    named = kind in FUNCTIONS or kind in TYPES or kind in MODULES or kind == "export_statement"
    return named or (value is not None and value.type in NAMELESS)


def _held(node: Node) -> Node | None:
    """Return the one value of a declaration, assignment or pair."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    if value is not None and value.type == "expression_list":
        return value.named_children[0] if value.named_child_count == 1 else None
    return value


def _names(node: Node) -> list[Node]:
    found = node.children_by_field_name("name") or node.children_by_field_name("property")
    names: list[Node] = []
    while found:
        name = found.pop(0)
        if name.type in ("object_pattern", "array_pattern", "rest_pattern", "object_assignment_pattern"):
            found = [*name.named_children, *found]
        elif name.type in ("pair_pattern", "assignment_pattern"):
            part = name.child_by_field_name("value") or name.child_by_field_name("left")
            found = [*([part] if part else []), *found]
        elif name.is_named:
            names.append(name)
    return names


def _type_name(node: Node | None) -> str:
    """Return the bare name of a type: of `*T`, `&T`, `T<K>`, `T[K]`, `a::T` it is T."""
    while node is not None:
        inner = node.child_by_field_name("type") or node.child_by_field_name("name")
        if inner is None and node.type in ("pointer_type", "parenthesized_type"):
            inner = node.named_children[0] if node.named_children else None
        if inner is None:
            return _text(node)
        node = inner
    return ""


def _spelled(node: Node) -> str:
    text = _text(node)
    return text[1:-1] if node.type == "string" else text


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _last_row(node: Node) -> int:
    row, column = node.end_point
    return row if column else max(row - 1, node.start_point[0])


HOLDERS = ("object", "class")
_RULES = {
    **dict.fromkeys([*FUNCTIONS, *TYPES, *MODULES, *VALUES], _defines),
    "variable_declarator": _declares,
    "short_var_declaration": _short,
    "method_declaration": _method,
    "impl_item": _implements,
    "export_statement": _exports,
    "assignment_expression": _assigns,
    "pair": _pairs,
}

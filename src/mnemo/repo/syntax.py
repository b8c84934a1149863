"""Python syntax trees: the definitions in one and a form of them that means the same on every version."""

from __future__ import annotations

import warnings
from _thread import allocate_lock
from collections.abc import Iterator

from mnemo.ids import digest
from mnemo.light import TYPE_CHECKING, cast
from mnemo.repo.files import Unreadable

if TYPE_CHECKING:
    import ast
else:
    import _ast as ast  # the nodes alone: the module's other half takes a hook 3 ms to load

Definitions = dict[str, list[ast.stmt]]

HASH_LENGTH = 16
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BLOCK_FIELDS = ("body", "handlers", "orelse", "finalbody", "cases")

# Spelling and bookkeeping, not meaning; `str` is the source text inside the template strings of 3.14.
UNHASHED_FIELDS = frozenset(("ctx", "kind", "simple", "str", "type_comment", "type_ignores"))

_parsing = allocate_lock()


def parse(source: str) -> ast.Module:
    """Return the syntax tree of Python source.

    Raises:
        Unreadable: it is no valid Python, or nested too deep.
    """
    fix = "mend the file, then verify again"
    try:
        # A bad escape is for its author to hear of. The filters are the whole process's: hence the lock.
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(source, "<source>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            return cast("ast.Module", tree)
    except SyntaxError as problem:
        raise Unreadable(f"syntax error on line {problem.lineno or 1}", fix) from problem
    except (ValueError, RecursionError, MemoryError) as problem:
        raise Unreadable("it cannot be parsed as Python", fix) from problem


def collect(module: ast.Module) -> Definitions:
    """Return every definition by its dotted name, in the order of the source.

    Names that functions assign are their own affair; those of modules and classes are definitions.
    """
    found: Definitions = {}
    waiting = [(node, "", True) for node in reversed(module.body)]
    while waiting:
        node, scope, assigns = waiting.pop()
        if isinstance(node, SCOPES):
            found.setdefault(scope + node.name, []).append(node)
            scope, assigns = f"{scope}{node.name}.", isinstance(node, ast.ClassDef)
        elif assigns:
            for name in _assigned(node):
                found.setdefault(scope + name, []).append(node)
        waiting += [(child, scope, assigns) for child in reversed(list(_statements(node)))]
    return found


def iter_imports(module: ast.Module) -> Iterator[str]:
    """Give the dotted modules that are imported anywhere in a file, relative ones aside."""
    from ast import walk

    for node in walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def is_scope(node: ast.stmt) -> bool:
    """Tell whether a definition is a function or class, not an assignment."""
    return isinstance(node, SCOPES)


def lines_of(node: ast.stmt) -> tuple[int, int]:
    """Return a definition's first line, decorators included, and its last."""
    decorators = node.decorator_list if isinstance(node, SCOPES) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first, node.end_lineno or node.lineno


def form_hash(nodes: list[ast.stmt]) -> str:
    """Return 16 hexadecimal digits of the sha-256 over what definitions mean."""
    form = "\n".join(map(_form, nodes))
    return digest(form.encode())[:HASH_LENGTH]


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Give the statements directly inside a statement, those of its handlers and cases too."""
    for field in BLOCK_FIELDS:
        for child in getattr(node, field, ()):
            if isinstance(child, ast.stmt):
                yield child
            else:
                yield from _statements(child)


def _assigned(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = list(node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        alias = getattr(node, "name", None)  # `type Name = …` of 3.12
        targets = [alias] if isinstance(alias, ast.Name) else []
    while targets:
        target = targets.pop(0)
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            targets = [*target.elts, *targets]


def _form(node: ast.AST) -> str:
    """Return a syntax tree in words of our own: fields by name, no empty ones, no positions, no docstrings.

    Versions add fields (3.12 type_params, 3.13 default_value) that are empty in older code, so leaving empty
    fields out makes them agree. The stack is its own because a sum of a thousand terms is a thousand deep.
    """
    parts: list[str] = []
    waiting: list[ast.AST | str] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, ast.Constant):
            parts.append(f"{type(item.value).__name__}:{_literal(item.value)}")
        else:
            parts.append(f"{type(item).__name__}(")
            waiting.append(")")
            for field in sorted(item._fields, reverse=True):
                if field not in UNHASHED_FIELDS:
                    _put_field(field, _meaning(item, field), waiting)
    return " ".join(parts)


def _put_field(field: str, value: object, waiting: list[ast.AST | str]) -> None:
    """Put one field on the stack, its end first."""
    if value is None or value == []:
        return
    if isinstance(value, ast.AST):
        waiting += [value, f"{field}="]
    elif isinstance(value, list):
        items = cast("list[object]", value)
        waiting.append("]")
        waiting += [item if isinstance(item, ast.AST) else _literal(item) for item in reversed(items)]
        waiting.append(f"{field}=[")
    else:
        waiting.append(f"{field}={_literal(value)}")


def _meaning(node: ast.AST, field: str) -> object:
    """Return a field's value without what means nothing: docstrings, empty pieces of f-strings."""
    value: object = getattr(node, field, None)
    if field == "body" and isinstance(node, SCOPES):
        return node.body[1:] if _is_docstring(node.body[0]) else node.body
    if field == "values" and isinstance(node, ast.JoinedStr):
        return _full_pieces(node)
    if field == "format_spec" and isinstance(value, ast.JoinedStr) and not _full_pieces(value):
        return None
    return value


def _full_pieces(text: ast.JoinedStr) -> list[ast.expr]:
    """Return an f-string's pieces without empty constants, which 3.12 alone writes after a nested format."""
    return [piece for piece in text.values if getattr(piece, "value", None) != ""]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def _literal(value: object) -> str:
    # ascii(): what repr() escapes depends on the version's Unicode tables. hex(): digits have no limit.
    return hex(value) if isinstance(value, int) else ascii(value)

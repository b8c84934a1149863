"""What a file imports leads to the files of the repository."""

from __future__ import annotations

import pytest

from mnemo.code.references import index_places, list_references

FILES = (
    "src/shop/__init__.py", "src/shop/cart.py", "src/shop/tax/__init__.py", "src/shop/tax/rates.py",
    "tests/test_cart.py", "tests/cart.py",
    "web/app.ts", "web/lib/index.ts", "web/lib/a.js", "web/style.css",
    "go/main.go", "go/pkg/store/store.go", "go/pkg/store/store_test.go",
    "rust/src/main.rs", "rust/src/parse.rs", "rust/src/parse/words.rs", "rust/src/tree/mod.rs",
    "java/com/shop/Cart.java", "java/com/shop/Tax.java",
)  # fmt: skip
PLACES = index_places(FILES)
TAX = "src/shop/tax/__init__.py"
GO = 'package main\nimport (\n\t"fmt"\n\t"example.com/x/pkg/store"\n)\n'
JAVA = "import com.shop.Tax;\nimport java.util.List;\n"
WORDS, TREE = "rust/src/parse/words.rs", "rust/src/tree/mod.rs"


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("tests/test_cart.py", "import shop.cart\n", ["src/shop/cart.py"]),
        ("tests/test_cart.py", "from shop import cart, tax\n", ["src/shop/cart.py", TAX]),
        ("tests/test_cart.py", "from shop.cart import Cart\n", ["src/shop/cart.py"]),
        ("tests/test_cart.py", "def f():\n    from shop.tax.rates import of\n", ["src/shop/tax/rates.py"]),
        ("src/shop/cart.py", "from . import tax\n", ["src/shop/tax/__init__.py"]),
        ("src/shop/cart.py", "from .tax import rates\n", ["src/shop/tax/rates.py"]),
        ("src/shop/tax/rates.py", "from ..cart import Cart\n", ["src/shop/cart.py"]),
        ("tests/test_cart.py", "import cart\n", ["tests/cart.py"]),
        ("src/shop/cart.py", "import os, json\n", []),
        ("src/shop/cart.py", "import shop.cart\n", []),
        ("src/shop/cart.py", "text = 'import shop.tax'\n", []),
        ("src/shop/cart.py", "from .nowhere import x\nimport (\n", []),
        ("web/app.ts", "import a from './lib'\n", ["web/lib/index.ts"]),
        ("web/app.ts", "const a = require('./lib/a')\n", ["web/lib/a.js"]),
        ("web/app.ts", "import { a } from './lib/a.js'\n", ["web/lib/a.js"]),
        ("web/lib/a.js", "export * from '../app.js'\n", ["web/app.ts"]),
        ("web/app.ts", "import react from 'react'\n", []),
        ("go/main.go", GO, ["go/pkg/store/store.go"]),
        ("rust/src/main.rs", "mod parse;\npub mod tree;\n", ["rust/src/parse.rs", "rust/src/tree/mod.rs"]),
        ("rust/src/parse.rs", "mod words;\nuse crate::tree::Node;\n", [WORDS, TREE]),
        ("java/com/shop/Cart.java", JAVA, ["java/com/shop/Tax.java"]),
        ("web/style.css", "@import './app.ts'\n", []),
    ],
)  # fmt: skip
def test_imports_lead_to_files(path: str, text: str, found: list[str]) -> None:
    assert list_references(path, text, PLACES) == found

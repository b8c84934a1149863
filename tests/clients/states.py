"""Files as people and programs leave them, before mnemo is installed into them."""

from __future__ import annotations

OTHER_HOOKS = b"""\
{
  "model": "opus",
  "hooks": {
    "Stop": [
      {
        "hooks": [
          { "type": "command", "command": "notify-send done" }
        ]
      }
    ],
    "PreToolUse": [
      { "matcher": "Bash", "hooks": [ { "type": "command", "command": "audit.sh" } ] }
    ]
  }
}
"""

# What a settings file of Claude Code may hold; None is no file.
SETTINGS: dict[str, bytes | None] = {
    "no file": None,
    "an empty file": b"",
    "a blank line": b"\n",
    "blanks": b"  \n\t\n",
    "an empty object": b"{}",
    "an empty object and a line end": b"{}\n",
    "an object over two lines": b"{\n}\n",
    "an object of blanks": b"{   }",
    "a comment inside": b"{\n  // nothing yet\n}\n",
    "a comment before": b"// mine\n{}\n",
    "a comment alone": b"// mine",
    "a comment behind": b'{\n  "model": "opus" // the big one\n}\n/* end */\n',
    "other hooks of the same events": OTHER_HOOKS,
    "an empty hooks object": b'{\n  "hooks": {}\n}\n',
    "an empty array for an event": b'{\n  "hooks": {\n    "Stop": []\n  }\n}\n',
    "four blanks": b'{\n    "model": "opus",\n    "env": {\n        "A": "1"\n    }\n}\n',
    "three blanks and odd ones": b'{\n   "model" :"opus"\n ,  "x":[1,\n2 ]}\n',
    "tabs": b'{\n\t"model": "opus",\n\t"hooks": {\n\t\t"Stop": []\n\t}\n}\n',
    "windows lines": b'{\r\n  "model": "opus",\r\n  "hooks": {}\r\n}\r\n',
    "an empty object and a windows line": b"{\r\n}\r\n",
    "a byte order mark": b'\xef\xbb\xbf{\n  "model": "opus"\n}\n',
    "a byte order mark alone": b"\xef\xbb\xbf",
    "no line end at the end": b'{\n  "model": "opus"\n}',
    "one line": b'{"model": "opus", "hooks": {"Stop": [{"hooks": []}]}}',
    "one tight line": b'{"model":"opus","env":{"A":"1"}}',
    "trailing commas": b'{\n  "model": "opus",\n  "hooks": {\n    "Stop": [\n    ],\n  },\n}\n',
    "commas before names": b'{\n    "model": "opus"\n  , "env": {}\n  , "x": 1\n}\n',
    "comments everywhere": (
        b'/* a */ { // b\n  "model": /* c */ "opus", // d\n  /* e */\n  "hooks": { /* f */ } // g\n} // h\n'
    ),
    "a comment behind the last element": b'{\n  "hooks": {\n    "Stop": [\n      1 // one\n    ]\n  }\n}\n',
    "permissions of its own": b'{\n  "permissions": {\n    "allow": [\n      "Bash(ls)"\n    ]\n  }\n}\n',
    "letters of the world": '{\n  "größe": "☃ \\u2028 \\ud83d\\ude00 😀"\n}\n'.encode(),
    "escaped quotes and braces": b'{\n  "a\\"}{": "}\\\\\\" // no comment"\n}\n',
    "numbers as they were written": b'{\n  "a": 1.50e+3,\n  "b": -0,\n  "c": 12345678901234567890\n}\n',
    "many blank lines": b'\n\n{\n\n\n  "model": "opus"\n\n\n}\n\n\n',
    "the same name below another": b'{\n  "mnemo": {"hooks": {"mcpServers": {"mnemo": 1}}}\n}\n',
}

# What its state file may hold.
SERVERS: dict[str, bytes | None] = {
    "no file": None,
    "an empty object": b"{}",
    "other servers": b'{\n  "mcpServers": {\n    "git": {\n      "command": "git-mcp"\n    }\n  }\n}\n',
    "other servers, last one line": b'{\n  "mcpServers": { "git": { "command": "git-mcp" } }\n}',
    "no servers yet": b'{\n  "numStartups": 3,\n  "mcpServers": {}\n}',
    "other projects": b'{\n  "projects": {\n    "/x": {\n      "mcpServers": {}, "a": []\n    }\n  }\n}',
    "tabs and windows lines": b'{\r\n\t"numStartups": 3\r\n}\r\n',
    "one long line": b'{"a":[' + b",".join(b'{"b":1}' for _ in range(2000)) + b"]}",
}

# What can be neither read nor changed.
BROKEN: dict[str, bytes] = {
    "no JSON": b'{"model": opus}',
    "cut off": b'{"model": "opus"',
    "two values": b"{} {}",
    "a missing comma": b'{"a": 1 "b": 2}',
    "a name twice": b'{"hooks": {}, "hooks": {"Stop": []}}',
    "an array": b"[]",
    "a text": b'"hello"',
    "hooks that are a text": b'{"hooks": "none"}',
    "an event that is an object": b'{"hooks": {"Stop": {}}}',
    "no UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a NUL": b'{"a": "\x00"}',
    "a hundred thousand brackets": b"[" * 100_000,
    "an open comment": b"{} /* ",
    "single quotes": b"{'a': 1}",
}

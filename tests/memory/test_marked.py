"""A marked passage is replaced, and every byte around it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Invalid
from mnemo.memory.marked import BEGIN, END, is_marked, spliced

TEXT = "## Title\n\n- one\n"
BLOCK = f"{BEGIN}\n{TEXT}{END}"
MARKED = f"before\n\n{BEGIN}\nold\n{END}\nafter".encode()


def test_what_stands_between_the_markers_is_replaced() -> None:
    assert spliced(MARKED, TEXT, "a") == f"before\n\n{BLOCK}\nafter".encode()


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", BLOCK.encode() + b"\n"),
        (b"x\n", f"x\n\n{BLOCK}\n".encode()),
        (b"x", f"x\n\n{BLOCK}\n".encode()),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf" + BLOCK.encode() + b"\n"),
        (b"x\r\ny\r\n", b"x\r\ny\r\n\r\n" + BLOCK.replace("\n", "\r\n").encode() + b"\r\n"),
        (b"x\ry\r", b"x\ry\r\r" + BLOCK.replace("\n", "\r").encode() + b"\r"),
        (b"caf\xe9\n", b"caf\xe9\n\n" + BLOCK.encode() + b"\n"),
    ],
)
def test_without_markers_the_passage_is_added_at_the_end_with_the_lines_ends_of_the_file(
    raw: bytes, wanted: bytes
) -> None:
    assert spliced(raw, TEXT, "a") == wanted
    assert spliced(wanted, TEXT, "a") == wanted


@pytest.mark.parametrize("margin", [b"", b"  ", b"\t", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"   "])
def test_what_stands_beside_a_marker_on_its_line_stays(margin: bytes, end: bytes) -> None:
    raw = margin + b"<!-- mnemo:begin -->\nold\n\t<!--mnemo:end by hand-->" + end
    made = spliced(raw, TEXT, "a")
    assert made.startswith(margin + b"<!-- mnemo:begin")
    assert made.endswith(b"<!-- mnemo:end -->" + end)
    assert spliced(made, TEXT, "a") == made


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (f"{BEGIN}\n", "begin in line 1"),
        (f"x\n{END}\n", "end in line 2"),
        (f"{END}\n{BEGIN}\n", "end in line 1, begin in line 2"),
        (f"{BEGIN}\r\n{END}\r\n\r\n{BEGIN}\r\n{END}", "begin in line 1, end in line 2, begin in line 4"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", "begin in line 2"),
    ],
)
def test_markers_that_are_no_pair_are_refused_by_line(raw: str, told: str) -> None:
    with pytest.raises(Invalid, match="one pair") as caught:
        spliced(raw.encode(), TEXT, "AGENTS.md")
    assert told in caught.value.message
    assert is_marked(raw.encode())


@pytest.mark.parametrize("raw", [b"a\0b", b"\xff\xfea\0", b"\xfe\xff\0a"])
def test_what_is_no_utf8_text_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid, match="UTF-8"):
        spliced(raw, TEXT, "a")


@pytest.mark.parametrize("line", [f"see {BEGIN}", f"`{BEGIN}`", "<!-- mnemo:beginning -->", f"{BEGIN} x"])
def test_a_marker_within_a_sentence_is_none(line: str) -> None:
    assert not is_marked(line.encode())


@given(
    st.binary(max_size=60).filter(lambda raw: b"\0" not in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff")),
    st.binary(max_size=60).filter(lambda raw: b"\0" not in raw),
)
def test_every_byte_outside_stays_and_a_second_time_changes_nothing(before: bytes, after: bytes) -> None:
    raw = before + b"\n" + f"{BEGIN}\nold\n{END}".encode() + b"\n" + after
    made = spliced(raw, TEXT, "a")
    assert made.startswith(before + b"\n<!-- mnemo:begin")
    assert made.endswith(b"mnemo:end -->\n" + after)
    assert spliced(made, TEXT, "a") == made
    added = spliced(before, TEXT, "a")
    assert added.startswith(before)
    assert spliced(added, TEXT, "a") == added

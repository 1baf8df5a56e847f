"""Encodings are found, checked to the last byte, and named when they do not fit."""

from __future__ import annotations

import codecs

import pytest

from tobit_kernel.errors import InputError

from .conftest import Opened

TEXT = "이름,값\n나사,1\n볼트,2\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("cp949"), "cp949"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
    ],
)
def test_encodings_are_found(opened: Opened, content: bytes, encoding: str) -> None:
    inspection, table = opened("x.csv", content)
    assert inspection.encoding == encoding
    assert table.to_pylist() == [{"이름": "나사", "값": 1}, {"이름": "볼트", "값": 2}]


def test_a_named_encoding_is_taken(opened: Opened) -> None:
    _, table = opened("x.csv", "näme\ngrün\n".encode("latin-1"), encoding="latin-1")
    assert table.to_pylist() == [{"näme": "grün"}]


def test_a_byte_that_fits_nothing_is_named_with_its_line(opened: Opened) -> None:
    with pytest.raises(InputError) as caught:
        opened("x.csv", b"a,b\n" + b"1,2\n" * 500_000 + b"\xff\xff,1\n")
    assert caught.value.message == "'x.csv' is neither UTF-8 nor CP949: byte 0xff at line 500,002."
    assert "--encoding" in caught.value.hint


def test_a_byte_that_does_not_fit_the_named_encoding(opened: Opened) -> None:
    with pytest.raises(InputError, match="'x.csv' is not UTF-8: byte 0xb0 at line 2"):
        opened("x.csv", "a\n가\n".encode("cp949"), encoding="utf-8")
    with pytest.raises(InputError, match="'x.csv' is not CP949: byte .* at line 3"):
        opened("x.csv", b"a\nb\n\xff\n", encoding="cp949")


@pytest.mark.parametrize("name", ["klingon", "zip", "rot13", "idna", "unicode_escape"])
def test_what_is_no_encoding_of_files(opened: Opened, name: str) -> None:
    with pytest.raises(InputError, match="no encoding"):
        opened("x.csv", "a\n1\n", encoding=name)


def test_nul_bytes_are_named_with_their_line(opened: Opened) -> None:
    with pytest.raises(InputError, match="NUL byte at line 3"):
        opened("x.csv", b"a\nb\nx\0y\n")
    with pytest.raises(InputError, match="NUL byte at line 1"):
        opened("x.csv", "a\nb\n".encode("utf-16-le"))


def test_a_cut_letter_at_the_end(opened: Opened) -> None:
    with pytest.raises(InputError, match="line 2"):
        opened("x.csv", "a\n가".encode()[:-1], encoding="utf-8")


def test_a_letter_across_two_blocks(opened: Opened) -> None:
    content = "a\n" + "x" * ((1 << 20) - 3) + "가\n"
    assert opened("x.csv", content)[1].column("a")[0].as_py().endswith("x가")


def test_an_encoding_for_a_file_that_has_none(opened: Opened) -> None:
    with pytest.raises(InputError, match="has no encoding"):
        opened("x.parquet", b"PAR1", encoding="utf-8")

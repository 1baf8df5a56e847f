"""Text files as UTF-8: finds the encoding, checks every byte, decodes what is not UTF-8."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from tobit_kernel.errors import InputError
from tobit_kernel.server.files.scratch import create, storage

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Codecs of Python that are no encodings of files.
_NO_FILES = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
_HINT = "Name the file's encoding with --encoding, for example --encoding latin-1."


@dataclass(frozen=True)
class Text:
    """A file of valid UTF-8 without NUL: the original, or its decoded copy."""

    path: Path
    encoding: str


def as_utf8(path: Path, name: str, encoding: str | None, folder: Path) -> Text:
    """``path`` as UTF-8; a copy in ``folder`` unless it is UTF-8 already.

    Without ``encoding``: byte order mark, else strict UTF-8, else CP949 (Korean Windows).
    ``InputError`` names the byte and its line when nothing fits.
    """
    if encoding is not None:
        codec = _codec(encoding)
        return _checked(path, name, codec) if codec == "utf-8" else _decoded(path, name, codec, folder)
    with path.open("rb") as file:
        head = file.read(4)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return _decoded(path, name, codec, folder)
    try:
        return _checked(path, name, "utf-8")
    except _Undecodable as utf8:
        try:
            return _decoded(path, name, "cp949", folder)
        except _Undecodable:
            raise InputError(
                f"{name!r} is neither UTF-8 nor CP949: byte {utf8.shown} at line {utf8.line:,}.", _HINT
            ) from None


class _Undecodable(InputError):
    """A byte does not belong to the encoding."""

    def __init__(self, name: str, codec: str, byte: int, line: int) -> None:
        self.shown, self.line = f"0x{byte:02x}", line
        super().__init__(f"{name!r} is not {codec.upper()}: byte {self.shown} at line {line:,}.", _HINT)


def _codec(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError):
        found = None
    # _is_text_encoding is the only way to tell "latin-1" from "zip"; missing means text
    if found is None or not getattr(found, "_is_text_encoding", True) or found.name.replace("_", "-") in _NO_FILES:
        raise InputError(f"There is no encoding {encoding!r}.", "Known are utf-8, cp949, utf-16, latin-1, shift_jis, …")
    return found.name


def _checked(path: Path, name: str, codec: str) -> Text:
    with path.open("rb") as file:
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        while block := file.read(_BLOCK):
            _decode(decoder, block, False, name, codec, line)
            _refuse_nul(block.find(b"\0"), block.count(b"\n", 0, max(block.find(b"\0"), 0)), name, line)
            line += block.count(b"\n")
        _decode(decoder, b"", True, name, codec, line)
    return Text(path, codec)


def _decoded(path: Path, name: str, codec: str, folder: Path) -> Text:
    target = folder / f"{codec}.utf8"
    target.unlink(missing_ok=True)
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    with path.open("rb") as source, storage(), create(target) as file:
        final = False
        while not final:
            block = source.read(_BLOCK)
            final = not block
            text = _decode(decoder, block, final, name, codec, line)
            _refuse_nul(text.find("\0"), text.count("\n", 0, max(text.find("\0"), 0)), name, line)
            line += text.count("\n")
            file.write(text.encode("utf-8", "replace"))  # lone surrogates of UTF-16 are no text
    return Text(target, "utf-8" if codec == "utf-8-sig" else codec)


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, final: bool, name: str, codec: str, line: int) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        data = bytes(error.object)
        # counting in the decoded part is right for every encoding, also where a newline has two bytes
        before = data[: error.start].decode(codec, "ignore").count("\n")
        raise _Undecodable(name, codec, data[error.start], line + before) from None
    except UnicodeError as error:  # UTF-16 without a byte order mark
        raise InputError(f"{name!r} is not {codec.upper()}: {error}.", _HINT) from None


def _refuse_nul(position: int, lines_before: int, name: str, line: int) -> None:
    if position >= 0:
        raise InputError(
            f"{name!r} holds a NUL byte at line {line + lines_before:,}.",
            "Text cannot hold it. If the file is UTF-16, say so with --encoding utf-16-le.",
        )

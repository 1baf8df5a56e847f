"""``tobit VERB …``: the verbs on the command line.

Nothing but the result goes to stdout. Exit 0, 1 (it failed: two lines on stderr), 2 (usage).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tobit_kernel import __version__
from tobit_kernel.errors import InputError, TobitError
from tobit_kernel.verbs.answer import Answer
from tobit_kernel.verbs.call import Report, Surroundings
from tobit_kernel.verbs.parse import NEEDS_BODY, VERBS, WITH_BODY, bound, without_body

FORMATS = ("table", "json", "csv", "parquet", "xlsx")


def main() -> None:
    """The entry point of the command ``tobit``."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command; the exit code."""
    try:
        verb, words, form, body = _understood(arguments)
        call = bound(verb, words)
    except TobitError as error:
        return _failed(error, 2)
    try:
        _write(call(_Terminal(body)), form)
    except TobitError as error:
        return _failed(error, 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _failed(error: TobitError, code: int) -> int:
    print("\n".join(error.lines()), file=sys.stderr)
    return code


def _understood(arguments: list[str]) -> tuple[str, list[str], str, str | None]:
    """Verb, its words, the format, and the text if it takes one."""
    words = list(arguments)
    form = _taken(words, ("--as",)) or "table"
    if form not in FORMATS:
        raise InputError(f"--as {form!r} is no format.", f"There are {', '.join(FORMATS)}.")
    file = _taken(words, ("-f", "--file"))
    if words and words[0] in ("-V", "--version"):
        print(f"tobit {__version__}")
        raise SystemExit(0)
    if not words or words[0] in ("-h", "--help"):
        return "help", [], form, None
    verb, rest = words[0], words[1:]
    if "-h" in rest or "--help" in rest:
        return "help", [verb], form, None
    if verb not in VERBS:
        raise InputError(VERBS.unknown(verb).message, VERBS.unknown(verb).hint)
    return verb, *_with_body(verb, rest, form, file)


def _with_body(verb: str, words: list[str], form: str, file: str | None) -> tuple[list[str], str, str | None]:
    if verb not in WITH_BODY:
        return words, form, None
    if file is not None:
        try:
            return words, form, Path(file).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file!r} can't be read: {error}.", "-f names a file that holds the text.") from None
    words, body = without_body(verb, words)
    if body is None and verb in NEEDS_BODY and sys.stdin is not None and not sys.stdin.isatty():
        body = sys.stdin.read()
    return words, form, body


def _taken(words: list[str], names: tuple[str, ...]) -> str | None:
    """Takes ``--as X`` or ``--as=X`` out of ``words``."""
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            if equals:
                del words[number]
                return value
            if number + 1 == len(words):
                raise InputError(f"{name} needs a value.")
            value = words[number + 1]
            del words[number : number + 2]
            return value
    return None


class _Terminal(Surroundings):
    """A verb's surroundings on the command line."""

    def __init__(self, body: str | None) -> None:
        super().__init__(body=body)

    @contextmanager
    def working(self, noun: tuple[str, str] = ("row", "rows")) -> Iterator[Report]:
        from tobit_kernel.notebook.display.progress import Progress

        with Progress(noun) as progress:
            yield progress


def _write(value: Any, form: str) -> None:
    if value is None:
        return
    if not isinstance(value, Answer):
        _write_result(value, form)
    elif form == "json":
        print(json.dumps(value.data, ensure_ascii=False))
    elif value.rows is None:
        if form != "table":
            raise InputError(f"This answer is no table; --as {form} can't write it.", "Use --as json.")
        print(value.text)
    elif form == "table":
        print(_text(value))
    else:
        _write_export(_as_arrow(value), form)


def _write_result(result: Any, form: str) -> None:
    from tobit_kernel.notebook.display import static
    from tobit_kernel.wire.rows import as_data

    if form == "json":
        print(json.dumps(as_data(result.to_arrow(), result.tail), ensure_ascii=False))
    elif form == "table":
        print(static.text(result, most_rows=1000))
    else:
        _write_export(result.to_arrow(), form, result.types)


def _write_export(table: Any, form: str, types: list[str] | None = None) -> None:
    from tobit_kernel.notebook.display.export import Format, write

    if form != "csv" and sys.stdout.isatty():
        raise InputError(f"--as {form} is not for a terminal.", "Send it into a file: tobit … > file")
    write(table, sys.stdout.buffer, Format(form), types=types)


def _as_arrow(answer: Answer) -> Any:
    import pyarrow as pa

    rows = answer.rows or [] if answer.whole is None else answer.whole
    headers = list(rows[0]) if rows and answer.whole is not None else answer.headers
    cells = {name: [row.get(name) for row in rows] for name in headers}
    plain = {
        name: [
            value
            if value is None or isinstance(value, bool | int | float | str)
            else json.dumps(value, ensure_ascii=False)
            for value in column
        ]
        for name, column in cells.items()
    }
    return pa.table(plain)


def _text(answer: Answer) -> str:
    """The listing as aligned columns; what it says when it is empty."""
    from tobit_kernel.notebook.display.listing import text

    return text(answer)


if __name__ == "__main__":
    main()

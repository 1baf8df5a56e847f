"""One statement from a cell, the named cells it uses, its parameters and the user's schema.

``Composition.locate`` leads an error position of the composed text back into the cell that
the text came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tobit_kernel.errors import InputError, ParameterMissing, StatementError, TobitError
from tobit_kernel.server.queries.parse import Reading, read
from tobit_kernel.server.sources.mapped import Mapped, Origin, rewritten
from tobit_kernel.server.sources.source import Prepared
from tobit_kernel.wire import parameters
from tobit_kernel.wire.models import Cell, QueryRequest
from tobit_kernel.wire.parameters import Token


@dataclass
class Composition:
    """``statement`` with ``$1 … $n`` for ``values``.

    ``reading`` is what sqlglot saw in it, or the error that it ended with.
    """

    statement: str
    values: list[Any]
    names: list[str]
    reading: Reading | StatementError
    _mapped: Mapped
    _texts: Mapping[str | None, str]
    _schemas: Mapping[str, str]

    @property
    def tables(self) -> list[str]:
        """The tables that are read, as they are written."""
        if isinstance(self.reading, TobitError):
            return []
        written = {called: name for name, called in self._schemas.items()}
        return [str(replace(table, schema=written.get(table.schema, table.schema))) for table in self.reading.tables]

    def change(self, changes: list[tuple[int, int, str]]) -> None:
        """Replaces ``(start, end, new)``, in order; errors in what is new point to what it stands for."""
        self._mapped = self._mapped.changed(changes)
        self.statement = self._mapped.text

    def prepared(self, request: QueryRequest) -> Prepared:
        """What the source is given."""
        return Prepared(self.statement, self.values, request.limit, request.timeout_s)

    def locate(self, error: TobitError) -> TobitError:
        """``error`` with its ``position`` turned into cell, line, column and that line's text."""
        for written, called in self._schemas.items():
            error.message = error.message.replace(f"{called}.", f"{written}.")
        position = error.details.pop("position", None)
        origin = self._mapped.origin(position) if position is not None else None
        if origin is not None:
            error.details.update(place(self._texts[origin.cell], origin))
        return error


def place(text: str, origin: Origin) -> dict[str, Any]:
    """Line and column (from 1) of an offset, with the line itself."""
    before = text[: origin.offset]
    line = before.count("\n")
    return {
        "cell": origin.cell,
        "line": line + 1,
        "column": origin.offset - (before.rfind("\n") + 1) + 1,
        "text": text.split("\n")[line],
    }


def compose(
    statement: str, values: Mapping[str, Any], cells: list[Cell], dialect: str, schemas: Mapping[str, str]
) -> Composition:
    """The statement to run. ``schemas`` maps names as written (``my``) to those in the database.

    Raises ``ParameterMissing``, and ``InputError`` for ``$1`` or an empty cell.
    """
    main = Cell.model_construct(name="", statement=statement, parameters=dict(values))
    texts: dict[str | None, str] = {None: statement}
    weaver = _Weaver(dialect, schemas)
    used = _used(main, {cell.name.lower(): cell for cell in cells}, dialect, weaver)
    texts.update({cell.name: cell.statement for cell in used})
    mapped = Mapped()
    body = weaver.weave(main)
    head = _head(statement)
    if used:
        mapped.put("with recursive " if head.recursive else "with ")
        for number, cell in enumerate(used):
            mapped.put(", " if number else "")
            mapped.put(f'"{cell.name.lower()}" as (\n', Origin(cell.name, 0))
            mapped.add(weaver.weave(cell))
            mapped.put("\n)")
        mapped.put(", " if head.length else "\n")
        mapped.add(weaver.weave(main, skip=head.length))
    else:
        mapped.add(body)
    return Composition(mapped.text, weaver.values, weaver.names, _read(mapped.text, dialect), mapped, texts, schemas)


def _read(text: str, dialect: str) -> Reading | StatementError:
    try:
        return read(text, dialect)
    except StatementError as error:
        return StatementError(error.message, **error.details)  # its own copy: reading is cached


@dataclass(frozen=True)
class _Head:
    length: int
    recursive: bool


def _head(statement: str) -> _Head:
    """How much of ``statement`` is ``with [recursive]``, to which other cells can be added."""
    length, recursive = 0, False
    for token in parameters.significant(statement):
        word = token.text.lower()
        if word == "with" and not length:
            length = token.end
        elif word == "recursive" and length:
            length, recursive = token.end, True
        else:
            break
    return _Head(length, recursive)


def _used(main: Cell, cells: dict[str, Cell], dialect: str, weaver: _Weaver) -> list[Cell]:
    """The cells that ``main`` uses, directly or through others, in the order they need."""
    order: list[Cell] = []

    def visit(cell: Cell, path: tuple[str, ...]) -> None:
        for name in _tables(cell, dialect):
            found = cells.get(name)
            if found is None or found.name in path:
                continue
            if found not in order:
                visit(found, (*path, found.name))
                order.append(found)

    if cells:
        visit(main, ())
    return order


def _tables(cell: Cell, dialect: str) -> list[str]:
    try:
        return read(cell.statement, dialect).unqualified
    except StatementError:
        return []  # the server's own message about the whole says it better


class _Weaver:
    """Turns cells into text with ``$n``, collecting the values."""

    def __init__(self, dialect: str, schemas: Mapping[str, str]) -> None:
        self.values: list[Any] = []
        self.names: list[str] = []
        self._numbers: dict[tuple[str | None, str], int] = {}
        self._schemas = schemas
        self._dialect = dialect

    def weave(self, cell: Cell, skip: int = 0) -> Mapped:
        """The text of ``cell`` after its first ``skip`` characters, without a closing semicolon."""
        text = cell.statement
        pieces = parameters.significant(text)
        while pieces and pieces[-1].text == ";":
            pieces.pop()
        if not pieces:
            raise InputError("The cell is empty.", "Write a SELECT under the %%tobit line.")
        for token in pieces:
            if token.kind == "position":
                raise InputError(f"{token.text} is not a parameter here.", "Name it: `:limit`, and give limit=10.")
        changes = sorted(self._parameters(cell, pieces) + self._schema_names(pieces))
        end = pieces[-1].end
        cut = [change for change in changes if change[0] >= skip]
        return rewritten(
            text[skip:end],
            [(a - skip, b - skip, new) for a, b, new in cut],
            lambda at: Origin(cell.name or None, at + skip),
        )

    def _parameters(self, cell: Cell, pieces: list[Token]) -> list[tuple[int, int, str]]:
        changes: list[tuple[int, int, str]] = []
        starts = {token.start: number for number, token in enumerate(pieces)}
        for token in parameters.placeholders(cell.statement):
            if token.start not in starts:
                continue
            value = self._value(cell, token.text[1:])
            changes.append((token.start, token.end, f"${self._number(cell, token.text[1:], value)}"))
            if isinstance(value, list):
                changes += parameters.as_any(pieces, starts[token.start])
        return changes

    def _value(self, cell: Cell, name: str) -> Any:
        if name not in cell.parameters:
            where = f" of cell {cell.name!r}" if cell.name else ""
            raise ParameterMissing(
                f"Parameter :{name}{where} has no value.",
                f"Give it: `{name}=…` on the %%tobit line, or a notebook variable {name}.",
                names=[name],
            )
        return parameters.decode(cell.parameters[name])

    def _number(self, cell: Cell, name: str, value: Any) -> int:
        key = (cell.name, name)
        if key not in self._numbers:
            self.values.append(value)
            self.names.append(name)
            self._numbers[key] = len(self.values)
        return self._numbers[key]

    def _schema_names(self, pieces: list[Token]) -> list[tuple[int, int, str]]:
        """Schemas that are called otherwise. A cell that uses such a name as an alias means the alias."""
        found: list[tuple[str, Token]] = []
        aliases: set[str] = set()
        for before, token, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
            name = token.text.strip('"') if token.kind == "quoted" else token.text.lower()
            if token.kind not in ("word", "quoted") or name not in self._schemas or (before and before.text == "."):
                continue
            if after is not None and after.text == ".":
                found.append((name, token))
            else:
                aliases.add(name)
        return [(token.start, token.end, f'"{self._schemas[name]}"') for name, token in found if name not in aliases]

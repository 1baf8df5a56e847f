"""What a SELECT wants fetched: the tables that it names, and those it calls like functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tobit_kernel.errors import InputError, StatementError
from tobit_kernel.server.sources.mapped import Mapped, Origin, rewritten
from tobit_kernel.wire.parameters import Token, significant


@dataclass(frozen=True)
class Argument:
    """An argument's value, and where it stands in the statement; ``literal`` when it is written there as text."""

    value: Any
    position: int
    literal: bool = False


@dataclass(frozen=True)
class Wanted:
    """A table to fetch: its name, and its arguments when it was called like a function."""

    name: str
    position: int
    called: bool = False
    arguments: tuple[Argument, ...] = ()
    named: tuple[tuple[str, Argument], ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """The same for two that fetch the same."""
        plain = [repr(argument.value) for argument in self.arguments]
        return (self.name, self.called, *plain, *((name, repr(each.value)) for name, each in self.named))


@dataclass
class Plan:
    """The statement as DuckDB gets it, and what each of its tables is fetched from."""

    mapped: Mapped
    tables: dict[str, Wanted] = field(default_factory=dict)
    #: Those of ``$1 … $n`` that are left: DuckDB wants no value that it does not use.
    values: list[Any] = field(default_factory=list)

    @property
    def statement(self) -> str:
        return self.mapped.text

    def position(self, position: int) -> int:
        """Where a place of ``statement`` was in the text that was given."""
        origin = self.mapped.origin(position)
        return origin.offset if origin is not None else 0


def planned(statement: str, values: Sequence[Any], tables: Collection[str], functions: Collection[str]) -> Plan:
    """The plan of ``statement``; ``tables`` and ``functions`` are the names that there are, in lower case.

    ``StatementError`` or ``InputError`` for arguments that are no values.
    """
    tree = _tree(statement)
    called: list[Wanted] = []
    names: dict[str, Wanted] = {}
    hidden = _hidden(tree)
    for table in tree.find_all(exp.Table):
        found = table.this
        if isinstance(found, exp.Identifier):
            name = found.name.lower()
            if name in tables and name not in hidden:
                names[name] = Wanted(name, int(found.meta.get("start", 0)))
        elif isinstance(found, exp.Func) and _name(found) in functions:
            called.append(_call(found, statement, values))
    plan = Plan(Mapped(), names)
    changes: list[tuple[int, int, str]] = []
    known: dict[tuple[object, ...], str] = {}
    taken = {*names, *hidden}
    for each in sorted(called, key=lambda call: call.position):
        view = known.setdefault(each.key, _free(each.name, taken))
        taken.add(view)
        plan.tables[view] = each
        changes.append((each.position, _end(statement, each.position), f'"{view}"'))
    changes += _renumbered(statement, values, changes, plan.values)
    plan.mapped = rewritten(statement, sorted(changes), lambda at: Origin(None, at))
    return plan


def _tree(statement: str) -> exp.Expression:
    try:
        return cast(exp.Expression, sqlglot.parse_one(statement, read="duckdb"))
    except (SqlglotError, RecursionError) as error:
        found = getattr(error, "errors", None) or [{}]
        raise StatementError(
            found[0].get("description") or "The statement can't be read.",
            "Tobit must understand a statement to fetch its tables, and does not follow here.",
        ) from None


def _renumbered(
    statement: str, values: Sequence[Any], calls: Sequence[tuple[int, int, str]], kept: list[Any]
) -> list[tuple[int, int, str]]:
    """The parameters outside of ``calls`` with numbers of their own; their values are added to ``kept``."""
    numbers: dict[str, int] = {}
    changes = []
    for token in significant(statement):
        if token.kind != "position" or any(start <= token.start < end for start, end, _ in calls):
            continue
        if token.text not in numbers and 0 < int(token.text[1:]) <= len(values):
            kept.append(values[int(token.text[1:]) - 1])
            numbers[token.text] = len(kept)
        if token.text in numbers:
            changes.append((token.start, token.end, f"${numbers[token.text]}"))
    return changes


def _hidden(tree: exp.Expression) -> set[str]:
    """Names that mean a CTE, unless that CTE itself reads a table of its name."""
    hidden = set()
    for cte in tree.find_all(exp.CTE):
        name = cte.alias_or_name.lower()
        inside = {table.name.lower() for table in cte.this.find_all(exp.Table)}
        if name not in inside:
            hidden.add(name)
    return hidden


def _name(call: exp.Func) -> str:
    return str(call.name if isinstance(call, exp.Anonymous) else call.sql_name()).lower()


def _call(call: exp.Func, statement: str, values: Sequence[Any]) -> Wanted:
    start = call.meta.get("start")
    name = _name(call)
    if start is None or statement[start : start + len(name)].lower() != name:
        raise StatementError(f"{name}(…) is not understood here.", f"Write {name}(…) behind from.")
    arguments: list[Argument] = []
    named: list[tuple[str, Argument]] = []
    for given in call.expressions:
        if isinstance(given, exp.Kwarg | exp.PropertyEQ | exp.EQ):
            named.append((given.this.name.lower(), _argument(given.expression, statement, start, values)))
        else:
            arguments.append(_argument(given, statement, start, values))
    return Wanted(name, start, True, tuple(arguments), tuple(named))


def _argument(given: exp.Expression, statement: str, start: int, values: Sequence[Any]) -> Argument:
    """A literal or a parameter; anything else would have to be computed before DuckDB runs."""
    if isinstance(given, exp.Placeholder | exp.Parameter):
        number = int(re.sub(r"\D", "", given.sql("duckdb")) or 0)
        if not 0 < number <= len(values):
            raise InputError("A parameter has no value.")
        return Argument(values[number - 1], start)
    inner = given.this if isinstance(given, exp.Neg) else given
    if isinstance(inner, exp.Literal) and (inner is given or not inner.is_string):
        if inner.is_string:
            return Argument(inner.name, _place(statement, inner.name, start), literal=True)
        number_of = float(inner.name) if set(inner.name) & set(".eE") else int(inner.name)
        return Argument(-number_of if inner is not given else number_of, start)
    if isinstance(given, exp.Boolean | exp.Null):
        return Argument(given.this if isinstance(given, exp.Boolean) else None, start)
    raise StatementError(
        "An argument here is a value, not something to compute.",
        "Compute it before and give it as :name.",
        position=start,
    )


def _place(statement: str, text: str, start: int) -> int:
    """Where the letters of a literal begin."""
    found = statement.find("'" + text.replace("'", "''"), start)
    return found + 1 if found >= 0 else start


def _end(statement: str, start: int) -> int:
    """The end of the call that begins at ``start``: behind its closing bracket."""
    depth = 0
    token: Token
    for token in significant(statement):
        if token.start < start:
            continue
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "close" and depth == 0:
            return token.end
    raise StatementError("A bracket is not closed.", position=start)


def _free(name: str, taken: set[str]) -> str:
    """``name``, or with a number behind it: SQL may then say ``name.column`` without an alias."""
    number = 1
    while (free := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    return free

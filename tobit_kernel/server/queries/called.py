"""The functions that a statement for PostgreSQL calls, found twice.

sqlglot reads the statement otherwise than the server does in places, and forgets how a function that it
knows was written. So the text is asked too: a name before a parenthesis is a function, unless it is a
word of the grammar, a type or an alias with columns.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files

from sqlglot import exp

from tobit_kernel.server.sources.sqlalchemy import dialects
from tobit_kernel.wire.parameters import Token, significant

#: Schemas whose functions are written with or without them.
_OPEN = ("", "pg_catalog", "public")
#: Words of the grammar after which a name and a parenthesis may be a table of WITH.
_BEFORE_A_TABLE = frozenset({"with", "recursive"})


def called(tree: exp.Expression, statement: str) -> tuple[str, ...]:
    """Names of functions as PostgreSQL folds them, with their schema where it is an unusual one."""
    found = {node.name.lower(): None for node in tree.find_all(exp.Anonymous, exp.AnonymousAggFunc)}
    found.update(dict.fromkeys(_written(tree, statement)))
    return tuple(found)


def _written(tree: exp.Expression, statement: str) -> list[str]:
    """Names before a parenthesis that are neither grammar nor as many aliases as the tree has."""
    sure: list[str] = []
    names: Counter[str] = Counter()
    pieces = significant(statement)
    if any(_is_escaped(three) for three in zip(pieces, pieces[1:], pieces[2:], strict=False)):
        sure.append('u&"…"')  # an identifier that could be any name
    for at, (token, after) in enumerate(zip(pieces, pieces[1:], strict=False)):
        if after.text != "(" or token.kind not in ("word", "quoted"):
            continue
        first = _first(pieces, at)
        before = pieces[first - 1].text.lower() if first else ""
        if before in ("::", "as") or (token.kind == "word" and first == at and _folded(token) in keywords()):
            continue
        schema = _folded(pieces[at - 2]) if first < at else ""
        name = _folded(token) if schema in _OPEN else f"{schema}.{_folded(token)}"
        if schema or before in keywords() - _BEFORE_A_TABLE:
            sure.append(name)
        else:
            names[name] += 1
    names.subtract(_aliases(tree))
    return sure + [name for name, count in names.items() if count > 0]


def _is_escaped(three: tuple[Token, Token, Token]) -> bool:
    """Whether these are ``U&"…"``."""
    u, ampersand, name = three
    return f"{u.text}{ampersand.text}".lower() == "u&" and name.kind == "quoted" and name.start == u.start + 2


def _aliases(tree: exp.Expression) -> list[str]:
    """Tables, also those of WITH, whose alias lists columns: ``t (a, b)``."""
    aliases = [alias for alias in tree.find_all(exp.TableAlias) if alias.args.get("columns")]
    identifiers = [alias.this for alias in aliases if isinstance(alias.this, exp.Identifier)]
    return [each.name if each.quoted else each.name.lower() for each in identifiers]


def _first(pieces: list[Token], at: int) -> int:
    """Where ``schema.name`` begins that ends at ``at``."""
    while at >= 2 and pieces[at - 1].text == "." and pieces[at - 2].kind in ("word", "quoted"):
        at -= 2
    return at


def _folded(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text.lower()


@cache
def keywords() -> frozenset[str]:
    """Words that stand before a parenthesis without being a function's name.

    PostgreSQL's keywords (``pg_get_keywords()``) that can't name a function, those that could but have a
    meaning of their own there, and some of its free words that a query needs.
    """
    return frozenset(files(__package__).joinpath("keywords.txt").read_text("utf-8").split())


def called_elsewhere(tree: exp.Expression, statement: str, dialect: str) -> tuple[str, ...]:
    """The same for the tokens of another dialect: names in small letters."""
    tokens = dialects.tokens_of(statement, dialect)
    sure: list[str] = []
    names: Counter[str] = Counter()
    for at, (token, after) in enumerate(zip(tokens, tokens[1:], strict=False)):
        name, bare = _named(token, statement)
        if after.token_type is not dialects.TokenType.L_PAREN or not name:
            continue
        before = dialects.written(tokens[at - 1], statement).lower() if at else ""
        if bare and name in plain_keywords():
            continue
        if before == ".":
            sure.append(f"{_named(tokens[at - 2], statement)[0]}.{name}")
        else:
            names[name] += 1
    aliases = [alias for alias in tree.find_all(exp.TableAlias) if alias.args.get("columns")]
    names.subtract(alias.name.lower() for alias in aliases)
    return (*sure, *(name for name, count in names.items() if count > 0))


def _named(token: dialects.Token, statement: str) -> tuple[str, bool]:
    """What a token names, and whether without quotes; empty for one that names nothing."""
    text = dialects.written(token, statement)
    if token.token_type is dialects.TokenType.IDENTIFIER:
        return text[1:-1].lower(), False
    return (text.lower(), True) if text[:1].isalpha() or text[:1] == "_" else ("", True)


@cache
def plain_keywords() -> frozenset[str]:
    """``keywords`` of other dialects than PostgreSQL's."""
    return frozenset(files(__package__).joinpath("keywords-plain.txt").read_text("utf-8").split())

"""How PostgreSQL's types become Arrow's: what the server converts before it sends.

numeric → float64 (15 digits; ``::text`` keeps all), interval → duration (a month counts as
30 days, as in ``extract(epoch …)``), json → text, and whatever Arrow has no type for → text. ``infinity`` of dates
and timestamps → null; ``::text`` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tobit_kernel.wire.stream import TYPE_KEY

_NAMES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "bpchar": "character",
    "timestamptz": "timestamptz",
    "varchar": "varchar",
}


#: Types that a cast finds by the name alone; others (enums, domains) stand in a schema of their own.
_CATALOG = frozenset(
    "bool int2 int4 int8 float4 float8 numeric money text varchar bpchar name bytea date time timetz timestamp"
    " timestamptz interval uuid inet cidr macaddr macaddr8 json jsonb xml bit varbit oid unknown".split()
)


@dataclass(frozen=True)
class Conversion:
    """``expression`` (with ``{}`` for the column) that the server applies; ``arrow`` to view it as."""

    expression: str
    arrow: pa.DataType | None = None


_TEXT = Conversion("{}::text")
_TEXTS = Conversion("{}::text[]")
_SPECIAL = {
    "numeric": Conversion("{}::float8"),
    "_numeric": Conversion("{}::float8[]"),
    "interval": Conversion("(extract(epoch from {}) * 1000000)::int8", pa.duration("us")),
    "_interval": _TEXTS,
    "money": _TEXT,
    "inet": Conversion("abbrev({})"),
}


def pg_name(column: pa.Field) -> str:
    """PostgreSQL's internal name of a column's type, from the driver's metadata."""
    metadata: dict[bytes, bytes] = column.metadata or {}
    return metadata.get(b"POSTGRESQL:type", b"").decode()


def in_catalog(name: str) -> bool:
    """Whether ``name`` or the array ``_name`` is a type of PostgreSQL's own."""
    return name.removeprefix("_") in _CATALOG


def oid(name: str) -> int:
    """The number in ``unknown<oid:16395>``, the driver's name of a type that it does not know."""
    return int(name.split("<oid:")[1].removesuffix(">"))


def conversion(column: pa.Field) -> Conversion | None:
    """What the server must do with ``column`` first; None when Arrow takes it as it is."""
    name = pg_name(column)
    if name in _SPECIAL:
        return _SPECIAL[name]
    if isinstance(column.type, pa.ListType):
        unread = isinstance(column.type.value_type, pa.BaseExtensionType | pa.StructType)
        return _TEXTS if unread else None
    if isinstance(column.type, pa.StructType):
        return _TEXT  # the driver reads only what is a table's row type
    if isinstance(column.type, pa.BaseExtensionType) and column.type.extension_name != "arrow.json":
        return _TEXT
    return None


def shown_name(name: str, look_up: Callable[[int], str]) -> str:
    """The name that people use; ``look_up`` asks the server about types of its own (enums)."""
    if "<oid:" in name:
        return look_up(oid(name))
    if name.startswith("_"):
        return _NAMES.get(name[1:], name[1:]) + "[]"
    return _NAMES.get(name, name)


@dataclass(frozen=True)
class Shape:
    """The columns of a statement: as the driver sends them and as the caller gets them."""

    sent: pa.Schema
    conversions: list[Conversion | None]
    schema: pa.Schema

    @property
    def converts(self) -> bool:
        return any(self.conversions)

    def wrap(self, statement: str, limit: int | None) -> tuple[str, int]:
        """``statement`` with conversions and limit around it, and how many characters came before."""
        columns = [f"c{number}" for number in range(len(self.conversions))]
        pairs = zip(self.conversions, columns, strict=True)
        chosen = ", ".join(each.expression.format(name) if each else name for each, name in pairs)
        names = f" ({', '.join(columns)})" if self.converts else ""
        head = f"select {chosen if self.converts else '*'} from (\n"  # noqa: S608 - our own names; the statement is guarded
        tail = f"\n) as tobit_rows{names}" + (f" limit {limit + 1:d}" if limit is not None else "")
        return head + statement + tail, len(head)

    def cast(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """``batch`` as it goes to the caller: durations viewed as such, JSON as text."""
        arrays = [_plain(array, column.type) for array, column in zip(batch.columns, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def shape(sent: pa.Schema, look_up: Callable[[int], str]) -> Shape:
    """The shape of a statement whose columns the driver described as ``sent``."""
    conversions = [conversion(column) for column in sent]
    fields = [
        pa.field(column.name, _target(column, each), metadata={TYPE_KEY: shown_name(pg_name(column), look_up)})
        for column, each in zip(sent, conversions, strict=True)
    ]
    return Shape(sent, conversions, pa.schema(fields))


def _target(column: pa.Field, each: Conversion | None) -> pa.DataType:
    if each is None:
        if isinstance(column.type, pa.BaseExtensionType):
            return column.type.storage_type
        if isinstance(column.type, pa.ListType):
            return pa.list_(column.type.value_type)
        return column.type
    if each.arrow is not None:
        return each.arrow
    plain = pa.float64() if "float8" in each.expression else pa.string()
    return pa.list_(plain) if each.expression.endswith("[]") else plain


def _finite(array: pa.Array) -> pa.Array:
    """``array`` with nulls for ``infinity``, which Arrow's times do not have; the driver turns it into nonsense."""
    kind = array.type
    if pa.types.is_list(kind) and _is_time(kind.value_type):
        values = _finite(array.values)
        if values is array.values:
            return array
        return pa.ListArray.from_arrays(array.offsets, values, mask=array.is_null() if array.null_count else None)
    if not _is_time(kind):
        return array
    number, least = (pa.int32(), -(1 << 30)) if pa.types.is_date32(kind) else (pa.int64(), -(1 << 62))
    numbers = array.view(number)
    low = pc.min(numbers).as_py()
    if low is None or low >= least:
        return array
    return pc.if_else(pc.less(numbers, least), pa.scalar(None, number), numbers).view(kind)


def _is_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date32(kind))


def _plain(array: pa.Array, target: pa.DataType) -> pa.Array:
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    array = _finite(array)
    if array.type == target:
        return array
    if pa.types.is_duration(target):
        return array.view(target)
    return array.cast(target)

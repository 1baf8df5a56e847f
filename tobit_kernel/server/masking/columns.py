"""Personal data in Arrow columns. Numbers, times and truth values are passed by; text is searched by RE2."""

from __future__ import annotations

from functools import lru_cache
from operator import is_ as _is

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tobit_kernel.server.masking.pattern import Pattern
from tobit_kernel.server.masking.policy import Mode, Policy
from tobit_kernel.server.masking.quick import QUICK, quick
from tobit_kernel.server.masking.traits import Traits

#: Columns of which fewer values match are changed by these alone.
_FEW = 0.5
#: Fewer values are not worth a quick way.
_WORTH = 64
#: Texts that are searched together; they and their traits fit into a processor's cache.
_PIECE_BYTES = 256 << 10


def masked(batch: pa.RecordBatch, policy: Policy) -> pa.RecordBatch:
    """``batch`` with the same schema; columns without finds are the same memory."""
    patterns = policy.active
    if not patterns:
        return batch
    columns = [_array(column, policy, patterns) if has_text(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


@lru_cache(maxsize=1024)
def has_text(kind: pa.DataType) -> bool:
    """Whether values of this type are, or contain, text."""
    if isinstance(kind, pa.BaseExtensionType):
        return has_text(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return has_text(kind.value_type)
    if _is_text(kind):
        return True
    return any(has_text(kind.field(place).type) for place in range(kind.num_fields))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _array(array: pa.Array, policy: Policy, patterns: tuple[Pattern, ...]) -> pa.Array:
    kind = array.type
    if not has_text(kind) or not len(array):
        return array
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _array(array.storage, policy, patterns))
    if pa.types.is_string_view(kind):
        return _texts(array.cast(pa.large_string()), policy, patterns).cast(kind)
    if _is_text(kind):
        return _texts(array, policy, patterns)
    if pa.types.is_dictionary(kind):
        values = _array(array.dictionary, policy, patterns)
        return pa.DictionaryArray.from_arrays(array.indices, values, ordered=kind.ordered)
    if pa.types.is_struct(kind):
        fields = [_array(array.field(place), policy, patterns) for place in range(kind.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(kind), mask=array.is_null())
    if pa.types.is_map(kind):
        inner = pa.StructArray.from_arrays(
            [_array(array.keys, policy, patterns), _array(array.items, policy, patterns)],
            fields=[kind.key_field, kind.item_field],
        )
        return pa.Array.from_buffers(
            kind, len(array), array.buffers()[:2], array.null_count, array.offset, children=[inner]
        )
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _array(array.values, policy, patterns)
        return pa.Array.from_buffers(
            kind, len(array), array.buffers()[:2], array.null_count, array.offset, children=[inner]
        )
    # rarer shapes (fixed-size lists, unions, views): slow, and right
    return _array(array.cast(_plain(kind)), policy, patterns).cast(kind)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_fixed_size_list(kind) or pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        return pa.large_list(kind.value_field)
    raise pa.ArrowNotImplementedError(f"Values of type {kind} can't be searched for personal data.")


def _texts(array: pa.Array, policy: Policy, patterns: tuple[Pattern, ...]) -> pa.Array:
    """A column of text, piece by piece: what is looked at more than once is still near the processor."""
    rows = max(_PIECE_BYTES * len(array) // max(array.nbytes, 1), 1)
    if rows >= len(array):
        return _piece(array, policy, patterns)
    old = [array.slice(place, rows) for place in range(0, len(array), rows)]
    new = [_piece(piece, policy, patterns) for piece in old]
    return array if all(map(_is, old, new)) else pa.concat_arrays(new)


def _piece(array: pa.Array, policy: Policy, patterns: tuple[Pattern, ...]) -> pa.Array:
    """What a piece can't hold is not looked for, and what matches nothing is not touched."""
    traits = Traits(array)
    for pattern in patterns:
        rows = traits.rows(pattern.needs)
        if len(rows) == len(array):
            array = _searched(array, policy, pattern)
        elif len(rows):
            few = array.take(pa.array(rows))
            found = _searched(few, policy, pattern)
            if found is not few:
                mask = np.zeros(len(array), bool)
                mask[rows] = True
                array = pc.replace_with_mask(array, pa.array(mask), found)
    return array


def _searched(array: pa.Array, policy: Policy, pattern: Pattern) -> pa.Array:
    """``array`` without the finds of one pattern, the same when there are none."""
    shape = QUICK.get(pattern.title) if policy.mode(pattern.name) is Mode.MASK else None
    if shape is None or len(array) < _WORTH:
        return _matched(array, policy, pattern)
    array, rest = quick(array, shape)
    if rest.all():
        return _matched(array, policy, pattern)
    few = array.filter(pa.array(rest))
    found = _matched(few, policy, pattern)
    return array if found is few else pc.replace_with_mask(array, pa.array(rest), found)


def _matched(array: pa.Array, policy: Policy, pattern: Pattern) -> pa.Array:
    hits = pc.match_substring_regex(_as_bytes(array), pattern.find)
    count = pc.sum(hits).as_py() or 0
    if not count:
        return array
    if count > len(array) * _FEW:
        return _one(array, hits, policy, pattern)
    few = array.filter(hits)
    return pc.replace_with_mask(array, hits, _one(few, few.is_valid(), policy, pattern))


def _as_bytes(array: pa.Array) -> pa.Array:
    """The same memory, of which RE2 reads letters beyond ASCII byte by byte: enough to find, and faster."""
    return array.cast(pa.large_binary() if pa.types.is_large_string(array.type) else pa.binary())


def _one(array: pa.Array, hits: pa.Array, policy: Policy, pattern: Pattern) -> pa.Array:
    """``array`` without the finds of one pattern."""
    mode = policy.mode(pattern.name)
    if mode is Mode.MASK and pattern.holds is None:
        for _ in range(pattern.rounds):
            array = pc.replace_substring_regex(array, pattern.find, pattern.shown)
        return array
    old = array.filter(hits).to_pylist()
    if mode is Mode.DROP:
        gone = [pattern.replaced(text, lambda _: "") != text for text in old]
        new = [None if is_gone else text for text, is_gone in zip(old, gone, strict=True)]
    else:
        put = policy.hashed if mode is Mode.HASH else None
        new = [pattern.replaced(text, put) for text in old]
    return pc.replace_with_mask(array, hits, pa.array(new, array.type))

"""Which rows a person sees: values per dimension, ANDed; a dimension without values shows nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: All values of a dimension.
EVERY = "*"


class Dimension(StrEnum):
    """What rows are told apart by."""

    #: no limits in any dimension; its only value is ``*``
    ALL = "all"
    #: mfg.dim_line.factory_code
    FACTORY = "factory"
    #: mfg.dim_line.line_code
    LINE = "line"
    #: mfg.dim_product.family
    PRODUCT_FAMILY = "product_family"
    #: mfg.dim_shift.shift
    SHIFT = "shift"
    #: mfg.dim_equipment.equipment_code
    EQUIPMENT = "equipment"
    #: ops.ci_group.group_code
    CI_GROUP = "ci_group"


@dataclass(frozen=True)
class Scopes:
    """The values that a person sees, by dimension."""

    values: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Scopes:
        """From ``(dimension, value)`` rows."""
        gathered: dict[Dimension, set[str]] = {}
        for dimension, value in pairs:
            gathered.setdefault(Dimension(dimension), set()).add(value)
        return cls({dimension: frozenset(found) for dimension, found in gathered.items()})

    @property
    def is_all(self) -> bool:
        """Whether nothing is hidden."""
        return EVERY in self.values.get(Dimension.ALL, ())

    def sees(self, dimension: Dimension) -> frozenset[str] | None:
        """The values in sight; None for all, empty for none."""
        found = self.values.get(dimension, frozenset())
        return None if self.is_all or EVERY in found else found

    def as_json(self) -> str:
        """For ``gate.bound``, and always the same text for the same scopes."""
        return json.dumps({str(name): sorted(found) for name, found in sorted(self.values.items())})


#: Everything of the tenant.
ALL_ACCESS = Scopes({Dimension.ALL: frozenset({EVERY})})

"""The page of roles and permissions, from the table that the gate decides by."""

from __future__ import annotations

from tobit_kernel.server.identity.roles import MATRIX, Role
from tobit_kernel.server.identity.rules import SubjectType
from tobit_kernel.server.identity.scopes import Dimension

HEAD = """# Roles, permissions, scopes

A person has one role. The role gives permissions by this table; every route of the gate names the one that it
needs, and a refusal says which was missing, why, and who can give it.

"""
ROWS = """

## Rows beside the table

A manager gives or takes a permission for a role, a group or one person, on everything or on one thing
(`source/plant`), with a reason. Who is refused reads it: “This needs the permission 'load'. It was taken from
account 'kim': on leave”.

```
%tobit users --deny load --to user:kim -m "on leave"
%tobit users --deny read --on source/hr --to role:analyst -m "salaries"
%tobit users --allow read --on source/hr --to group:hr -m "their own work"
```

A source that somebody may not `read` is to them as if it were not there: no listing has it, and who asks it by name is
told that there is no such source. The reason stands in `%tobit users --access` for those who care for people.

The most particular row wins: one for a named thing before one for everything, then {subjects}; between two
equals the refusal. Nobody gives what their own role lacks; `see_pii` is given to one person by somebody else,
and no role implies it.

## Which rows somebody sees

Administrators and managers see all rows of their tenant. Everybody else sees what their scopes show: values
by dimension, those of role, groups and person together, `*` for all of a dimension. Dimensions are ANDed, and
**a dimension without a value shows nothing**. The database itself holds to it (row security), also in views,
counts, joins and the cache.

```
%tobit users --only line=L-PRS-1 --to role:analyst -m "own line"
%tobit users --show-rows line=L-WLD-1 --to user:kim -m "helps there"
```

`--only` shows these values and all of the other dimensions, in place of what was shown before. `--show-rows` adds
values, and says which dimensions have none yet; values that stand in no row are named, too.

| dimension | its values |
|---|---|
"""


def page() -> str:
    """The matrix, the rules between rows, and the dimensions."""
    order = " before ".join(kind.value for kind in reversed(SubjectType))
    scopes = [f"| `{each.value}` | {words} |" for each, words in _dimensions().items()]
    return HEAD + "\n".join(_matrix()) + ROWS.replace("{subjects}", order) + "\n".join(scopes) + "\n"


def _matrix() -> list[str]:
    lines = ["| permission | " + " | ".join(Role) + " | why |", "|---" * (len(Role) + 2) + "|"]
    for line in MATRIX:
        cells = [reach.value if (reach := line.reach(role)) else "" for role in Role]
        lines.append(f"| `{line.permission.value}` | " + " | ".join(cells) + f" | {line.reason} |")
    return lines


def _dimensions() -> dict[Dimension, str]:
    return {
        Dimension.ALL: "only `*`: no limits at all",
        Dimension.FACTORY: "`mfg.dim_line.factory_code`",
        Dimension.LINE: "`mfg.dim_line.line_code`",
        Dimension.PRODUCT_FAMILY: "`mfg.dim_product.family`",
        Dimension.SHIFT: "`mfg.dim_shift.shift`",
        Dimension.EQUIPMENT: "`mfg.dim_equipment.equipment_code`",
        Dimension.CI_GROUP: "`ops.ci_group.group_code`; the CIs of a group stand in `ops.ci_group_member`",
    }

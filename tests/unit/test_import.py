"""``import tobit_kernel`` brings in nothing that takes long."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = "pydantic urllib3 pyarrow pandas polars duckdb numpy sqlglot cyclopts IPython fastapi sqlalchemy bokeh asyncio"


def loaded(code: str) -> set[str]:
    told = f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_package_imports_nothing_but_itself() -> None:
    assert loaded("import tobit_kernel") <= {"tobit_kernel", *sys.stdlib_module_names} - set(HEAVY.split())


@pytest.mark.parametrize(
    "module", ["tobit_kernel.errors", "tobit_kernel.runtime", "tobit_kernel.registry", "tobit_kernel.shipped"]
)
def test_what_stands_lowest_imports_only_the_standard_library(module: str) -> None:
    assert loaded(f"import {module}") <= {"tobit_kernel", *sys.stdlib_module_names}


def test_completion_loads_no_data_library() -> None:
    assert not loaded("import tobit_kernel.notebook.completion") & set(HEAVY.split())


def test_the_analyst_s_side_never_loads_the_server() -> None:
    names = "client autostart verbs.sql verbs.load notebook.magics notebook.surroundings notebook.completion"
    code = "; ".join(f"import tobit_kernel.{name}" for name in names.split())
    listing = "import sys; print(*[name for name in sys.modules if name.startswith('tobit_kernel.server')])"
    done = subprocess.run([sys.executable, "-c", f"{code}; {listing}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

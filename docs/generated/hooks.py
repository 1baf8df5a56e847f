"""Adds the generated pages to the manual: `hooks` in mkdocs.yml names this file."""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from generated import benchmarks, errors, http_api, patterns, roles, settings, verbs  # noqa: E402


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages of `nav` that no file of docs/ holds."""
    pages = {
        "reference/verbs.md": verbs.page(),
        "reference/errors.md": errors.page(),
        "reference/settings.md": settings.page(),
        "reference/roles.md": roles.page(),
        "reference/http-api.md": http_api.page(),
        "reference/patterns.md": patterns.page(),
        "benchmarks.md": benchmarks.page(ROOT / "docs" / "benchmarks"),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    }
    for address, text in pages.items():
        files.append(File.generated(config, address, content=text))
    return files

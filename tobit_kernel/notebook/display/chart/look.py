"""Colours, type and number formats that both pictures share."""

from __future__ import annotations

from math import floor, log10

import numpy as np

#: Twelve colours that differ also for colour-blind eyes in their first six, on light and dark pages.
PALETTE = (
    "#3b82d6", "#f08c2e", "#2ca58d", "#d9544f", "#8f6bd1", "#b8952b",
    "#35a9c4", "#dd6fa6", "#7f8794", "#6fa83a", "#a9714b", "#5667c9",
)  # fmt: skip
#: Between black and white: 4.5 : 1 on white, 4.2 : 1 on the dark theme of JupyterLab.
TEXT = "#757a82"
FRAME = "#9aa0a8"
#: Fonts that hold Hangul come first where they exist; nothing is downloaded.
FONTS = ("Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumSquareRound", "NanumGothic")
FONT_STACK = "system-ui, -apple-system, " + ", ".join(f"'{font}'" for font in FONTS) + ", sans-serif"
HEIGHT_PX = 360
GAP = " · "


def colour(number: int) -> str:
    """The colour of the series at a place."""
    return PALETTE[number % len(PALETTE)]


def decimals(values: np.ndarray) -> int | None:
    """Digits behind the point that tell ``values`` apart; None when they are too small or large for that."""
    known = np.abs(values[np.isfinite(values)]) if len(values) else values
    most = float(known.max()) if len(known) else 0.0
    if most == 0 or (known == np.round(known)).all() and most < 1e15:
        return 0
    if not 1e-6 <= most < 1e15:
        return None
    return max(0, 4 - max(floor(log10(most)), 0)) if most >= 1 else 3 - floor(log10(most))


def literal(text: str) -> str:
    """``text`` such that neither picture takes it for a formula: BokehJS would fetch MathJax for ``$$``."""
    return text.replace("$$", "$\u200b$").replace("\\[", "\\\u200b[").replace("\\(", "\\\u200b(")

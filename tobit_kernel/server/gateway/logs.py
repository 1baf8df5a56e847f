"""JSON logs to the console and a rotating file; the level changes while running."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from tobit_kernel.server.masking.texts import masked_data

#: Fields that structlog fills in, some of them with objects of its own.
_OURS = frozenset({"timestamp", "level", "logger", "_record", "_from_structlog", "exc_info"})
LOG_FILE = "gateway.log"
_FILE_BYTES, _FILES = 10 << 20, 5


def configure(home: Path, level: str) -> None:
    """Sends everything through structlog's JSON renderer to stderr and ``home/logs``."""
    folder = home / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    file = RotatingFileHandler(folder / LOG_FILE, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr), file]
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.root.handlers = handlers
    set_level(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = name != "uvicorn.access"


def _without_personal_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """``event`` with every text in it masked, whatever a tenant decided: logs are the operators'."""
    return {name: value if name in _OURS else masked_data(value) for name, value in event.items()}


def set_level(level: str) -> None:
    """The least level that is written from now on: debug, info, warning, error."""
    logging.root.setLevel(level.upper())
    # libraries that talk much say only what matters
    for name in ("sqlalchemy", "alembic", "asyncio", "psycopg"):
        logging.getLogger(name).setLevel(max(logging.root.level, logging.WARNING))


def level() -> str:
    """The level in force."""
    return logging.getLevelName(logging.root.level).lower()

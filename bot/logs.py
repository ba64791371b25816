"""Structured logs on standard error; addresses, tokens and answers never reach them."""

from __future__ import annotations

import logging
import sys

import structlog

# These libraries log request lines, and a bot's token is part of every request line.
QUIET = ("httpx", "httpx2", "httpcore", "telegram", "aiohttp", "yoyo", "aiosqlite")

# One line for each request that is odd: whoever sends them must not fill the disk.
SILENT = ("python_multipart",)


def configure() -> None:
    """One line per event: time, level, what happened, and its facts as key=value."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )

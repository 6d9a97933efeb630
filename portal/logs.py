"""Structured logs: JSON lines in production, readable lines elsewhere; each line with the number of its request.

No personal data: a line names routes, codes and references, never names, document numbers, addresses or what was typed.
"""

from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configuration(*, production: bool) -> dict[str, Any]:
    """Django's LOGGING; also points structlog at the standard library, so that there is one stream of lines."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if production:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        last += [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "processors": last, "foreign_pre_chain": SHARED}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": "INFO" if production else "WARNING"},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": "INFO" if production else "WARNING"},
            # A missing page is no warning, and its address may hold what a reader typed.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": False},
            # Axes writes user names and network addresses; the attempts themselves stand in its tables.
            "axes": {"level": "CRITICAL"},
            "daphne.http_protocol": {"level": "WARNING"},
        },
    }

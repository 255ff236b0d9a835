"""Structured logs and Prometheus metrics. Secrets never reach either."""

import logging
import sys
from typing import TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

REQUESTS = Counter("shiftline_http_requests", "Requests answered", ["operation", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "shiftline_http_request_seconds",
    "Time to answer",
    ["operation"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
DECISIONS = Counter("shiftline_access_decisions", "Access decisions", ["action", "allowed"], registry=REGISTRY)
PROPAGATION_SECONDS = Histogram(
    "shiftline_propagation_seconds",
    "From the writing of an event, just before its commit, to its frame at live sessions",
    ["node"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
SESSIONS = Gauge("shiftline_live_sessions", "Live signalling sessions", ["transport"], registry=REGISTRY)
STRANGERS = Gauge("shiftline_unauthenticated_sockets", "Sockets that nobody has signed in on yet", registry=REGISTRY)
TURNED_AWAY = Counter(
    "shiftline_handshakes_turned_away", "Handshakes answered 503 because of too many such sockets", registry=REGISTRY
)
REPAIRS = Counter("shiftline_repairs", "What was found broken and mended by itself", ["fault"], registry=REGISTRY)
JOBS = Counter("shiftline_jobs", "Jobs and event handlers run", ["name", "outcome"], registry=REGISTRY)


def metrics_text() -> bytes:
    """All metrics in the Prometheus text format."""
    return generate_latest(REGISTRY)


class _StandardError:
    """Standard error as it is when a line is written: loggers outlive whoever redirects it for a while."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logs(level: str = "info") -> None:
    """One JSON object a line on stderr: event, level, timestamp (real time, UTC) and the ids bound at the edge."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format='{"event":"%(name)s","message":"%(message)s"}')

"""Starting the servers: Daphne by default, uvicorn as the fast profile; all in one process for the embedded mode."""

import gc
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

MAX_FRAME_BYTES = 1024 * 1024
"""Beyond this the websocket protocol itself refuses (close code 1009)."""


UPLOAD_PIECE_BYTES = 512 * 1024
"""In such pieces a request's body is handed on; Daphne's 8 KiB make a large upload a thousand messages."""


def run_daphne(host: str, port: int, *, application: Any = None, ready: Callable[[], None] = lambda: None) -> None:
    """Serve with Daphne until told to stop; `application` takes the place of the platform's own in benchmarks."""
    from daphne.endpoints import build_endpoint_description_strings  # the reactor must not be installed on import

    from exchange.rooms.broadcast.outlets import check_private_attributes
    from portal import asgi
    from portal.patience import PatientServer

    for name in check_private_attributes():
        logger.error("%s is not where it was: sockets are told the slow way; pin the versions of the lock file", name)
    endpoints = build_endpoint_description_strings(host=host, port=port)
    server = PatientServer(
        application=application or asgi.application,
        endpoints=endpoints,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_FRAME_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        request_buffer_size=UPLOAD_PIECE_BYTES,
        server_name="luochui",
        verbosity=0,
        ready_callable=ready,
    )
    spare_what_is_loaded()
    server.run()
    asgi.rooms.stop()


def run_uvicorn(host: str, port: int, *, application: str = "portal.asgi:application") -> None:
    """Serve with uvicorn: less per message, no HTTP details that Daphne knows better."""
    import uvicorn

    from portal import asgi  # noqa: F401  # loads what a room needs

    spare_what_is_loaded()
    uvicorn.run(
        application,
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="warning",
        access_log=False,
    )


def start_timekeeper() -> threading.Thread:
    """The timekeeper as a thread of this process."""
    from portal.timekeeping import run

    thread = threading.Thread(target=run, name="timekeeper", daemon=True)
    thread.start()
    return thread


def start_worker() -> threading.Thread:
    """Celery's worker as a thread, on the in-memory broker: its queue dies with the process, the outbox re-sends."""
    thread = threading.Thread(target=_work, name="worker", daemon=True)
    thread.start()
    return thread


def _work() -> None:
    from celery.worker import WorkController

    from portal.celery import app

    worker = WorkController(
        app=app,
        pool_cls="solo",
        concurrency=1,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        quiet=True,
    )
    try:
        worker.start()
    except Exception:
        logger.exception("the embedded worker ended")


def tune_interpreter() -> None:
    """Threads of the rooms hand the interpreter over sooner than Python's 5 ms: a verdict waits less for the writer."""
    sys.setswitchinterval(0.001)
    # Every bid leaves objects that live on; Python's 700 would look for cycles among them hundreds of times a second.
    gc.set_threshold(20_000, 20, 20)


def spare_what_is_loaded() -> None:
    """The modules stay for ever: searching them for garbage would stop a busy room for a tenth of a second."""
    gc.collect()
    gc.freeze()

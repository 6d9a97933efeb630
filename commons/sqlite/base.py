"""Django's SQLite backend with one fair turn per process for writers.

SQLite's own waiting is a lottery: with four writing threads the unlucky one waits a second. Taking a first-come lock
before BEGIN IMMEDIATE keeps the slowest close to the mean (see docs/adr/0003).
"""

import threading
from collections import deque
from typing import Any

from django.db.backends.sqlite3 import base, features


class FairLock:
    """A lock that is handed over in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_turns: dict[str, FairLock] = {}
_turns_guard = threading.Lock()


class DatabaseFeatures(features.DatabaseFeatures):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's write turn from BEGIN IMMEDIATE to the end of the transaction."""

    features_class = DatabaseFeatures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_turn = False

    def _turn(self) -> FairLock:
        with _turns_guard:
            return _turns.setdefault(str(self.settings_dict["NAME"]), FairLock())

    def _start_transaction_under_autocommit(self) -> None:
        self._turn().acquire()
        self._has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn_back()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            if not self._in_transaction():
                self._give_turn_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            if not self._in_transaction():
                self._give_turn_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _in_transaction(self) -> bool:
        return bool(self.connection is not None and self.connection.in_transaction)

    def _give_turn_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn().release()

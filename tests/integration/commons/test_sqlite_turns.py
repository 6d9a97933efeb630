"""Writers on SQLite wait for each other in order; none fails, none keeps the turn."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from commons.sqlite.base import DatabaseWrapper, FairLock
from portal.environment import database


@pytest.fixture(autouse=True)
def own_databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """These tests open files of their own, beside the test database."""
    with django_db_blocker.unblock():
        yield


def wrapper(path: Path) -> DatabaseWrapper:
    defaults: dict[str, Any] = {
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "TEST": {},
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
    }
    return DatabaseWrapper({**defaults, **database(f"sqlite://{path}")}, alias=f"turns-{threading.get_ident()}")


def count_up(path: Path, rounds: int, errors: list[BaseException]) -> None:
    connection = wrapper(path)
    try:
        for _ in range(rounds):
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT n FROM counter")
                (n,) = cursor.fetchone()
                cursor.execute("UPDATE counter SET n = %s", [n + 1])
            connection.commit()
            connection.set_autocommit(True)
    except BaseException as error:
        errors.append(error)
    finally:
        connection.close()


def test_writers_in_one_process_neither_fail_nor_lose_updates(tmp_path: Path) -> None:
    path = tmp_path / "turns.sqlite3"
    first = wrapper(path)
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE counter (n INTEGER)")
        cursor.execute("INSERT INTO counter VALUES (0)")
    errors: list[BaseException] = []
    threads = [threading.Thread(target=count_up, args=(path, 25, errors)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with first.cursor() as cursor:
        cursor.execute("SELECT n FROM counter")
        assert cursor.fetchone() == (100,)
    first.close()


def test_a_connection_that_is_closed_in_a_transaction_gives_its_turn_back(tmp_path: Path) -> None:
    path = tmp_path / "closed.sqlite3"
    first, second = wrapper(path), wrapper(path)
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    first.close()
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)

    assert second.in_atomic_block is False
    second.rollback()
    second.close()


def test_the_lock_is_handed_over_in_order_of_arrival() -> None:
    lock = FairLock()
    order: list[int] = []

    def take_a_turn(number: int) -> None:
        lock.acquire()
        order.append(number)
        lock.release()

    lock.acquire()
    threads = []
    for number in range(5):
        thread = threading.Thread(target=take_a_turn, args=(number,))
        thread.start()
        while len(lock._waiting) <= number:
            threading.Event().wait(0.001)
        threads.append(thread)

    lock.release()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("url", ["mysql://x/y", "luochui.sqlite3"])
def test_an_unknown_database_address_stops_the_start_with_a_sentence(url: str) -> None:
    with pytest.raises(SystemExit, match="DATABASE_URL must begin with"):
        database(url)

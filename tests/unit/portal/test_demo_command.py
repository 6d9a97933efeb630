"""A second demo city is refused in a sentence, before anything of the first one is touched."""

import socket
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from exchange.rooms.domain.profiles import PROFILES
from portal.demo.city import City
from portal.management.commands.demo import hold, require_free, rooms_to_visit


def test_a_folder_serves_one_city_at_a_time(tmp_path: Path) -> None:
    first = hold(tmp_path / "demo", 8000)

    with pytest.raises(CommandError, match=r"already runs in .*demo.*--port 8001 --folder var/demo-8001"):
        hold(tmp_path / "demo", 8000)

    first.close()
    hold(tmp_path / "demo", 8000).close()


def test_a_port_that_is_taken_is_refused_by_its_number() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"Port {port} "):
            require_free(port)

    require_free(port)


def test_the_demo_says_for_how_long_its_other_rooms_stay_open() -> None:
    words = "\n".join(rooms_to_visit(City(1, 2, 3, "F0", ()), "http://localhost:8000"))
    hours = {name: PROFILES[name]["session_ms"] // 3_600_000 for name in ("wuyi-2021", "guangdong-2017")}

    assert hours == {"wuyi-2021": 1, "guangdong-2017": 2}
    assert "Limited quotes, one hour" in words
    assert "Sealed call, two hours" in words

"""A second demo city is refused in a sentence, before anything of the first one is touched."""

import socket
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from portal.management.commands.demo import hold, require_free


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

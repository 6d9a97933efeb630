"""The production description, checked as text: well-formed and complete, without a container engine."""

import re
import shlex
from pathlib import Path
from typing import Any

import compose_spec
import pytest
import yaml
from django.core.management import get_commands

from portal import environment
from portal.environment import read
from signatures.envelopes.services.receiving import LARGEST_PIECE

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def services() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    return loaded


def ours() -> list[str]:
    return [name for name, service in services().items() if "build" in service]


def interpolated() -> str:
    """The file as the engine reads it: variables put in, YAML anchors merged."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE)
    text = re.sub(r"\$\{(\w+):\?[^}]*\}", r"value-of-\1", text)
    return yaml.safe_dump(yaml.safe_load(text))


def test_compose_file_follows_the_specification() -> None:
    plain = interpolated()

    parsed = compose_spec.PyCompose.from_yaml(plain)

    assert set(parsed.service_names()) == set(services())


def test_the_specification_check_can_fail() -> None:
    with pytest.raises(ValueError, match="restart"):
        compose_spec.PyCompose.from_yaml("services:\n  web:\n    image: x\n    restart: whenever\n")


def test_every_process_of_the_architecture_has_a_service() -> None:
    assert {"web", "worker", "beat", "timekeeper", "postgres", "redis", "proxy", "migrate"} == set(services())


@pytest.mark.parametrize("name", ours())
def test_commands_of_our_services_exist(name: str) -> None:
    program, *arguments = services()[name]["command"]

    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
    else:
        assert (ROOT / ".venv" / "bin" / program).exists()


@pytest.mark.parametrize("name", [name for name in services() if name not in ("migrate", "beat")])
def test_long_running_services_are_watched(name: str) -> None:
    assert services()[name]["healthcheck"]["test"][0] == "CMD"


def test_every_mounted_volume_and_secret_is_declared() -> None:
    declared = yaml.safe_load(COMPOSE)

    for service in services().values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert source.startswith("./") or source in declared["volumes"]
        assert set(service.get("secrets", ())) <= set(declared["secrets"])


def test_proxy_configuration_names_the_web_service_and_hashes_rooms() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert nginx.count("{") == nginx.count("}")
    assert "hash $room_key consistent;" in nginx
    assert set(re.findall(r"server (\w+):8000", nginx)) == {"web"}
    assert "./deploy/nginx.conf:/etc/nginx/nginx.conf:ro" in services()["proxy"]["volumes"]


def test_no_location_of_the_proxy_drops_the_headers_that_every_request_needs() -> None:
    """A location that sets one header of its own loses all that were set above it: then no host and no https arrive."""
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    locations = re.findall(r"location [^{]+{([^}]*)}", nginx)

    assert len(locations) >= 3
    assert not any("proxy_set_header" in body or "add_header" in body for body in locations)
    for header in (
        "Host $http_host",
        "X-Forwarded-For $remote_addr",
        "X-Forwarded-Proto https",
        "Upgrade $http_upgrade",
    ):
        assert f"proxy_set_header {header};" in nginx


def test_the_proxy_hands_uploads_on_as_they_come_to_the_process_that_began_them() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (uploads,) = re.findall(r"location /uploads/ {([^}]*)}", nginx)

    assert "proxy_request_buffering off;" in uploads
    (most,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    assert int(most) * 1024 * 1024 >= LARGEST_PIECE, "a file of 2 GB comes in pieces, and each must pass"
    assert "hash $upload_key consistent;" in nginx
    assert re.search(r"http2_body_preread_size 1m;", nginx), "or an upload over HTTP/2 waits for each 64 KiB"
    assert 'Strict-Transport-Security "max-age=31536000" always' in nginx


def test_the_health_checks_of_the_containers_are_answered() -> None:
    """They ask their own machine by its address."""
    asked = re.findall(r"https?://([\d.]+)[:/]", COMPOSE)

    assert set(asked) == {"127.0.0.1"}
    assert set(asked) <= set(read({"ALLOWED_HOSTS": "trade.city.cn"}).allowed_hosts)


def test_whatever_the_platform_reads_from_its_environment_is_handed_to_the_containers_and_documented() -> None:
    """Without EMAIL_URL or an adapter no code reaches anybody: an installation in which nobody can open an account."""
    asked: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name)
            return super().get(name, default)

    environment.read(
        Watched(),
    )
    environment.hooks(Watched())
    given = set(services()["web"]["environment"])
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))
    documented |= set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")))

    assert len(asked) > 20
    assert asked - given == set()
    assert asked - documented == set()


def test_what_the_containers_are_given_by_default_is_an_environment_that_can_start(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 64)
    given = dict(yaml.safe_load(interpolated())["services"]["web"]["environment"])
    given = {name: str(value or "") for name, value in given.items()} | {"SECRET_KEY_FILE": str(key)}
    given["PUBLIC_URL"] = "https://trade.city.cn"

    found = environment.read(given)

    assert found.production
    assert found.password_assurance == 2
    assert environment.hooks(given) == {}


def test_folders_of_volumes_that_our_processes_write_belong_to_their_user() -> None:
    """A volume takes its owner from the folder in the image; one that is not there would belong to root."""
    made = re.findall(r"install --directory --owner luochui --group luochui (?:--mode 700 )?(\S+)", DOCKERFILE)
    mounted = {mount.split(":")[1] for mount in services()["web"]["volumes"]}

    assert mounted - {"/run/postgresql"} == set(made)


def test_the_proxy_speaks_both_languages_where_no_page_of_ours_answers() -> None:
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")

    assert "./deploy/errors:/etc/nginx/errors:ro" in services()["proxy"]["volumes"]
    for codes, number in (("413", 413), ("502 504", 502)):
        assert f"error_page {codes} /proxy-{number}.html;" in nginx
        text = (ROOT / "deploy" / "errors" / f"proxy-{number}.html").read_text(encoding="utf-8")
        assert 'lang="zh-Hans"' in text
        assert 'lang="en"' in text
        assert "<script" not in text


def test_image_copies_what_exists_and_runs_as_a_user_without_rights() -> None:
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        sources = [word for word in shlex.split(line)[:-1] if not word.startswith("--")]
        assert all((ROOT / source).exists() for source in sources)
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^RUN .*compileall.*^USER luochui$", DOCKERFILE, re.MULTILINE | re.DOTALL)

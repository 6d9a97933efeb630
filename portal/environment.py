"""Configuration from the environment, typed; read here and nowhere else.

A wrong or missing value stops the start with a sentence that says what to do. No secret has a production default.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


class ConfigurationError(SystemExit):
    """The environment does not describe a platform that can start."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"Luochui cannot start: {sentence}")


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything that differs between two installations."""

    production: bool
    secret_key: str
    database_url: str
    redis_url: str
    allowed_hosts: tuple[str, ...]
    data_dir: Path
    signing_keys_dir: Path
    draw_beacon_file: Path | None
    """Rounds of a public beacon (`luochui-beacon/v1`), for draws that wait for one."""
    public_url: str
    platform_name: str
    """Under which the platform's new keys sign; keys that there are keep their names."""
    platform_uscc: str
    behind_tls_proxy: bool
    email_url: str
    password_assurance: int
    """The highest assurance level that a password alone can carry (docs/people.md)."""
    metrics_allowed: tuple[str, ...]
    """Addresses or networks that may read /metrics, besides this machine itself."""
    signing_agent_port: int
    """Where the agents of those who sign listen, on their own computers' loopback address."""
    signing_csc_url: str
    """The remote signing service (CSC API, version 2), up to `/csc/v2`; empty: none is offered."""

    @property
    def embedded(self) -> bool:
        """One process with SQLite and in-memory channels: the demo city."""
        return not self.redis_url


def read(environ: "os._Environ[str] | dict[str, str]" = os.environ) -> Environment:
    """The environment as typed values; raises `ConfigurationError` with what to do."""
    mode = environ.get("LUOCHUI_MODE", "embedded")
    if mode not in ("embedded", "production"):
        raise ConfigurationError(f"LUOCHUI_MODE is “{mode}”; set it to “embedded” or “production”.")
    production = mode == "production"
    data_dir = Path(environ.get("DATA_DIR", str(BASE_DIR / "var"))).resolve()
    public_url = environ.get("PUBLIC_URL", "http://localhost:8000").rstrip("/")
    settings = Environment(
        production=production,
        secret_key=_secret_key(environ, production=production, data_dir=data_dir),
        database_url=environ.get("DATABASE_URL", "") or _embedded_database(production, data_dir),
        redis_url=environ.get("REDIS_URL", ""),
        # Health checks ask the machine itself, whatever the site is called.
        allowed_hosts=("127.0.0.1", *environ.get("ALLOWED_HOSTS", "localhost,[::1]").split(",")),
        data_dir=data_dir,
        signing_keys_dir=Path(environ.get("SIGNING_KEYS_DIR", str(data_dir / "keys"))).resolve(),
        draw_beacon_file=Path(beacon) if (beacon := environ.get("DRAW_BEACON_FILE")) else None,
        public_url=public_url,
        platform_name=_platform_name(environ.get("PLATFORM_NAME") or urlsplit(public_url).netloc),
        platform_uscc=environ.get("PLATFORM_USCC", "12440600456077815N"),
        behind_tls_proxy=environ.get("BEHIND_TLS_PROXY", "") == "1",
        email_url=environ.get("EMAIL_URL", ""),
        password_assurance=_level(environ, default="2" if production else "3"),
        metrics_allowed=tuple(filter(None, environ.get("METRICS_ALLOWED", "").split(","))),
        signing_agent_port=_port(environ.get("SIGNING_AGENT_PORT", "14732")),
        signing_csc_url=_csc_url(environ.get("SIGNING_CSC_URL", ""), production=production),
    )
    if production:
        _require_production(settings, environ)
    return settings


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a `postgresql://` or `sqlite:///` address; raises `ConfigurationError`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "commons.sqlite",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme not in ("postgresql", "postgres"):
        raise ConfigurationError("DATABASE_URL must begin with postgresql:// or sqlite:///.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def hooks(environ: "os._Environ[str] | dict[str, str]" = os.environ) -> dict[str, str]:
    """The adapters of the shared modules by dotted path (docs/hooks.md); what is not named is embedded."""
    named = {
        name: environ.get(f"{name.upper()}_ADAPTER", "")
        for name in ("identity", "licences", "intake", "messenger", "media", "credit_lists", "faces")
    }
    return {name: path for name, path in named.items() if path}


def mail(url: str) -> dict[str, object]:
    """Django's settings for `smtp://user:password@host:25/?from=…&tls=starttls|ssl`; raises `ConfigurationError`.

    Without an address nothing is mailed, and messages wait in the inbox.
    """
    if not url:
        return {}
    parts, query = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    if parts.scheme != "smtp" or not parts.hostname or query.get("tls", "") not in ("", "starttls", "ssl"):
        raise ConfigurationError("EMAIL_URL must look like smtp://user:password@host:25/?from=a@b.cn&tls=starttls.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": query.get("tls") == "starttls",
        "EMAIL_USE_SSL": query.get("tls") == "ssl",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": query.get("from", f"luochui@{parts.hostname}"),
    }


def _embedded_database(production: bool, data_dir: Path) -> str:
    return "" if production else f"sqlite://{data_dir / 'luochui.sqlite3'}"


def _secret_key(environ: "os._Environ[str] | dict[str, str]", *, production: bool, data_dir: Path) -> str:
    if file := environ.get("SECRET_KEY_FILE"):
        try:
            key = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"SECRET_KEY_FILE names {file}, which cannot be read ({error.strerror})."
            ) from None
        if len(key) < 50:
            raise ConfigurationError(
                f"the key in SECRET_KEY_FILE ({file}) is shorter than 50 characters; make a longer one."
            )
        return key
    if production:
        raise ConfigurationError("set SECRET_KEY_FILE to a file that holds at least 50 random characters.")
    return "embedded-demo-city-only-" + "0" * 40


def _platform_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:\[\]-]{1,60}", name):
        raise ConfigurationError(
            "PLATFORM_NAME must be up to 60 letters, digits, dots and hyphens: trade.example.gov.cn."
        )
    return name


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65_535:
        raise ConfigurationError("SIGNING_AGENT_PORT must be a port from 1024 to 65535.")
    return int(text)


def _csc_url(url: str, *, production: bool) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in (("https",) if production else ("https", "http")) or not parts.hostname):
        raise ConfigurationError("SIGNING_CSC_URL must look like https://sign.example.cn/csc/v2.")
    return url.rstrip("/")


def _level(environ: "os._Environ[str] | dict[str, str]", *, default: str) -> int:
    level = environ.get("PASSWORD_ASSURANCE", default)
    if level not in ("1", "2", "3"):
        raise ConfigurationError("PASSWORD_ASSURANCE must be 1, 2 or 3: the level that a password alone can carry.")
    return int(level)


def _require_production(settings: Environment, environ: "os._Environ[str] | dict[str, str]") -> None:
    if not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(
            "production needs PostgreSQL; set DATABASE_URL to postgresql://user:password@host/name."
        )
    if not settings.redis_url:
        raise ConfigurationError("production needs Redis; set REDIS_URL to redis://host:6379/0.")
    for name in ("ALLOWED_HOSTS", "PUBLIC_URL", "DATA_DIR", "PLATFORM_USCC"):
        if not environ.get(name):
            raise ConfigurationError(f"production needs {name}; there is no default for it.")

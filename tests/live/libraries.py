"""Libraries that every process of the platform loads, whatever its settings: read once, for all that are forked.

None of them may need Django's settings, start a thread or choose an event loop.
"""

from importlib import import_module

NAMES = (
    "aiohttp",
    "asn1crypto.cms",
    "autobahn.websocket.protocol",
    "cbor2",
    "chinese_calendar",
    "cryptography.hazmat.primitives.serialization.pkcs12",
    "cryptography.x509",
    "dateutil.rrule",
    "django.contrib.admin.options",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.models",
    "django.forms",
    "django.http",
    "django.shortcuts",
    "django.template.backends.django",
    "django.views.generic",
    "fido2.server",
    "fontTools.ttLib",
    "lxml.etree",
    "msgspec",
    "openpyxl",
    "PIL.Image",
    "prometheus_client",
    "psycopg",
    "pydantic",
    "pyhanko.pdf_utils.writer",
    "pyhanko.sign.signers",
    "pyhanko.sign.validation",
    "redis.asyncio",
    "rich.console",
    "segno",
    "sqlparse",
    "structlog",
    "twisted.internet.protocol",
    "websockets.frames",
    "yarl",
)

for _name in NAMES:
    import_module(_name)

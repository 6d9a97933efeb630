"""Django settings. What differs between installations comes from `portal.environment`, and from nowhere else."""

from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from portal import environment, logs

ENV = environment.read()
BASE_DIR = environment.BASE_DIR
PRODUCTION = ENV.production
DEBUG = False
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = list(ENV.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENV.public_url]
PUBLIC_URL = ENV.public_url
PLATFORM_NAME = ENV.platform_name
PLATFORM_USCC = ENV.platform_uscc
DATA_DIR = ENV.data_dir
PLATFORM_KEYS_DIR = ENV.signing_keys_dir
PLATFORM_KEYS_MAY_BE_MADE = not ENV.production
DRAW_BEACON_FILE = ENV.draw_beacon_file

INSTALLED_APPS = [
    "daphne",
    "portal.admin_config.CentreAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "commons",
    "signatures",
    "exchange",
    "bidding",
    "evaluation",
    "marketplace",
    "portal",
]

MIDDLEWARE = [
    "portal.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "commons.people.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.rendering.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
WSGI_APPLICATION = "portal.wsgi.application"

PACKAGES = ("commons", "signatures", "exchange", "bidding", "evaluation", "marketplace", "portal")
# A subject (exchange/rooms, commons/inbox …) is no app of its own but may bring templates, static files, translations.
SUBJECTS = [path.parent for package in PACKAGES for path in sorted((BASE_DIR / package).glob("*/__init__.py"))]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [
            BASE_DIR / "portal" / "templates",  # before allauth's and Django's own
            *(path / "templates" for path in SUBJECTS if (path / "templates").is_dir()),
        ],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    },
]

DATABASES: dict[str, dict[str, Any]] = {"default": environment.database(ENV.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if ENV.redis_url:
    CACHES = {
        "default": {
            "BACKEND": "commons.hints.HintsCache",
            "LOCATION": ENV.redis_url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py 8 kills idle sockets after 5 s unless told otherwise.
            "CONFIG": {"hosts": [{"address": ENV.redis_url, "socket_timeout": None}]},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REDIS_URL = ENV.redis_url

# Celery calls Redis on a socket file by a name of its own.
CELERY_BROKER_URL = ENV.redis_url.replace("unix://", "redis+socket://") or "memory://localhost/"
CELERY_BEAT_SCHEDULE = {
    "deliver what waits in the outbox": {"task": "portal.tasks.deliver_outbox", "schedule": 2.0},
    "forget ended sessions": {"task": "portal.tasks.forget_sessions", "schedule": 86_400.0},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "commons.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workspace/"
ACCOUNT_ADAPTER = "commons.people.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_FORMS = {
    "login": "commons.people.forms.SignInForm",
    "change_password": "commons.people.forms.OwnPasswordForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "commons.people.forms.PasskeyForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENV.production

# Axes counts wrong passwords, and its page says what to do. Wrong codes of a second factor are allauth's to count: by
# person, for whoever gets as far knows the password (`AccountAdapter.pre_authenticate` keeps the two apart).
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key"}
AXES_USERNAME_CALLABLE = "commons.people.accounts.counted_name"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "portal.views.errors.locked_out"
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Our own words come before those of the libraries.
LOCALE_PATHS = [
    folder / "locale"
    for folder in [*(BASE_DIR / package for package in PACKAGES), *SUBJECTS]
    if (folder / "locale").is_dir()
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [path / "static" for path in SUBJECTS if (path / "static").is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "media")},
    },
    "vault": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "vault")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not ENV.production
# Maps of sources are a third of all bytes, and only the tools of developers ask for them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
if not ENV.production:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # files come from the packages; WhiteNoise warns without the folder
if ENV.production:
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

SESSION_ENGINE = "commons.people.sessions"
PASSWORD_ASSURANCE = ENV.password_assurance
SESSION_COOKIE_AGE = 8 * 3600  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
BEHIND_TLS_PROXY = ENV.behind_tls_proxy
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's icons and the TOTP code are data: pictures.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "report-uri": ["/csp-report/"],
    }
}

LOGGING = logs.configuration(production=ENV.production)
LOGGING_CONFIG = "logging.config.dictConfig"
METRICS_ALLOWED = ENV.metrics_allowed

SIGNING_AGENT_PORT = ENV.signing_agent_port
SIGNING_CSC_URL = ENV.signing_csc_url
SIGNING_TICKET_LIFETIME = timedelta(minutes=5)  # time to read the order and type a PIN

HOOKS = environment.hooks()
CODES_SHOWN = not ENV.production and "messenger" not in HOOKS
"""The embedded city sends no messages: the page that asks for a code shows it."""
INBOX_BY_MAIL: bool = bool(ENV.email_url)
globals().update(environment.mail(ENV.email_url))

MESSAGE_TAGS = {40: "danger"}  # ERROR, in the words of the style sheet

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5.html"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
SILENCED_SYSTEM_CHECKS: list[str] = []

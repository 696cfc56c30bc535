"""One set of settings for every place; what differs between places comes from the environment.

`docs/architecture.md` lists the variables. Without DATABASE_URL and REDIS_URL the embedded services of the
data folder are used; `config/local` starts them.
"""

from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env, workflow_api
from config.local import addresses
from config.local.places import ROOT, Places
from config.quiet import AUDIT_QUIET as AUDIT_QUIET  # a setting like the others

BASE_DIR = ROOT
PLACES = Places.here().made()
DATA_DIR = PLACES.data
SECRETS_DIR = PLACES.secrets
EMBEDDED = env.flag("EMBEDDED", not env.text("DATABASE_URL"))
"""An installation on its own services, which invents its secrets and may hold the demo county."""

DEBUG = env.flag("DEBUG", False)
HTTPS = env.flag("HTTPS", not EMBEDDED)
DEMO = env.flag("DEMO", False)


def secret(name: str, variable: str) -> str:
    """A secret from its variable or its file. Only the embedded installation invents one."""
    if value := env.text(variable):
        return value
    if EMBEDDED or (SECRETS_DIR / name).exists():
        return PLACES.secret(name)
    raise ImproperlyConfigured(f"{variable} is not set and {SECRETS_DIR / name} does not exist")


SECRET_KEY = secret("django-key", "SECRET_KEY")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "csp",
    "channels",
    "kernel",
    "consortium",
    "emr",
    "diagnostics",
    "imaging",
    "ecg",
    "referral",
    "insurance_bridge",
    "portal",
    # Behind ours: the earlier catalogue's Chinese counts (`kernel.web.plainly`).
    "rest_framework",
    "drf_spectacular",
]

# Portal requests run the whole list. Requests of machines (MACHINE_PATHS) leave it at the first entry and
# run MACHINE_MIDDLEWARE instead: no session, no form token, no language, the same refusals and headers.
MIDDLEWARE = [
    "kernel.web.headers.HeadersMiddleware",
    "config.machines.MachineRoad",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.WireMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kernel.web.lengths.LengthMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "consortium.middleware.ActorMiddleware",
    "kernel.web.limits.PaceMiddleware",
    "kernel.web.consoles.ConsoleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kernel.web.shown.ShownMiddleware",
    "kernel.web.http.DomainErrorMiddleware",
    "consortium.middleware.StepUpMiddleware",
]
MACHINE_PATHS = ("/fhir", "/dicomweb/", "/oauth/token", "/api/v1/", "/api/schema/")
MACHINE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kernel.web.limits.PaceMiddleware",
    "kernel.web.lengths.LengthMiddleware",
    "kernel.web.http.DomainErrorMiddleware",
]
ERROR_RENDERERS = {"/fhir": "emr.repository.rest.errors.render"}
"""Doors with an error format of their own (`kernel.web.http`)."""

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "consortium.context.actor",
                "portal.context.shell",
            ],
        },
    }
]

# -- database: three users on one database --------------------------------------------------------------------


def database(role: str, variable: str) -> dict[str, Any]:
    """The connection of one database user: its own address, or the app's where only that is set."""
    if not env.text("DATABASE_URL"):
        return env.database(addresses.database_url(PLACES, role))
    return env.database(env.text(variable) or env.text("DATABASE_URL"))


DATABASES = {
    "default": database("app", "DATABASE_URL"),
    "owner": database("owner", "DATABASE_OWNER_URL"),
    "audit": database("audit", "DATABASE_AUDIT_URL"),
}
# A statement that runs longer holds locks others wait for; it ends with an error.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c statement_timeout=30s")
if env.flag("DATABASE_POOL", True):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL_SIZE", 16),
        "timeout": 5,  # seconds: a request does not wait longer for a dead database
    }
DATABASE_ROUTERS = ["config.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis: cache, queue, pushes ------------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL") or addresses.redis_url(PLACES)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("REDIS_PREFIX", "lianyi"),
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": env.text("REDIS_PREFIX", "lianyi")},
    }
}

# -- people ---------------------------------------------------------------------------------------------------

from config.identity import *  # noqa: E402, F403  # how people prove who they are

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

from config.papers import *  # noqa: E402, F403  # who signs papers, and where keys are
from config.referrals import *  # noqa: E402, F403  # two-way referral
from config.texts import *  # noqa: E402, F403  # who carries text messages

# -- languages and time ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "lianyi_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = USE_I18N = True

# -- static and stored files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [("dist", BASE_DIR / "frontend" / "dist")]
FILES_ROOT = DATA_DIR / "files"
STATIC_HASHED = env.flag("STATIC_HASHED", True)
WHITENOISE_USE_FINDERS = not STATIC_HASHED
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- who may ask how often, and from where -------------------------------------------------------------------

TRUSTED_PROXIES = env.names("TRUSTED_PROXIES", "127.0.0.0/8,::1" if env.flag("BEHIND_PROXY", False) else "")
"""Networks of our own proxies: only their X-Forwarded-For is believed."""
CONSOLE_PATHS = ("/ops/", "/security/", "/audit/")
CONSOLE_ADDRESSES = env.names("CONSOLE_ADDRESSES", "127.0.0.0/8,::1")
"""Networks of the managers' workplaces: the consoles open nowhere else."""
RATE_ACCOUNT = env.number("RATE_ACCOUNT", 1_200)
"""Requests a minute of one account at the portal."""
RATE_SOURCE = env.number("RATE_SOURCE", 12_000)
"""Requests a minute from one address at the portal; a whole hospital may share one."""
RATE_CLIENT = env.number("RATE_CLIENT", 120_000)
"""Requests a minute of one API client."""
RATE_MACHINES = env.number("RATE_MACHINES", 240_000)
"""Requests a minute from one address on the machines' road."""

CLAMD_SOCKET = env.text("CLAMD_SOCKET")
"""Where ClamAV's clamd listens, a path or host:port; uploads are then sent through it."""

# -- audit ----------------------------------------------------------------------------------------------------

AUDIT_CHECKPOINT_MINUTES = env.number("AUDIT_CHECKPOINT_MINUTES", 10)
AUDIT_SECOND_PLACE = env.text("AUDIT_SECOND_PLACE")
"""Where signed checkpoints are kept beside the data folder: a mounted folder of another machine, or
`syslog://host:port`."""

# -- what a browser may do ------------------------------------------------------------------------------------

CARD_READER_ORIGINS = env.names("CARD_READER_ORIGINS")
"""A card reader's service on the PC's own loopback, for example `http://127.0.0.1:38088`."""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *CARD_READER_ORIGINS],
        "worker-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
CSRF_FAILURE_VIEW = "kernel.web.http.csrf_failure"
# Every answer bears these by `kernel.web.headers`, whichever road it took; Django's middleware is left with TLS.
SECURE_CONTENT_TYPE_NOSNIFF = False
SECURE_REFERRER_POLICY = None
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# -- DICOM ----------------------------------------------------------------------------------------------------

DICOM_AE_TITLE = env.text("DICOM_AE_TITLE", "LIANYI")
DICOM_HOST = env.text("DICOM_HOST", "127.0.0.1" if EMBEDDED else "0.0.0.0")  # noqa: S104  # scanners are elsewhere
DICOM_PORT = env.number("DICOM_PORT", 11112)
DICOM_ASSOCIATIONS = env.number("DICOM_ASSOCIATIONS", 64)
DICOM_MAX_BYTES = env.number("DICOM_MAX_BYTES", 1024**3)
DICOM_ACCEPT_STRANGERS = env.flag("DICOM_ACCEPT_STRANGERS", False)
"""Whether an AE title nobody registered is let in; its studies are then filed under the head hospital."""
DICOMWEB_URL = env.text("DICOMWEB_URL", f"http://127.0.0.1:{env.number('PORT', 8000)}/dicomweb")
"""Where others reach DICOMweb; it stands in every ImagingStudy."""

# -- insurance centre (医保平台) ------------------------------------------------------------------------------

INSURANCE_URL = env.text("INSURANCE_URL")
"""Address of the insurance centre; without it the simulator of the demo, which writes its port to INSURANCE_DATA."""
INSURANCE_SECRET = env.text("INSURANCE_SECRET")
INSURANCE_REGION = env.text("INSURANCE_REGION", "990101")
INSURANCE_TIMEOUT = env.number("INSURANCE_TIMEOUT", 8)
INSURANCE_LATE_COMMIT = env.number("INSURANCE_LATE_COMMIT", 60 if DEMO else 24 * 3600)
INSURANCE_DATA = DATA_DIR / "insurance"

# -- workflow API ---------------------------------------------------------------------------------------------

REST_FRAMEWORK = workflow_api.REST_FRAMEWORK
SPECTACULAR_SETTINGS = workflow_api.SPECTACULAR_SETTINGS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}

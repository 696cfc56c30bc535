"""Settings of sign-in: accounts, passwords, failures, sessions, keys. `config.settings` takes all of them in."""

from config import env

__all__ = [
    "AUTH_PASSWORD_VALIDATORS",
    "AUTH_USER_MODEL",
    "CLIENT_CERT_GATEWAYS",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "MAX_SESSIONS",
    "MESSAGE_STORAGE",
    "PASSKEY_HOST",
    "PASSWORD_HASHERS",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_NAME",
    "SESSION_ENGINE",
    "SESSION_EXPIRE_AT_BROWSER_CLOSE",
    "SESSION_SERIALIZER",
    "SOURCE_FAILURES",
]

AUTH_USER_MODEL = "consortium.Staff"
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["consortium.hashers.StaffArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# A demonstration is shown from one machine: whoever tries wrong passwords there must not shut out everybody.
SOURCE_FAILURES = env.number("SOURCE_FAILURES", 20 if env.flag("DEMO", False) else 5)
"""Failed sign-ins from one address (IPv6: one /64) before strangers there wait 30 minutes; devices on which their
person has shown a second factor are not held up."""
MAX_SESSIONS = env.number("MAX_SESSIONS", 3)
"""Sessions of one person that stand at once; a further sign-in ends the oldest."""
CLIENT_CERT_GATEWAYS = env.loopbacks("CLIENT_CERT_GATEWAYS")
"""Addresses of this machine (127.0.0.1, ::1) from which a gateway's X-Client-Cert is believed; nobody by default: an
ordinary proxy passes on whatever a stranger sends. A gateway elsewhere ends at a proxy or tunnel of this machine."""
PASSKEY_HOST = env.text("PASSKEY_HOST")
"""The name passkeys are bound to, for a platform under several names; else the host of the request."""
SESSION_ENGINE = "kernel.web.browser_sessions"
SESSION_SERIALIZER = "kernel.web.sessions.SealedSerializer"
SESSION_COOKIE_NAME = "lianyi_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A flash message may name a patient: it stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

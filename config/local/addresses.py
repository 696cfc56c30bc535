"""Addresses of the embedded services, computed alike by whoever starts them and whoever uses them."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.local.places import Places

SUPERUSER = "postgres"
DATABASE = "lianyi"
USERS = {"owner": "lianyi_owner", "app": "lianyi_app", "audit": "lianyi_audit"}

SOCKET_LIMIT = 85
"""A socket's whole path holds 107 bytes; PostgreSQL adds `/.s.PGSQL.5432.lock` to the folder."""


def socket_folder(places: Places, service: str) -> Path:
    """The private folder of a service's socket; a short one elsewhere when the data folder lies too deep."""
    folder = (places.data / service).resolve() / "run"
    if len(os.fsencode(folder)) <= SOCKET_LIMIT:
        return folder
    name = hashlib.sha256(os.fsencode(places.data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lianyi-{os.getuid()}-{name}-{service}"


def database_url(places: Places, role: str, name: str = DATABASE) -> str:
    """Where a role (owner, app, audit) finds the embedded database."""
    folder = quote(str(socket_folder(places, "postgres")))
    return f"postgresql://{USERS[role]}:{places.secret(f'database-{role}')}@/{name}?host={folder}"


def database_variables(places: Places, name: str = DATABASE) -> dict[str, str]:
    """The environment variables by which settings find the three users of the embedded database."""
    variables = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "audit": "DATABASE_AUDIT_URL"}
    return {variable: database_url(places, role, name) for role, variable in variables.items()}


def redis_url(places: Places, number: int = 0) -> str:
    """Where the embedded Valkey answers; `number` is one of its 16 databases."""
    return f"unix://{socket_folder(places, 'valkey')}/valkey.sock?db={number}"

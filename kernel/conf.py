"""Where the floor finds its data folder and its secrets; the one reader of the settings that say so."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def data_folder() -> Path:
    """The folder of everything that is not in the database (`LIANYI_DATA`, `var/` by default)."""
    return Path(settings.DATA_DIR)


def database_user(alias: str) -> str:
    """Name of the database user behind a connection alias: `owner`, `default` (the app) or `audit`."""
    return str(settings.DATABASES[alias]["USER"])


def secret(name: str, given: str) -> str:
    """`given` (from the environment), else the content of `name` in the secrets folder (256 bits, hex)."""
    if given:
        return given
    path = Path(settings.SECRETS_DIR) / name
    ensure_secret(path, lambda: secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def ensure_secret(path: Path, make: Callable[[], str]) -> None:
    """Make up a missing secret, for this user alone (mode 0600).

    Only the embedded installation does; elsewhere a missing secret stops the start (ImproperlyConfigured).
    Of two processes that start together the first one's secret stays.
    """
    if path.exists():
        return
    if not settings.EMBEDDED:
        raise ImproperlyConfigured(f"{path} is missing; only the embedded installation makes up its secrets")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    write_secret(draft, make())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def write_secret(path: Path, text: str) -> None:
    """A new file for this user alone (mode 0600), on disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_secret(path: Path) -> str:
    """The text of a secret that may be replaced at this very moment: what was just written over is read anew."""
    while "\0" in (text := path.read_text(encoding="ascii")):
        continue
    return text


def replace_secret(path: Path, text: str) -> None:
    """A new secret in the old one's place; the old one's bytes are written over where the disk allows it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    write_secret(draft, text)
    if not path.exists():
        draft.replace(path)
        return
    with path.open("r+b") as old:
        length = len(old.read())
        draft.replace(path)
        old.seek(0)
        old.write(bytes(length))
        old.flush()
        os.fsync(old.fileno())

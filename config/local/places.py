"""Where things lie on this machine: the data folder and what is generated into it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SECRETS = {
    "SECRET_KEY": "django-key",
    "LIANYI_MASTER_KEY": "master-key",
    "LIANYI_SIGNING_KEY": "signing-key.pem",
}
"""What an installation on services of its own brings: the variable, or the file in the folder of secrets."""


@dataclass(frozen=True, slots=True)
class Places:
    """The data folder (`var/`, or LIANYI_DATA) and its rooms."""

    data: Path

    @classmethod
    def here(cls) -> "Places":
        return cls(Path(os.environ.get("LIANYI_DATA") or ROOT / "var").resolve())

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def secrets(self) -> Path:
        return Path(os.environ.get("LIANYI_SECRETS") or self.data / "secrets")

    def missing_secrets(self) -> list[Path]:
        """Files of SECRETS that are absent while their variable is unset too."""
        files = [self.secrets / name for variable, name in SECRETS.items() if not os.environ.get(variable)]
        return [file for file in files if not file.exists()]

    def made(self) -> "Places":
        """The same places, existing, for this user alone. The data folder itself may be walked through, because
        the database runs as another user when this one is root.
        """
        self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def secret(self, name: str) -> str:
        """The secret of this name, generated (256 bits, hex) into a file for this user alone when missing."""
        path = self.secrets / name
        if not path.exists():
            self.made()
            draft = path.with_name(f".{name}.{os.getpid()}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
            try:
                os.link(draft, path)  # two processes may start at once: the first one's secret stays
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()

"""Start the hospital outside: `python -m referral.simulator --data DIR --port N`.

The key it knows the platform by and the key of the control side stand in DIR/token and DIR/control, made at first
start; the port is written to DIR/port once it listens.
"""

import argparse
import os
import secrets
import signal
from pathlib import Path
from types import FrameType

from referral.simulator.server import serve
from referral.simulator.store import Store


def secret(path: Path) -> str:
    """The secret in `path`, made when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="referral.simulator")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = serve(
        Store(options.data / "hospital.sqlite3"),
        port=options.port,
        token=secret(options.data / "token"),
        control_key=secret(options.data / "control"),
    )

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    (options.data / "port").write_text(str(server.server_address[1]))
    server.serve_forever()


if __name__ == "__main__":
    main()

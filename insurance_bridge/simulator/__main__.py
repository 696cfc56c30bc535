"""Start the simulator: `python -m insurance_bridge.simulator --data DIR --port N`.

The shared secret of the messages and the key of the control side stand in DIR/secret and DIR/control
(made at first start, readable by the owner only). The port is written to DIR/port once it listens.
People to insure may lie ready in DIR/persons.jsonl.
"""

import argparse
import json
import os
import secrets
import signal
from pathlib import Path
from types import FrameType

from insurance_bridge.simulator.server import serve
from insurance_bridge.simulator.store import Ledger, add_person


def secret(path: Path) -> str:
    """The secret in `path`, made when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def insure(ledger: Ledger, path: Path) -> None:
    """Take in the people somebody laid ready, one JSON object a line, once."""
    if not path.exists():
        return
    with ledger.transaction() as connection:
        for line in path.read_text().splitlines():
            add_person(connection, json.loads(line))
    path.rename(path.with_suffix(".taken"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="insurance_bridge.simulator")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    key = bytes.fromhex(secret(options.data / "secret"))
    ledger = Ledger(options.data / "ledger.sqlite3")
    insure(ledger, options.data / "persons.jsonl")
    server = serve(
        ledger,
        port=options.port,
        secret=key,
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

"""Start the simulator: `python -m insurance_bridge.simulator --data DIR --port N`.

The shared secret of the messages and the key of the control side stand in DIR/secret and DIR/control
(made at first start, readable by the owner only). The port is written to DIR/port once it listens.
People to insure may lie ready in DIR/persons.jsonl.
"""

import argparse
import json
from pathlib import Path

from insurance_bridge.simulator.server import serve
from insurance_bridge.simulator.store import Ledger, add_person
from kernel.simulator.standing import secret, stand


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
    stand(server, options.data)


if __name__ == "__main__":
    main()

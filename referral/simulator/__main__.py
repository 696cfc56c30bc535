"""Start the hospital outside: `python -m referral.simulator --data DIR --port N`.

The key it knows the platform by and the key of the control side stand in DIR/token and DIR/control, made at first
start; the port is written to DIR/port once it listens.
"""

import argparse
from pathlib import Path

from kernel.simulator.standing import secret, stand
from referral.simulator.server import serve
from referral.simulator.store import Post


def main() -> None:
    parser = argparse.ArgumentParser(prog="referral.simulator")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = serve(
        Post(options.data / "hospital.sqlite3"),
        port=options.port,
        token=secret(options.data / "token"),
        control_key=secret(options.data / "control"),
    )
    stand(server, options.data)


if __name__ == "__main__":
    main()

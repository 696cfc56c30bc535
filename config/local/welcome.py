"""What the supervisor tells the person who started it: the address and how to sign in."""

import http.client
import json

from config.local.places import Places

MANAGERS = """  A new database has no account. Make the three managers (system, security, audit), each another person,
  and a second security manager who approves what the first one proposes:
    .venv/bin/python manage.py managers create --second ACCOUNT:NAME:ID
  They make every other account in the portal."""

CODES = "/signin/demo/"
"""The page of the demo that shows every account's code of this moment."""
COLUMNS = {"role": 18, "username": 16, "password": 20, "organisation": 0}
NEEDED = ("database", "redis", "worker")
"""Components without which the platform is not ready. A backlog of an earlier run does not hold up a start."""
EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104  # recognised here, never listened on by default


def awaited(host: str, port: int) -> str:
    """What the platform still waits for, by /healthz: "web", another component's name, or "" when it is ready."""
    line = http.client.HTTPConnection("127.0.0.1" if host in EVERYWHERE else host, port, timeout=5)
    try:
        line.request("GET", "/healthz", headers={"Host": "localhost"})
        components = json.loads(line.getresponse().read())["components"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return "web"
    finally:
        line.close()
    return next((name for name in NEEDED if components[name]["status"] != "ok"), "")


def print_welcome(places: Places, host: str, port: int, *, demo: bool) -> None:
    """The address, then the demo accounts or how the first accounts are made."""
    shown = "127.0.0.1" if host in EVERYWHERE else host
    print(f"\n  Lianyi 联医 runs at  http://{shown}:{port}/\n", flush=True)
    credentials = places.data / "demo" / "credentials.json"
    if demo and credentials.exists():
        _print_demo(json.loads(credentials.read_text()), f"http://{shown}:{port}", str(credentials))
    elif not demo:
        print(MANAGERS)


def _print_demo(known: dict[str, list[dict[str, str]]], address: str, path: str) -> None:
    """One account of each role, its password, and where the second factor comes from."""
    print(f"  Sign in with an account of the demo; the code of the second step stands at {address}{CODES}")
    seen: set[str] = set()
    for person in known.get("staff", []):
        if person["role"] not in seen:
            seen.add(person["role"])
            columns = [f"{person[key]:<{width}}" for key, width in COLUMNS.items()]
            print("    " + " ".join(columns))
    print(f"  all accounts and API clients: {path}\n", flush=True)

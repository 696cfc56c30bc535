"""What the supervisor tells the person who started it: the address and how to sign in."""

import http.client
import json

from config.local.places import Places

MANAGERS = """No account exists yet. Make the three managers (system, security, audit), each for another person:
    manage.py managers create
They make every other account in the portal."""


def ready(host: str, port: int) -> bool:
    """Whether the web process answers /readyz with 200."""
    line = http.client.HTTPConnection("127.0.0.1" if host in {"", "0.0.0.0"} else host, port, timeout=2)
    try:
        line.request("GET", "/readyz", headers={"Host": "localhost"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def print_welcome(places: Places, host: str, port: int, *, demo: bool) -> None:
    shown = "127.0.0.1" if host in {"", "0.0.0.0"} else host
    print(f"\n  Lianyi 联医 runs at  http://{shown}:{port}/\n", flush=True)
    credentials = places.data / "demo" / "credentials.json"
    if demo and credentials.exists():
        _print_demo(json.loads(credentials.read_text()), f"http://{shown}:{port}", str(credentials))
    elif not demo:
        print(MANAGERS)


def _print_demo(known: dict[str, list[dict[str, str]]], address: str, path: str) -> None:
    """One account of each role, its password, and where the second factor comes from."""
    print("  Demo accounts (second factor: the codes on the sign-in page's demo list, or the secret in the file):")
    seen: set[str] = set()
    for person in known.get("staff", []):
        if person["role"] not in seen:
            seen.add(person["role"])
            print(f"    {person['role']:<18} {person['username']:<16} {person['password']:<20} {person['organisation']}")
    print(f"  all accounts and API clients: {path}\n", flush=True)

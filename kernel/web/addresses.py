"""Where a request comes from: the peer, or what a proxy of ours says it saw. Nobody else's word counts."""

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def source_of(request: HttpRequest) -> str:
    """The address behind the proxies listed in TRUSTED_PROXIES; the peer's where it is none of them.

    X-Forwarded-For is read from the right, proxy by proxy: what stands left of the first stranger was written by
    that stranger.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not heard or not within(peer, settings.TRUSTED_PROXIES):
        return peer
    for said in reversed([part.strip() for part in heard.split(",")]):
        if not _readable(said):
            return peer
        peer = said
        if not within(said, settings.TRUSTED_PROXIES):
            break
    return peer


def within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks; one that cannot be read lies nowhere.

    An empty address is a Unix socket's: it is this machine and lies where 127.0.0.1 does.
    """
    return _within(address, tuple(networks))


def _readable(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return True


@cache
def _networks(named: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(one, strict=False) for one in named)


def _within(address: str, named: tuple[str, ...]) -> bool:
    try:
        place = ip_address(address or "127.0.0.1")
    except ValueError:
        return False
    plain = getattr(place, "ipv4_mapped", None) or place
    return any(plain in network for network in _networks(named))

"""Where webhooks may go: addresses on the public internet that a name stands for, and nothing inside.

An administrator of one organisation must not be able to make the ledger's host ask what only that host can reach.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from pbr_ledger.errors import LedgerError

LONGEST_URL = 500
PORTS = (443, 8443)
VISIBLE = re.compile(r"[!-~]+")
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
INSIDE_NAMES = ("localhost", "local", "internal", "lan", "home", "corp", "intranet", "arpa", "onion", "invalid", "test")
"""Last labels that never stand for anything on the public internet."""
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

NOT_PUBLIC_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # the host of a virtual machine in Azure, though the address looks public
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
PUBLIC_V6 = ip_network("2000::/3")
"""All that is given out of IPv6. NAT64, IPv4-mapped, unique local, link-local and multicast addresses lie outside."""
NOT_PUBLIC_V6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # Teredo, benchmarking, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4, which carries an IPv4 address inside
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)
"""The lists are those of IANA's registries of special-purpose addresses, written out so that no library's idea of
`is_global` decides."""

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses that a name stands for at this moment."""


class AddressRefused(LedgerError):
    """Nothing is sent there; says why, in words for whoever wrote the address."""


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an endpoint's address, once its form is right. `path` begins with a slash and has the query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The host as the `Host` header has it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """A place with the addresses that were looked at: a connection goes to one of these and to nothing else."""

    place: Place
    addresses: tuple[str, ...]


def resolved(host: str, port: int) -> list[str]:
    """The addresses that the system finds for the name. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def target_of(url: str, *, loopback: bool, resolve: Resolver = resolved) -> Target:
    """Where the URL leads now. Raises `AddressRefused` unless every address of its host is public.

    With `loopback`, for development and tests alone, this machine itself is allowed, over http too, and at any port.
    """
    place = place_of(url, loopback=loopback)
    try:
        found = resolve(place.host, place.port)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"{place.host} cannot be found: it has no address.") from error
    if not found:
        raise AddressRefused(f"{place.host} cannot be found: it has no address.")
    for each in found:
        if not (is_public(each) or (loopback and place.host in LOOPBACK_NAMES and is_loopback(each))):
            raise AddressRefused(f"{place.host} stands for {each}, which is not an address on the public internet.")
    return Target(place, tuple(found))


def place_of(url: str, *, loopback: bool) -> Place:
    """The parts of the URL. Raises `AddressRefused` for a form that nothing is sent to, whatever it stands for."""
    if not VISIBLE.fullmatch(url) or "\\" in url or len(url) > LONGEST_URL:
        raise AddressRefused(f"Write the address in at most {LONGEST_URL} plain characters without spaces.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise AddressRefused("That is not an address such as https://example.org/hooks.") from error
    is_here = loopback and host in LOOPBACK_NAMES
    if parts.scheme != "https" and not (is_here and parts.scheme == "http"):
        raise AddressRefused("The address has to begin with https://.")
    if "@" in parts.netloc:
        raise AddressRefused("Leave the name and password out of the address: messages are signed instead.")
    if "#" in url:
        raise AddressRefused("Leave out the part from # on: it is never sent.")
    secure = parts.scheme == "https"
    port = (443 if secure else 80) if port is None else port
    if not is_here:
        _require_name(host)
        if port not in PORTS:
            raise AddressRefused("Use port 443 or 8443.")
    return Place(secure, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_public(address: str) -> bool:
    """Whether the address is one on the public internet, and does not carry another one inside."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in NOT_PUBLIC_V4)
    return found in PUBLIC_V6 and not any(found in network for network in NOT_PUBLIC_V6)


def is_loopback(address: str) -> bool:
    """Whether the address is this machine, in its plain form."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    return found.is_loopback and getattr(found, "ipv4_mapped", None) is None


def _require_name(host: str) -> None:
    """Raises `AddressRefused` for numbers in any notation, for names of machines inside, and for what is no name."""
    labels = host.split(".")
    if ":" in host or re.fullmatch(r"0x[0-9a-f]*|[0-9]+", labels[-1]):
        raise AddressRefused("Name the host, not its number: certificates are made for names.")
    if len(labels) < 2 or labels[-1] in INSIDE_NAMES:
        raise AddressRefused(f"“{host}” is not the name of a host on the public internet.")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise AddressRefused(f"“{host}” is not the name of a host: write it in letters, digits and hyphens.")

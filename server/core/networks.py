"""Addresses on the internet: the form in which they are compared, and who is counted as one."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SUBSCRIBER_BITS = 64
"""The prefix that a subscriber gets at least: all addresses in it are theirs to choose (RFC 6177)."""
_MAPPED = int(ipaddress.IPv6Address("::ffff:0.0.0.0"))
_MAPPED_BITS = 96


def parsed(address: str) -> Address:
    """An address, as IPv4 where it is one written as IPv6 (``::ffff:192.0.2.1``, which a socket for both reports).

    Raises ``ValueError`` for anything else, such as the name of a host.
    """
    found = ipaddress.ip_address(address)
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def subscriber(address: str) -> str:
    """By what limits count an address: itself, or the IPv6 network of a subscriber; unchanged if it is no address."""
    try:
        found = parsed(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.IPv6Network((int(found), _SUBSCRIBER_BITS), strict=False))


def both_ways(networks: Iterable[str]) -> list[Network]:
    """The networks, those of IPv4 also as IPv6 writes them, and the other way round."""
    found: list[Network] = []
    for network in map(ipaddress.ip_network, networks):
        found.append(network)
        start, bits = int(network.network_address), network.prefixlen
        if isinstance(network, ipaddress.IPv4Network):
            found.append(ipaddress.IPv6Network((_MAPPED + start, _MAPPED_BITS + bits)))
        elif bits >= _MAPPED_BITS and network.network_address.ipv4_mapped:
            found.append(ipaddress.IPv4Network((start - _MAPPED, bits - _MAPPED_BITS)))
    return found

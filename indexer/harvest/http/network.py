"""Find the IP addresses of a host that may be connected to, and connect to exactly these.

A name is resolved once per request and the connection is made to the address that was checked, so a
name server that answers differently the second time (DNS rebinding) gains nothing. Proxy settings
of the environment are not followed, because a proxy would resolve the name again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence

from indexer.errors import HarvestError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""A function from host and port to IP addresses as text. Raises OSError if there are none."""

# The ways in which an IPv6 address carries an IPv4 address (RFC 6052; the second is RFC 8215).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


def system_resolver(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host as text, in the order in which the system prefers them.

    Raises OSError if the name cannot be resolved, UnicodeError if it is not valid.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Network:
    """Decides which IP addresses may be connected to, and connects.

    Parameters
    ----------
    private_networks : networks in CIDR notation that may be connected to although they are not
        public; ValueError is raised for any other text.
    connect_timeout : greatest time for a connection, in seconds.
    resolver : finds the IP addresses of a host.
    """

    def __init__(
        self,
        private_networks: Sequence[str] = (),
        connect_timeout: float = 10.0,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._private = [ipaddress.ip_network(network) for network in private_networks]
        self._connect_timeout = connect_timeout
        self._resolver = resolver
        self._tls = ssl.create_default_context()

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a host that may be connected to, as text, in the order of the
        resolver; at least one.

        These are the public ones (`is_public`) and those in the private networks; multicast and
        unspecified addresses are never among them. Raises HarvestError if the name cannot be
        resolved (kind "dns"), or if none of its addresses may be connected to (kind "private").
        """
        try:
            found = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise HarvestError(
                f"The name {host} cannot be resolved: {getattr(error, 'strerror', None) or error}.",
                "Check the spelling and the network.",
                kind="dns",
            ) from None
        allowed = [text for text in found if self._may_connect(ipaddress.ip_address(text))]
        if not allowed:
            raise HarvestError(
                f"{host} is at {', '.join(found) or 'no address'}, which is not public.",
                "If it is a site of your own network, add --allow-private.",
                kind="private",
            )
        return allowed

    def connection(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """Return an open connection to a host, which the caller closes; `scheme` is "http" or
        "https".

        Raises HarvestError as `addresses` does, and OSError if no address answers in time or the
        certificate is not valid.
        """
        sock = self._socket(self.addresses(host, port), port)
        connection = http.client.HTTPConnection(host, port)
        try:
            if scheme == "https":
                sock = self._tls.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        connection.sock = sock
        return connection

    def _socket(self, addresses: Sequence[str], port: int) -> socket.socket:
        """Return a socket that is connected to the first address that answers.

        Raises OSError if none does.
        """
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, port), self._connect_timeout)
            except OSError:
                continue
        return socket.create_connection((addresses[-1], port), self._connect_timeout)

    def _may_connect(self, address: Address) -> bool:
        if address.is_multicast or address.is_unspecified:
            return False
        return is_public(address) or any(
            address.version == network.version and address in network for network in self._private
        )


def is_public(address: Address) -> bool:
    """Return True if an address is globally reachable by IANA's registries of special addresses.

    So must be the IPv4 addresses inside an IPv6 address (IPv4-mapped, 6to4, Teredo, NAT64).
    """
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address not in ipaddress.IPv4Network("192.0.0.0/24")  # IETF protocol assignments
    if address in _LOCAL_NAT64 or address.is_site_local:
        return False
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(inner is None or is_public(inner) for inner in carried)

"""TLS to Redis: where an authority is named, its certificates are taken and nobody else's.

redis-py would trust the system's authorities beside the one that is named.
"""

import socket
import ssl

import redis
from kombu.transport.redis import Channel


class OfTheAuthority(redis.SSLConnection):
    """A connection to a Redis whose certificate is of the named authority, and for the name that was asked for."""

    def _wrap_socket_with_ssl(self, sock: socket.socket) -> ssl.SSLSocket:
        # With a file named, Python loads no other authority.
        context = ssl.create_default_context(cafile=self.ca_certs)
        return context.wrap_socket(sock, server_hostname=self.host)


def install() -> None:
    """Have Celery's messages go by such connections where they go over TLS."""
    Channel.connection_class_ssl = OfTheAuthority

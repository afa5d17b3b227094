"""Where the broker is, and whether the way there is encrypted."""

import ssl
from functools import lru_cache
from typing import Any

TLS = "tls://"
"""What stands before the servers of a broker that is spoken to by TLS."""


def connecting(bootstrap: str) -> dict[str, Any]:
    """Return how a client gets to `host:port,…`, or by TLS to `tls://host:port,…`.

    By TLS a broker shows a certificate for its host, of an authority that this machine (or SSL_CERT_FILE)
    trusts.
    """
    if bootstrap.startswith(TLS):
        servers = bootstrap.removeprefix(TLS)
        return {"bootstrap_servers": servers, "security_protocol": "SSL", "ssl_context": _context()}
    return {"bootstrap_servers": bootstrap, "security_protocol": "PLAINTEXT"}


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()

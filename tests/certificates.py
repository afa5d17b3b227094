"""Certificates of a test's own making."""

import ssl
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from events.clock import machine_time


def vouched_for_by_itself(
    folder: Path, hosts: Sequence[str] = (), addresses: Sequence[str] = ()
) -> tuple[ssl.SSLContext, Path]:
    """Return what a server needs to show a certificate of these hosts and addresses, and the certificate."""
    key, now = ec.generate_private_key(ec.SECP256R1()), machine_time()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server")])
    held = [*map(x509.DNSName, hosts), *(x509.IPAddress(ip_address(address)) for address in addresses)]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(held), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    certificate, both = folder / "server.crt", folder / "server.pem"
    certificate.write_bytes(made)
    both.write_bytes(made + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, certificate

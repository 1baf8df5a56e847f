"""TLS on the gate's TCP socket: the certificate, its names, and its renewal while the gate runs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography import x509

from tobit_kernel.errors import InputError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pair:
    """A certificate chain and its key, both PEM files."""

    certificate: Path
    key: Path


class Tls:
    """A context whose new connections always use what the files hold; ``InputError`` when they make no sense."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._seen = self._state()
        try:
            _context(pair)
        except (OSError, ValueError) as error:
            raise InputError(
                f"The certificate {str(pair.certificate)!r} and the key {str(pair.key)!r} can't be used: {error}.",
                "Both are PEM files, and the key belongs to the first certificate.",
            ) from None
        self.context = _context(pair)
        self.names = names_in(pair.certificate)

    def refresh(self) -> bool:
        """Takes a changed pair; True when it did. A pair that does not fit together is left for later."""
        state = self._state()
        if state == self._seen:
            return False
        try:
            _context(self._pair)  # a trial: a failed load would leave the living context without a key
            self.context.load_cert_chain(self._pair.certificate, self._pair.key, password="")
            self.names = names_in(self._pair.certificate)
        except (OSError, ValueError) as error:
            log.warning("the new certificate can't be used; the old one stays", error=str(error))
            self._seen = state
            return False
        self._seen = state
        log.info("the new certificate is in use", names=sorted(self.names))
        return True

    def _state(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp(file) for file in (self._pair.certificate, self._pair.key))


def names_in(certificate: Path) -> frozenset[str]:
    """The host names that the first certificate of the file is for, in small letters."""
    first = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        said = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(name.lower() for name in said.get_values_for_type(x509.DNSName))


def _context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # An empty password keeps OpenSSL from asking on the terminal for that of an encrypted key.
    context.load_cert_chain(pair.certificate, pair.key, password="")
    return context


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

"""How secrets that have to be used again are kept: enciphered, so that the database alone gives none away.

What is kept for one purpose is not read for another.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECOND_FACTORS = b"pbr_ledger.accounts.second-factors"


def enciphered(text: str, purpose: bytes = SECOND_FACTORS) -> str:
    """The text as it is stored."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def deciphered(stored: str, purpose: bytes = SECOND_FACTORS) -> str:
    """The text of what was stored, under today's secret key or one of SECRET_KEY_FALLBACKS."""
    return _cipher(purpose).decrypt(stored.encode()).decode()


def _cipher(purpose: bytes) -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(str(secret), purpose)) for secret in secrets])


def _key(secret: str, purpose: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return urlsafe_b64encode(derived)

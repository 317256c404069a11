"""The door: nothing that a callback says is believed before it has proved who sent it.

First the signature, then the cipher, then the receive id; only then is there a plaintext to
read. Whatever is wrong leaves as `BadCallback` with the status of the HTTP answer. What the
plaintext means, and how the sealed part lies in a body, is another file's business, so that
the same door can stand before the other platforms of the family (path/90968, 2026-07).
"""

import json
import os
import re
from base64 import b64decode, b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from hmac import compare_digest
from secrets import token_hex

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.kernel.checkup import Knock
from bot.kernel.clock import Clock
from bot.kernel.errors import BadCallback

MAX_BODY_BYTES = 64 * 1024
WINDOW_S = 24 * 3600
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
_BLOCK_BYTES = 32  # of the padding; the cipher's own are 16
_HEAD_BYTES = 20  # 16 random bytes and the length of the message
_PADS = tuple(bytes([count]) * count for count in range(_BLOCK_BYTES + 1))


class Proof:
    """Knows by its signature and its age whether a callback is the platform's."""

    def __init__(self, token: str, clock: Clock, window_s: float) -> None:
        self._token = token.encode()
        self._clock = clock
        self._window_s = window_s

    def sign(self, timestamp: str, nonce: str, *sealed: bytes) -> str:
        """Return the signature over the token, a time, a nonce and what was sealed."""
        parts = sorted((self._token, timestamp.encode(), nonce.encode(), *sealed))
        return sha1(b"".join(parts), usedforsecurity=False).hexdigest()

    def check(self, query: Mapping[str, str], name: str, *sealed: bytes) -> None:
        """Check the signature called `name` over the token, the query and what was sealed.

        Raises:
            BadCallback: 403 for a wrong signature or time, 400 for a missing parameter.
        """
        try:
            given = query[name].encode()
            timestamp, nonce = query["timestamp"], query["nonce"]
            signature = self.sign(timestamp, nonce, *sealed)
        except (KeyError, UnicodeEncodeError):
            raise BadCallback("a parameter is missing") from None
        if not compare_digest(signature.encode(), given):
            raise BadCallback("wrong signature", status=403)
        try:
            age_s = self._clock.now().timestamp() - int(timestamp)
        except (ValueError, OverflowError):
            raise BadCallback("the timestamp is no number") from None
        if abs(age_s) > self._window_s:
            raise BadCallback(f"signed {age_s:.0f} s ago", status=403)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer, encrypted and signed."""

    encrypted: str
    signature: str


class Door:
    """Verifies and opens what was sealed with one token, one key and one receive id."""

    def __init__(
        self, *, token: str, aes_key: str, receive_id: str, clock: Clock, window_s: float = WINDOW_S
    ) -> None:
        """Derive the cipher.

        Raises:
            ValueError: `aes_key` is not 43 letters and digits.
        """
        if not _AES_KEY.fullmatch(aes_key):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        key = b64decode(aes_key + "=")  # the last one may carry spare bits (path/90968, 2026-07)
        self._cipher = Cipher(AES256(key), CBC(key[:16]))
        self._proof = Proof(token, clock, window_s)
        self._receive_id = receive_id.encode()

    def open(self, query: Mapping[str, str], sealed: bytes) -> str:
        """Return the plaintext of `sealed`, the signed base64 text out of a body.

        Raises:
            BadCallback: 403 for a wrong signature, receive id or time, 400 for the rest.
        """
        self._proof.check(query, "msg_signature", sealed)
        return self._decipher(sealed)

    def echo(self, query: Mapping[str, str]) -> bytes:
        """Answer the platform's test of the address: the plaintext and nothing around it."""
        try:
            sealed = query["echostr"].encode()
        except (KeyError, UnicodeEncodeError):
            raise BadCallback("no echostr") from None
        return self.open(query, sealed).encode()

    def knock(self, now: datetime) -> Knock:
        """Return a test of the address that only a door with our token and key passes."""
        words, nonce = token_hex(8).encode(), token_hex(8)
        timestamp = int(now.timestamp())
        sealed = self.seal(words, timestamp=timestamp, nonce=nonce)
        query = {"msg_signature": sealed.signature, "timestamp": str(timestamp), "nonce": nonce}
        return Knock({**query, "echostr": sealed.encrypted}, words)

    def seal(self, plaintext: bytes, *, timestamp: int, nonce: str, salt: bytes = b"") -> "Sealed":
        """Return an answer as the platform opens it.

        Args:
            plaintext: what is said.
            timestamp: the present second.
            nonce: any, or the one of the callback that is answered.
            salt: 16 bytes that nobody can foresee; made here when left out.
        """
        size = len(plaintext).to_bytes(4, "big")
        packet = (salt or os.urandom(16)) + size + plaintext + self._receive_id
        locker = self._cipher.encryptor()
        pad = _PADS[_BLOCK_BYTES - len(packet) % _BLOCK_BYTES]
        encrypted = b64encode(locker.update(packet + pad) + locker.finalize())
        return Sealed(encrypted.decode(), self._proof.sign(str(timestamp), nonce, encrypted))

    def _decipher(self, sealed: bytes) -> str:
        try:
            locked = a2b_base64(sealed, strict_mode=True)
            opener = self._cipher.decryptor()
            packet = opener.update(locked) + opener.finalize()
        except ValueError:
            raise BadCallback("undecipherable") from None
        size = len(packet)
        pad = packet[-1] if packet else 0
        padded = 1 <= pad <= _BLOCK_BYTES and packet.endswith(_PADS[pad])
        end = _HEAD_BYTES + int.from_bytes(packet[16:_HEAD_BYTES], "big")
        if size % _BLOCK_BYTES or not padded or end > size - pad:
            raise BadCallback("undecipherable")
        if not compare_digest(packet[end : size - pad], self._receive_id):
            raise BadCallback("meant for somebody else", status=403)
        try:
            return packet[_HEAD_BYTES:end].decode()
        except UnicodeDecodeError:
            raise BadCallback("the plaintext is not UTF-8") from None


def sealed_in_json(body: bytes) -> bytes:
    """Return `encrypt` out of the JSON body of a callback (path/101033, 2026-07).

    Raises:
        BadCallback: 413 for a body over 64 KiB, 400 for one that has none.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadCallback("larger than any callback", status=413)
    try:
        around = json.loads(body)
    except (ValueError, RecursionError):
        raise BadCallback("the body is not JSON") from None
    sealed = around.get("encrypt") if isinstance(around, dict) else None
    if not isinstance(sealed, str) or not sealed or not sealed.isascii():
        raise BadCallback("no encrypt in the body")
    return sealed.encode()


def sealed_in_xml(body: bytes) -> bytes:
    """Return the text of `<Encrypt>` in a callback's body.

    Nothing is parsed: a body is a stranger's until the signature is checked, and a parser
    can be kept busy by strangers.

    Raises:
        BadCallback: 413 for a body over 64 KiB, 400 for one that is cut short or has none.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadCallback("larger than any callback", status=413)
    _, opened, rest = body.partition(b"<Encrypt>")
    sealed, closed, tail = rest.partition(b"</Encrypt>")
    whole = opened and closed and tail.rstrip().endswith(b"</xml>")
    if not whole or b"<!DOCTYPE" in body:
        raise BadCallback("no Encrypt in the body")
    sealed = sealed.strip()
    if sealed.startswith(b"<![CDATA[") and sealed.endswith(b"]]>"):
        sealed = sealed[9:-3]
    if not sealed:
        raise BadCallback("Encrypt is empty")
    return sealed

"""Seals callbacks as WeCom does (path/90968); written from the page, not from our door."""

import base64
import hashlib
import os
from dataclasses import dataclass
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.kernel.messages import RawCallback
from tests.kit.platforms import AGENT, CORP

TOKEN = "InventedToken01"
AES_KEY = "kWxPCiPvqMZ9s7Yt3bQe0RfLhUoJ2nD6aGcV1E5uT8A"


@dataclass(frozen=True)
class Mail:
    """Seals callbacks for one address, as path/90968 describes."""

    token: str = TOKEN
    aes_key: str = AES_KEY
    receive_id: str = CORP

    def encrypt(self, plaintext: bytes) -> str:
        """Return the base64 text that is signed."""
        key = base64.b64decode(self.aes_key + "=")
        packet = os.urandom(16) + len(plaintext).to_bytes(4, "big") + plaintext
        packet += self.receive_id.encode()
        pad = 32 - len(packet) % 32
        locker = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(locker.update(packet + bytes([pad]) * pad)).decode()

    def query(self, encrypted: str, at: float, nonce: str = "1234567890") -> dict[str, str]:
        """Return the query of a callback sent at `at` (seconds since the epoch)."""
        return self.signed(encrypted, str(int(at)), nonce)

    def signed(self, encrypted: str, timestamp: str, nonce: str) -> dict[str, str]:
        """Return the query with a signature over any timestamp, sensible or not."""
        parts = "".join(sorted([self.token, timestamp, nonce, encrypted]))
        signature = hashlib.sha1(parts.encode()).hexdigest()  # noqa: S324 - the platform's choice
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}

    def post(self, plaintext: str | bytes, at: float, nonce: str = "1234567890") -> RawCallback:
        """Return the callback that says `plaintext`."""
        words = plaintext.encode() if isinstance(plaintext, str) else plaintext
        encrypted = self.encrypt(words)
        body = (
            f"<xml><ToUserName><![CDATA[{self.receive_id}]]></ToUserName>"
            f"<AgentID><![CDATA[{AGENT}]]></AgentID>"
            f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        )
        return RawCallback("POST", self.query(encrypted, at, nonce), body.encode())

    def http(self, raw: RawCallback) -> tuple[str, bytes]:
        """Return the query string and the body of `raw`, for a real request."""
        return urlencode(raw.query), raw.body


def text_message(sender: str, text: str, number: int, at: float) -> str:
    """Return the plaintext of a member's text message (path/90239)."""
    safe = text.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>"
        f"<FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>{int(at)}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{safe}]]></Content>"
        f"<MsgId>{number}</MsgId><AgentID>{AGENT}</AgentID></xml>"
    )

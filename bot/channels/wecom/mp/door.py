"""The account's door: plain callbacks, or sealed ones in XML or JSON.

With a key only what is sealed is believed, also when the plain fields stand beside it
(兼容模式): the signature of a plain callback does not cover its body.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex

from bot.channels.wecom.door import MAX_BODY_BYTES, Door, Proof
from bot.kernel.checkup import Knock
from bot.kernel.clock import Clock
from bot.kernel.errors import BadCallback

_XML_SEALED = re.compile(
    rb"<Encrypt>\s*(?:<!\[CDATA\[([A-Za-z0-9+/=]+)\]\]>|([A-Za-z0-9+/=]+))\s*</Encrypt>"
)
_JSON_SEALED = re.compile(rb'"Encrypt"\s*:\s*"([A-Za-z0-9+/=\\]+)"')
_ENDS = {b"<": b">", b"{": b"}"}


class AccountDoor:
    """Verifies callbacks and returns what they say; parses nothing."""

    def __init__(
        self, *, token: str, aes_key: str, app_id: str, clock: Clock, window_s: float
    ) -> None:
        """Derive the cipher; without `aes_key` the account is in plain mode (明文模式).

        Raises:
            ValueError: `aes_key` is no key.
        """
        self._proof = Proof(token, clock, window_s)
        self._sealed: Door | None = None
        if aes_key:
            self._sealed = Door(
                token=token, aes_key=aes_key, receive_id=app_id, clock=clock, window_s=window_s
            )

    def echo(self, query: Mapping[str, str]) -> bytes:
        """Answer the platform's test of the address: its own words, in every mode."""
        if "echostr" not in query:
            raise BadCallback("no echostr")
        self._proof.check(query, "signature")
        try:
            return query["echostr"].encode()
        except UnicodeEncodeError:
            raise BadCallback("echostr is no text") from None

    def knock(self, now: datetime) -> Knock:
        """Return a test of the address that only a door with our token passes."""
        words, nonce, timestamp = token_hex(8), token_hex(8), str(int(now.timestamp()))
        signature = self._proof.sign(timestamp, nonce)
        query = {"signature": signature, "timestamp": timestamp, "nonce": nonce}
        return Knock({**query, "echostr": words}, words.encode())

    def open(self, query: Mapping[str, str], body: bytes) -> str:
        """Return the plaintext of a callback.

        Raises:
            BadCallback: 403 for a wrong signature, receive id or time, 413 for a body over
                64 KiB, 400 for the rest.
        """
        if len(body) > MAX_BODY_BYTES:
            raise BadCallback("larger than any callback", status=413)
        if self._sealed is not None:
            return self._sealed.open(query, sealed_in(body))
        self._proof.check(query, "signature")
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise BadCallback("the body is not UTF-8") from None


def sealed_in(body: bytes) -> bytes:
    """Return the text that is signed out of a body in XML or JSON, without parsing it.

    Of several the last one: in 兼容模式 a member's own words stand before it.

    Raises:
        BadCallback: the body is cut short or holds nothing sealed.
    """
    body = body.strip()
    if _ENDS.get(body[:1]) != body[-1:]:
        raise BadCallback("the body is cut short")
    pattern = _JSON_SEALED if body.startswith(b"{") else _XML_SEALED
    found = pattern.findall(body)
    if not found:
        raise BadCallback("no Encrypt in the body")
    sealed = found[-1] if isinstance(found[-1], bytes) else b"".join(found[-1])
    return sealed.replace(rb"\/", b"/")

"""Links to members' pages: for one member, for a while; or for everybody, asking who is there."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.kernel.clock import Clock
from bot.kernel.errors import BotError
from bot.kernel.ids import MemberId

_SECRET_BYTES = 32
_MEMBER_BYTES = 8
_EXPIRY_BYTES = 5
_NONCE_BYTES = 6
_SEAL_BYTES = 16
_SAID_BYTES = _MEMBER_BYTES + _EXPIRY_BYTES + _NONCE_BYTES
_PURPOSE = b"member link 2\0"


class BadLink(BotError):
    """Nobody here made this link."""


class LinkExpired(BotError):
    """The link was good once."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a good token says."""

    member: MemberId
    until: datetime
    id: str
    """Tells this link from others, however its token is spelled: base64 has several spellings."""


class SignedLinks:
    """Implements the kernel's `Links`.

    A token is the member's id, the second after which it is void, a number that no other link
    has, and the first 16 bytes of an HMAC-SHA256 over the page and all of them.
    """

    def __init__(self, secret: bytes, base_url: str, clock: Clock) -> None:
        if len(secret) < _SECRET_BYTES:
            raise ValueError(f"a signing secret has {_SECRET_BYTES} bytes or more")
        self._secret = secret
        self.base_url = base_url.rstrip("/")
        self._clock = clock

    def to(self, page: str, member: MemberId, *, valid_s: int) -> str:
        """Return the absolute address of `page` (`room/name?query`) for one member."""
        until = int(self._clock.now().timestamp()) + valid_s
        said = member.to_bytes(_MEMBER_BYTES) + until.to_bytes(_EXPIRY_BYTES)
        said += secrets.token_bytes(_NONCE_BYTES)
        where, mark, query = page.partition("?")
        token = urlsafe_b64encode(said + self._seal(where, said)).rstrip(b"=").decode()
        return f"{self.for_group(where)}/{token}{mark}{query}"

    def for_group(self, page: str) -> str:
        """Return the absolute address of `page` (`room/name?query`) that asks who is there."""
        return f"{self.base_url}/m/{page}"

    def for_operators(self, page: str) -> str:
        """Return the absolute address of a page of the console."""
        return f"{self.base_url}/console/{page}"

    def for_advisors(self, page: str) -> str:
        """Return the absolute address of a page of the desk."""
        return f"{self.base_url}/desk/{page}"

    def read(self, page: str, token: str) -> Held:
        """Return for whom a token was made, and until when it is good.

        Raises:
            BadLink: the token is not ours, was changed, or is for another page.
            LinkExpired: it was good once.
        """
        said, seal = _parts(token)
        if not hmac.compare_digest(seal, self._seal(page, said)):
            raise BadLink("the seal is wrong")
        until_s = int.from_bytes(said[_MEMBER_BYTES:-_NONCE_BYTES])
        if until_s < self._clock.now().timestamp():
            raise LinkExpired("the time is over")
        member = MemberId(int.from_bytes(said[:_MEMBER_BYTES]))
        return Held(member, datetime.fromtimestamp(until_s, UTC), said.hex())

    def _seal(self, page: str, said: bytes) -> bytes:
        sealed = _PURPOSE + page.encode() + b"\0" + said
        return hmac.digest(self._secret, sealed, hashlib.sha256)[:_SEAL_BYTES]


def _parts(token: str) -> tuple[bytes, bytes]:
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, ValueError) as exc:
        raise BadLink("not base64") from exc
    if len(raw) != _SAID_BYTES + _SEAL_BYTES:
        raise BadLink("wrong length")
    return raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]

"""What members send to a bot: an address good for 5 minutes, behind it a sealed file.

AES-256-CBC, the vector is the key's beginning, padded to 32 bytes. The key is the callback's
EncodingAESKey; over the long connection each address brings its own (path/100719 and 101463,
2026-07).
"""

from base64 import b64decode
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from typing_extensions import override

from bot.channels.wecom.download import Wanted
from bot.channels.wecom.sources import Addresses
from bot.kernel.abilities import MediaSource, Missing, NotFetched
from bot.kernel.files import Intake
from bot.kernel.messages import Media

LIVES_S = 5 * 60.0
_KEY_BYTES = 32
_BLOCK_BYTES = 16
_PAD_BYTES = 32


class SealedMedia(MediaSource):
    """Files by their address, and `#key` where it has a key of its own."""

    lives_s = LIVES_S

    def __init__(self, addresses: Addresses, aes_key: str) -> None:
        self._addresses = addresses
        self._aes_key = aes_key

    @override
    async def fetch(self, media: Media, most_bytes: int, into: Intake) -> str:
        address, _, own = media.ref.partition("#")
        opening = _Opening(into, key_of(own or self._aes_key))
        # what is sealed is longer than the file by its padding
        name = await self._addresses.pour(address, Wanted(opening, most_bytes + _PAD_BYTES))
        await opening.end()
        if into.size > most_bytes:
            raise NotFetched(Missing.TOO_LARGE, "the file is larger than is taken")
        return name


def key_of(text: str) -> bytes:
    """Return a key out of base64, whose padding is sometimes missing.

    Raises:
        NotFetched: it is none.
    """
    try:
        key = b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise NotFetched(Missing.GARBLED, "the file's key is none")
    return key


class _Opening(Intake):
    """Deciphers what it takes and hands it on; keeps back the end, which may be padding."""

    def __init__(self, into: Intake, key: bytes) -> None:
        self.size = 0
        self._into = into
        self._cipher = Cipher(AES256(key), CBC(key[:_BLOCK_BYTES])).decryptor()
        self._back = b""

    @override
    async def take(self, piece: bytes) -> None:
        self.size += len(piece)
        plain = self._back + self._cipher.update(piece)
        cut = max(0, len(plain) - _PAD_BYTES)
        self._back = plain[cut:]
        if cut:
            await self._into.take(plain[:cut])

    async def end(self) -> None:
        """Check the padding and hand on what is before it.

        Raises:
            NotFetched: this was not sealed with this key, or a part is missing.
        """
        pad = self._back[-1] if self._back else 0
        padded = 1 <= pad <= _PAD_BYTES and self._back.endswith(bytes([pad]) * pad)
        if self.size % _BLOCK_BYTES or not padded:
            raise NotFetched(Missing.GARBLED, "the file can't be deciphered")
        if rest := self._back[:-pad]:
            await self._into.take(rest)

    @override
    def open(self) -> BinaryIO:
        return self._into.open()

    @override
    async def keep(self) -> str:
        return await self._into.keep()

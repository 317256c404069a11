"""Gives a picture to the platform over the long connection, in pieces (path/101463, 2026-07)."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import md5

from bot.channels.wecom.aibot.frames import UPLOAD_CHUNK, UPLOAD_FINISH, UPLOAD_INIT, Frame
from bot.channels.wecom.http import Json, text_in
from bot.kernel.errors import Ambiguous, RetryLater
from bot.kernel.words import cut_bytes

MAX_IMAGE_BYTES = 2 * 1024 * 1024
"""The page and the platform's own plugin differ; this is the lower."""
_CHUNK_BYTES = 512 * 1024
_NAME_BYTES = 256
_AGAIN_S = 5.0

Ask = Callable[[str, Json], Awaitable[Frame]]


async def upload(ask: Ask, kind: str, name: str, content: bytes) -> str:
    """Upload a file; return its media id, good for 3 days.

    Raises:
        PlatformError: it is not there; beginning anew does no harm.
    """
    chunks = [content[at : at + _CHUNK_BYTES] for at in range(0, len(content), _CHUNK_BYTES)]
    begun = {
        "type": kind,
        "filename": cut_bytes(name, _NAME_BYTES, mark=""),
        "total_size": len(content),
        "total_chunks": len(chunks),
        "md5": md5(content, usedforsecurity=False).hexdigest(),
    }
    try:
        upload_id = _named((await ask(UPLOAD_INIT, begun)), "upload_id")
        for number, chunk in enumerate(chunks):  # from 0, as the platform's SDK counts
            data = b64encode(chunk).decode()
            body = {"upload_id": upload_id, "chunk_index": number, "base64_data": data}
            await ask(UPLOAD_CHUNK, body)
        return _named(await ask(UPLOAD_FINISH, {"upload_id": upload_id}), "media_id")
    except Ambiguous as exc:
        raise RetryLater(str(exc), after_s=_AGAIN_S) from None


def _named(answer: Frame, name: str) -> str:
    if found := text_in(answer.body, name):
        return found
    raise RetryLater(f"aibot upload: no {name} in the answer", after_s=_AGAIN_S)

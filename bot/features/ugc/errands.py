"""Looks at pictures that have come, beside the writer: decoding takes a while."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.commons import media, submissions
from bot.commons.submissions import Coming, Files, Taken
from bot.commons.vetting import Looked, Unfit, look
from bot.features.ugc import arriving
from bot.features.ugc.arriving import LOOK
from bot.features.ugc.rules import UgcSettings
from bot.kernel import crash
from bot.kernel.feature import Errand
from bot.kernel.files import FileStore
from bot.kernel.ports import Work
from bot.kernel.work import Toolbox

log = structlog.get_logger(__name__)

_AT_ONCE = 200
_AGAIN_S, _WAITS_S = 2.0, 30.0
_JPEG = "image/jpeg"
_REASONS: Mapping[str, str] = {
    "too_large": "too_large",
    "another_kind": "archive",
    "archive": "archive",
    "too_many_pixels": "too_many_pixels",
    "empty": "broken",
    "broken": "broken",
}
"""What the room of received files says, in the words of ours; anything else is `gone`."""


async def _look(work: Work, tools: Toolbox) -> float | None:
    """Settle what has come; come again soon while something is on its way."""
    waiting = await work.look(lambda uow: submissions.coming_pictures(uow, most=_AT_ONCE))
    left = [one for one in waiting if not await _one(work, tools, one)]
    if not left:
        return _AGAIN_S if len(waiting) == _AT_ONCE else None
    return _AGAIN_S if any(one.ref is None or not one.ref.reason for one in left) else _WAITS_S


async def _one(work: Work, tools: Toolbox, one: Coming) -> bool:
    """Settle one picture; False when it is still on its way."""
    if one.ref is None or one.ref.status is media.Status.WAITING:
        return one.is_lost and await _refuse(work, tools, one, "gone")
    if one.ref.file is None:
        reason = _REASONS.get(one.ref.reason, "gone")
        return await _refuse(work, tools, one, reason)
    most = tools.use(UgcSettings).picture_bytes
    try:
        looked = await asyncio.to_thread(_read, tools, one.ref.file, most)
    except FileNotFoundError:
        return await _refuse(work, tools, one, "gone")
    except Unfit as exc:
        return await _refuse(work, tools, one, exc.reason)
    return await _keep(work, tools, one, looked)


def _read(tools: Toolbox, file: media.File, most: int) -> Looked:
    if file.bytes > most:
        raise Unfit("too_large")
    with tools.use(FileStore).open(file.digest) as content:
        return look(content.read(), most_bytes=most)


async def _keep(work: Work, tools: Toolbox, one: Coming, looked: Looked) -> bool:
    """Put the copy into the store and write the picture down."""
    if one.ref is None or one.ref.file is None:
        return False
    async with tools.use(FileStore).receive() as intake:
        await intake.take(looked.copy)
        digest = await intake.keep()
    crash.step("ugc.copied")
    copy = media.File(digest, len(looked.copy), _JPEG, looked.width, looked.height)
    files = Files(one.ref.file, copy)
    taken = await work.do(lambda uow: arriving.keep(uow, tools, one, files, looked))
    log.info("ugc.picture", picture=one.picture, submission=one.submission, taken=taken)
    return taken is not Taken.AGAIN


async def _refuse(work: Work, tools: Toolbox, one: Coming, reason: str) -> bool:
    await work.do(lambda uow: arriving.refuse(uow, tools, one.picture, reason))
    log.info("ugc.picture_refused", picture=one.picture, reason=reason)
    return True


errands = (Errand(LOOK, _look, every_s=60),)

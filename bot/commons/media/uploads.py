"""Under which ids platforms know what was uploaded to them."""

from contextlib import suppress
from datetime import datetime

from typing_extensions import override

from bot.kernel.errors import CannotStore
from bot.kernel.files import MediaIds
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Work
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, micros

_FIND = Statement(
    "SELECT media_id, good_until FROM media_uploads"
    " WHERE channel = :channel AND digest = :digest AND good_until > :now"
)
_KEEP = Statement(
    "INSERT INTO media_uploads (channel, digest, media_id, good_until)"
    " VALUES (:channel, :digest, :media_id, :until) ON CONFLICT (channel, digest)"
    " DO UPDATE SET media_id = excluded.media_id, good_until = excluded.good_until"
)
_FORGET = Statement("DELETE FROM media_uploads WHERE channel = :channel AND digest = :digest")
_TIDY = Statement("DELETE FROM media_uploads WHERE good_until <= :now")


class KeptIds(MediaIds):
    """Media ids in a table."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @override
    async def find(self, channel: ChannelName, digest: str) -> tuple[str, datetime] | None:
        def look(uow: UnitOfWork) -> tuple[str, datetime] | None:
            now = micros(uow.clock.now())
            rows = uow.run(_FIND, channel=channel, digest=digest, now=now)
            return (str(rows[0][0]), instant(rows[0][1])) if rows else None

        with suppress(CannotStore):
            return await self._work.look(look)
        return None

    @override
    async def keep(self, channel: ChannelName, digest: str, media_id: str, until: datetime) -> None:
        good = {"media_id": media_id, "until": micros(until)}
        with suppress(CannotStore):
            await self._work.do(lambda uow: uow.run(_KEEP, channel=channel, digest=digest, **good))

    @override
    async def forget(self, channel: ChannelName, digest: str) -> None:
        with suppress(CannotStore):
            await self._work.do(lambda uow: uow.run(_FORGET, channel=channel, digest=digest))


def forget_ids(uow: UnitOfWork) -> None:
    """Forget ids that are good no more."""
    uow.run(_TIDY, now=micros(uow.clock.now()))

"""Tells operators when the trip of a message ended in their hands."""

from datetime import datetime

from bot.commons.notices import WHY, Notices, tell_operators, told_since
from bot.kernel.desk import NoticeLevel
from bot.kernel.errors import PlatformError, Undeliverable
from bot.kernel.ids import InboxId, OutboxId
from bot.kernel.messages import Outgoing
from bot.kernel.metrics import PARKED
from bot.kernel.ports import Meaning, Words, nothing_to_add
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

ERRAND = "errand."
"""What the book of an errand is called, before the errand's name."""
_CLAIMED = Statement("SELECT claimed_at FROM outbox WHERE id = :id")


class Alarm:
    """One notice for each item, and one for a channel that is off, however many items it cost.

    A notice that does not arrive is told in the console only, or it would go round for ever.
    """

    def __init__(self, notices: Notices, words: Words, meaning: Meaning = nothing_to_add) -> None:
        self._notices = notices
        self._words = words
        self._meaning = meaning

    def update_parked(
        self,
        uow: UnitOfWork,
        item: InboxId,
        channel: str,
        at: datetime,
        *,
        unreadable: bool = False,
    ) -> None:
        """An update was given up; `at` tells this parking from an earlier one."""
        PARKED.labels("inbox").inc()
        template = f"pipeline/inbox_{'unreadable' if unreadable else 'parked'}.txt.j2"
        text = self._words(template, item=item, channel=channel)
        key = f"inbox:{item}:{at.isoformat()}"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)

    def message_ended(
        self,
        uow: UnitOfWork,
        item: OutboxId,
        outgoing: Outgoing,
        status: str,
        error: PlatformError | None = None,
    ) -> None:
        """A message is `parked` or `maybe`."""
        PARKED.labels("outbox").inc()
        is_off = isinstance(error, Undeliverable) and error.channel_off
        if is_off and not self._is_known(uow, item, outgoing):
            key = f"off:{outgoing.channel}:{uow.clock.now().isoformat()}"
            text = self._say("channel_off", item, outgoing, error)
            self._tell(uow, key, text, outgoing, NoticeLevel.ERROR)
        if not is_off or status == "maybe":
            text = self._say(f"outbox_{status}", item, outgoing, error)
            self._tell(uow, f"outbox:{item}:{status}", text, outgoing, NoticeLevel.WARNING)

    def message_unreadable(self, uow: UnitOfWork, item: OutboxId, channel: str) -> None:
        """A message is parked because another version wrote it."""
        PARKED.labels("outbox").inc()
        text = self._words("pipeline/outbox_unreadable.txt.j2", item=item, channel=channel)
        key = f"outbox:{item}:unreadable"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)

    def fetch_failed(self, uow: UnitOfWork, channel: str, book: str, error: PlatformError) -> None:
        """What was written to us can't be fetched, or an errand fails; told once until it works."""
        template = "errand" if channel.startswith(ERRAND) else "fetch"
        text = self._words(
            f"pipeline/{template}_failed.txt.j2",
            channel=channel,
            book=book,
            code=error.code,
            meaning=self._meaning(channel, str(error)),
        )
        key = f"fetch:{channel}:{book}:{uow.clock.now().isoformat()}"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)

    def line_down(self, uow: UnitOfWork, channel: str, error: PlatformError, *, off: bool) -> None:
        """A platform's connection stays away; `off` until an operator acts."""
        text = self._words(
            f"pipeline/line_{'off' if off else 'down'}.txt.j2",
            channel=channel,
            code=error.code,
            meaning=self._meaning(channel, str(error)),
        )
        key = f"line:{channel}:{uow.clock.now().isoformat()}"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.ERROR)

    def line_gap(self, uow: UnitOfWork, channel: str, start: datetime, end: datetime) -> None:
        """Nothing was heard for a while, and the platform brings nothing again."""
        text = self._words("pipeline/line_gap.txt.j2", channel=channel, start=start, end=end)
        key = f"gap:{channel}:{start.isoformat()}"
        self._notices.tell(uow, key=key, text=text, level=NoticeLevel.WARNING)

    @staticmethod
    def _is_known(uow: UnitOfWork, item: OutboxId, outgoing: Outgoing) -> bool:
        """Return True when it was told since this message left that its channel is off.

        A later message can only leave because an operator has let the channel go on.
        """
        claimed_at = instant(uow.run(_CLAIMED, id=item)[0][0])
        return told_since(uow, f"off:{outgoing.channel}:", claimed_at)

    def _say(
        self, template: str, item: OutboxId, outgoing: Outgoing, error: PlatformError | None
    ) -> str:
        return self._words(
            f"pipeline/{template}.txt.j2",
            item=item,
            channel=outgoing.channel,
            code=error.code if error else 0,
            meaning=self._meaning(outgoing.channel, str(error)) if error else "",
        )

    def _tell(
        self, uow: UnitOfWork, key: str, text: str, outgoing: Outgoing, level: NoticeLevel
    ) -> None:
        to = () if outgoing.why == WHY else self._notices.to
        tell_operators(uow, key=key, text=text, level=level, to=to)

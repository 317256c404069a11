"""Sends the notes that wait; what may have arrived is never sent a second time by another name."""

from functools import partial

from bot.commons.notices import Notices
from bot.features.subscriptions import service
from bot.features.subscriptions.box import SEND
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel import crash
from bot.kernel.abilities import Abilities, Errands
from bot.kernel.errors import Ambiguous, PlatformError, Undeliverable
from bot.kernel.feature import Errand
from bot.kernel.following import Note, TemplateMessages
from bot.kernel.ids import ChannelName
from bot.kernel.ports import Words, Work
from bot.kernel.work import Toolbox, UnitOfWork

_AT_ONCE = 200
_DOES_NOT_FOLLOW = 43004
_REFUSED = 43101
"""She has not agreed, or it is used up: the platform knows better (doc/service, 2026-07)."""


async def send(work: Work, tools: Toolbox) -> None:
    """Send what waits, each note at most once."""
    most = tools.use(SubscriptionSettings).daily_most
    for channel, platform in tools.use(Abilities).of(TemplateMessages).items():
        await work.do(partial(_recover, tools=tools, channel=channel, platform=platform))
        for _ in range(_AT_ONCE):
            note = await work.do(partial(service.take, channel=channel, daily_most=most))
            crash.step("notes.taken")
            if note is None:
                break
            await _send(work, tools, platform, note)
            crash.step("notes.recorded")
        else:
            await work.do(lambda uow: tools.use(Errands).soon(uow, SEND))


async def _send(
    work: Work, tools: Toolbox, platform: TemplateMessages, note: service.Waiting
) -> None:
    letter = Note(note.recipient, note.kind, note.template, note.words, note.url, note.twin_key)
    try:
        number = await platform.send_note(letter)
    except Ambiguous as exc:
        await work.do(partial(_doubt, tools=tools, note=note, reason=str(exc), platform=platform))
    except Undeliverable as exc:
        spent = exc.code == _REFUSED
        end = partial(service.fail, note=note, reason=str(exc), consent_is_spent=spent)
        if exc.channel_off:  # nothing is wrong with the note
            await work.do(partial(service.put_back, note=note, reason=str(exc)))
            raise
        if exc.code == _DOES_NOT_FOLLOW:
            await work.do(partial(service.found_gone, note=note))
        if await work.do(end) == "maybe":
            await work.do(partial(_tell, tools=tools, note=note.id))
    except PlatformError as exc:
        await work.do(partial(service.put_back, note=note, reason=str(exc)))
        raise
    else:
        crash.step("notes.sent")
        await work.do(partial(service.sent, note=note, platform_id=number))


def _recover(
    uow: UnitOfWork, *, tools: Toolbox, channel: ChannelName, platform: TemplateMessages
) -> None:
    for number in service.recover(uow, channel, remembers_s=platform.remembers_s):
        _tell(uow, tools=tools, note=number)


def _doubt(
    uow: UnitOfWork,
    *,
    tools: Toolbox,
    note: service.Waiting,
    reason: str,
    platform: TemplateMessages,
) -> None:
    if not service.doubt(uow, note, reason, remembers_s=platform.remembers_s):
        _tell(uow, tools=tools, note=note.id)


def _tell(uow: UnitOfWork, *, tools: Toolbox, note: int) -> None:
    text = tools.use(Words)("subscriptions/notice_maybe.txt.j2")
    key = f"subscriptions.maybe:{note}:{uow.clock.now().isoformat()}"  # a number may come again
    tools.use(Notices).tell(uow, key=key, text=text)


errands = (Errand(SEND, send, every_s=60),)

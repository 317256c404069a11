"""The lines that go with a conversation from hand to hand."""

from hashlib import blake2b

from bot.commons.staff import name_of
from bot.features.handoff import service
from bot.kernel.community import Community
from bot.kernel.messages import Outgoing, Text, Ticket, Voice
from bot.kernel.ports import Mailbox, Words
from bot.kernel.reception import LastWord
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros


def say(
    uow: UnitOfWork,
    tools: Toolbox,
    to: service.Party,
    ticket: Ticket,
    template: str,
    **data: object,
) -> None:
    """Send one line by the platform's permission; the same permission sends it once.

    The key is logged, so the permission itself is not in it.
    """
    uow.send(_line(tools, to, ticket, template, **data))


def _line(
    tools: Toolbox, to: service.Party, ticket: Ticket, template: str, **data: object
) -> Outgoing:
    permission = blake2b(ticket.code.encode(), digest_size=12).hexdigest()
    return Outgoing(
        channel=to.channel,
        recipient=to.identity,
        part=Text(tools.use(Words)(template, **data)),
        key=f"handoff:{permission}",
        why="handoff",
        via=to.account,
        ticket=ticket,
        voice=Voice.CARE,
    )


def joined(uow: UnitOfWork, tools: Toolbox, to: service.Party, ticket: Ticket, human: str) -> None:
    """Tell a customer who answers her now."""
    name = name_of(uow, tools, human)
    say(uow, tools, to, ticket, "handoff/joined.txt.j2", name=name)


def ended(uow: UnitOfWork, tools: Toolbox, to: service.Party, ticket: Ticket) -> None:
    """Tell a customer that the bot reads her next message; it may hold a question, too."""
    missed = tools.use(Mailbox).let_go(uow, to.channel, to.identity)
    line = _line(tools, to, ticket, "handoff/ended.txt.j2", missed=missed)
    uow.send(tools.use(LastWord)(uow, tools, to.member, line))


def missed(uow: UnitOfWork, tools: Toolbox, to: service.Party) -> None:
    """Tell a customer, now that we may, that what she asked in between was not answered."""
    if not tools.use(Mailbox).let_go(uow, to.channel, to.identity):
        return
    part = Text(tools.use(Words)("handoff/missed.txt.j2"))
    key = f"handoff.missed:{to.member}:{micros(uow.clock.now())}"
    uow.send(
        Outgoing(
            to.channel,
            to.identity,
            part,
            key,
            why="handoff",
            via=to.account,
            voice=Voice.CARE,
        )
    )


def queued(
    uow: UnitOfWork, tools: Toolbox, talk: service.Talk, ticket: Ticket, *, on_duty: int
) -> None:
    """Tell a customer truly how it stands with her waiting."""
    ahead, contact = service.ahead(uow, talk), tools.use(Community).contact
    words = {"ahead": ahead, "on_duty": on_duty, "contact": contact}
    say(uow, tools, talk.party, ticket, "handoff/queued.txt.j2", **words)

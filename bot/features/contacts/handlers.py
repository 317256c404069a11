"""Hears the events of the contacts (change_contact, path/90240, 2026-07)."""

import structlog

from bot.features.contacts import service
from bot.kernel.capability import Chat, Doors
from bot.kernel.community import Advisors
from bot.kernel.errors import Refusal
from bot.kernel.messages import Update
from bot.kernel.ports import Mailbox
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.router import Router
from bot.kernel.work import Toolbox, UnitOfWork

log = structlog.get_logger(__name__)
router = Router()


@router.news("change_contact")
def hear(uow: UnitOfWork, update: Update, tools: Toolbox) -> None:
    """Follow who of the company is an advisor, a member, or may open the console."""
    service.follow_console(uow, update.extra, update.at)
    said = update.extra
    userid, new = said.get("UserID", ""), said.get("NewUserID", "")
    advisors = tools.use(Advisors)
    match said.get("ChangeType", ""):
        case "delete_user" if userid:
            service.leave(uow, tools, advisors, userid, update.at)
        case "create_user" if userid:
            service.come(uow, tools, advisors, userid, update.at)
        case "update_user" if userid and new:
            _rename(uow, tools, update, userid, new)


def _rename(uow: UnitOfWork, tools: Toolbox, update: Update, userid: str, new: str) -> None:
    service.rename_advisor(uow, tools, tools.use(Advisors), (userid, new), update.at)
    registry = tools.use(PersonalRegistry)
    for channel, record in tools.use(Doors).by_name.items():
        if Chat.COLLEAGUE not in record.chats:
            continue
        tools.use(Mailbox).readdress(uow, channel, userid, new.lower())
        try:
            with uow.attempt():
                service.rename_member(uow, registry, channel, (userid, new))
        except Refusal as refusal:  # she is going to be erased, under both names
            log.info("contacts.not_renamed", refusal=type(refusal).__name__)

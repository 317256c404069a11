"""Turns the callbacks of 客户联系 into updates (path/92130, 2026-07).

Nobody is the sender of these: who is in a group, or became somebody's customer, has not spoken
to us and is no member because of it. What cannot be understood is kept as it came.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.channels.wecom.updates import digest, instant_in, read_update
from bot.channels.wecom.xml import Fields, first, read_xml, texts, within
from bot.kernel.customers import JoinScene, LeaveHow
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Ticket, Update, UpdateKind

WELCOME_WITHIN = timedelta(seconds=20)  # path/92137, 2026-07
_CUSTOMER = re.compile(r"w[mo][0-9A-Za-z_-]{30}")  # as path/92114 (2026-07) shows them
_SCENES = {"0": JoinScene.INVITED, "3": JoinScene.CODE}
_WAYS_OUT = {"0": LeaveHow.LEFT, "1": LeaveHow.REMOVED}
_OF_CHATS = {"create": "group_created", "dismiss": "group_dismissed"}
_OF_MEMBERS = {"add_member": "group_joined", "del_member": "group_left"}
_OF_CUSTOMERS = {
    "add_external_contact": "customer_added",
    "add_half_external_contact": "customer_half_added",
    "edit_external_contact": "customer_changed",
    "del_external_contact": "customer_removed",
    "del_follow_user": "customer_left",
    "transfer_fail": "customer_not_transferred",
    "msg_audit_approved": "customer_consented",
}


def is_customer(identity: str) -> bool:
    """Return True for the id of somebody outside the company."""
    return _CUSTOMER.fullmatch(identity) is not None


def named(identity: str) -> str:
    """Return an id as we keep it: callbacks keep the case of a userid, answers do not."""
    return identity if is_customer(identity) else identity.lower()


def read_event(channel: ChannelName, plaintext: str) -> Update:
    """Return the update that `plaintext` tells of.

    Raises:
        BadCallback: it is not XML, or does not say what happened when.
    """
    fields = read_xml(plaintext)
    read = _READERS.get(first(fields, "Event"))
    return (read and read(channel, fields)) or read_update(channel, plaintext)


def _of_chat(channel: ChannelName, fields: Fields) -> Update | None:
    chat_id = first(fields, "ChatId")
    if not chat_id:
        return None
    change, detail = first(fields, "ChangeType"), first(fields, "UpdateDetail")
    event = _OF_CHATS.get(change) or _OF_MEMBERS.get(detail, "group_changed")
    people = [
        identity
        for changed in within(fields, "MemChangeList")
        for identity in texts(changed, "Item")
        if identity
    ]
    extra = {
        "detail": detail,
        "customers": ",".join(name for name in people if is_customer(name)),
        "colleagues": ",".join(named(name) for name in people if not is_customer(name)),
        "before": first(fields, "LastMemVer"),
        "after": first(fields, "CurMemVer"),
    }
    if event == "group_joined":
        extra["scene"] = _SCENES.get(first(fields, "JoinScene"), JoinScene.UNKNOWN).value
    if event == "group_left":
        extra["how"] = _WAYS_OUT.get(first(fields, "QuitScene"), LeaveHow.UNKNOWN).value
    return _update(channel, fields, event, chat_id, extra, group=chat_id)


def _of_customer(channel: ChannelName, fields: Fields) -> Update | None:
    customer, colleague = first(fields, "ExternalUserID"), first(fields, "UserID").lower()
    if not customer or not colleague:
        return None
    change = first(fields, "ChangeType")
    extra = {
        "customer": customer,
        "colleague": colleague,
        "change": change,
        "state": first(fields, "State"),
        "reason": first(fields, "FailReason") or first(fields, "Source"),
    }
    event = _OF_CUSTOMERS.get(change, "customer_event")
    code = first(fields, "WelcomeCode")
    ticket = Ticket(code, instant_in(fields) + WELCOME_WITHIN) if code else None
    return _update(channel, fields, event, f"{customer}:{colleague}", extra, ticket=ticket)


def _of_tag(channel: ChannelName, fields: Fields) -> Update:
    extra = {"change": first(fields, "ChangeType"), "id": first(fields, "Id")}
    extra["kind"] = first(fields, "TagType")
    return _update(channel, fields, "tags_changed", "tags", extra)


def _update(
    channel: ChannelName,
    fields: Fields,
    event: str,
    subject: str,
    extra: Mapping[str, str],
    *,
    group: str | None = None,
    ticket: Ticket | None = None,
) -> Update:
    return Update(
        channel=channel,
        key=f"{event}:{digest(fields)}",
        kind=UpdateKind.EVENT,
        conversation=f"{channel}:{subject}",
        at=instant_in(fields),
        group=group,
        event=event,
        extra={name: value for name, value in extra.items() if value},
        ticket=ticket,
    )


_READERS: Mapping[str, Callable[[ChannelName, Fields], Update | None]] = {
    "change_external_chat": _of_chat,
    "change_external_contact": _of_customer,
    "change_external_tag": _of_tag,
}

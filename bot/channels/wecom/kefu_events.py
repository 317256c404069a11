"""What the events of 微信客服 say, in words that no platform owns (path/94670, 2026-07)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote

from bot.kernel.messages import NotArrived, TakenBack, Ticket
from bot.kernel.reception import Duty, Holder

Fields = Mapping[str, object]

_SCENE_BYTES, _PARAM_CHARS = 32, 128
_CHANGES = {"1": Holder.HUMAN, "2": Holder.HUMAN, "3": Holder.NOBODY, "4": Holder.HUMAN}
_RECEIVING, _STOPPED = "1", "2"  # the list of servicers says 0 and 1
_BRIEFLY = "1"
_CODE_LIVES_S = {"1": 48 * 3600.0, "3": 20.0}  # path/95122, 2026-07
_WELCOME_S = 20.0  # likewise
_NOBODYS_WORK = frozenset({"0", "4", "5", "6", "10"})
"""Reasons of msg_send_fail that no operator can mend: unknown, too late, ended, too many, refused
by the customer."""


def plainly(event: str, fields: Fields) -> Mapping[str, str]:
    """Return what an event says, beside its own fields, in words of ours."""
    match event:
        case "session_status_change":
            holder = _CHANGES.get(text_of(fields, "change_type"))
            human = text_of(fields, "new_servicer_userid") if holder is Holder.HUMAN else ""
            return {"holder": holder.value, "human": human} if holder else {}
        case "servicer_status_change":
            duty = _duty(text_of(fields, "status"), text_of(fields, "stop_type"))
            return {"human": text_of(fields, "servicer_userid"), "duty": duty}
        case "enter_session":
            return {
                "scene": _shown(text_of(fields, "scene"), _SCENE_BYTES),
                "scene_param": _shown(unquote(text_of(fields, "scene_param")), _PARAM_CHARS),
            }
    return {}


def _duty(status: str, stop_type: str) -> str:
    if status == _RECEIVING:
        return Duty.ON
    if status == _STOPPED:
        return Duty.AWAY if stop_type == _BRIEFLY else Duty.OFF
    return ""


def _shown(text: str, most: int) -> str:
    """Return what anybody may have written into a link: one line of visible characters."""
    return "".join(char for char in text[: 4 * most] if char.isprintable())[:most]


def ticket_in(event: str, fields: Fields, at: datetime) -> Ticket | None:
    """Return the permission to answer an event once, should it bring one."""
    lives_s = _WELCOME_S
    code = text_of(fields, "welcome_code")
    if event == "session_status_change":
        code = text_of(fields, "msg_code")
        lives_s = _CODE_LIVES_S.get(text_of(fields, "change_type"), _WELCOME_S)
    return Ticket(code, at + timedelta(seconds=lives_s)) if code else None


def change_in(event: str, fields: Fields, who: str) -> TakenBack | NotArrived | None:
    """Return what an event changes about a message that came or went before."""
    if event == "user_recall_msg" and (key := text_of(fields, "recall_msgid")):
        return TakenBack(key)
    if event == "msg_send_fail" and (msgid := text_of(fields, "fail_msgid")):
        kind = text_of(fields, "fail_type")
        reason = f"msg_send_fail: fail_type {kind or 'unknown'}"
        return NotArrived(msgid, who, reason, tell=kind not in _NOBODYS_WORK)
    return None


def text_of(fields: Fields, name: str) -> str:
    """Return a field as text; empty when it is missing, or neither text nor number."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)

"""Finds in an error's text what it is about; the words for operators are in a template.

The roof renders `template_of(channel)` with what `trouble_in` returns.
"""

import re
from dataclasses import dataclass

TEMPLATE = "wecom/meaning.txt.j2"
_TEMPLATES = {"mp": "wecom/mp_meaning.txt.j2"}
"""The doors whose numbers mean something else."""

_CODE = re.compile(r"errcode (-?\d+)")
_UNREACHABLE = re.compile(
    r"Connector\w*Error|ConnectionTimeoutError|NotConnected"
    r"|aibot: (?:TimeoutError|WSServerHandshakeError|not connected)"
)
_BUDGET = re.compile(r"^budget: ")
_NOT_ARRIVED = re.compile(r"^msg_send_fail: fail_type (\w+)")
_KICKED = re.compile(r"^aibot: kicked")
_GATEWAY = re.compile(r"HTTP \d+ without an answer")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong between us and the platform."""

    code: int = 0
    """The platform's error number; 0 for none."""
    unreachable: bool = False
    gateway: bool = False
    """Something in between answered, not the platform."""
    kicked: bool = False
    """Somebody else has opened the connection of which there may be one."""
    budget: bool = False
    """The platform was not asked: it would not let us answer any more."""
    not_arrived: str = ""
    """Taken, and then not delivered: the platform's reason, 0 for one that it does not know."""


def template_of(channel: str) -> str:
    """Return the template that explains the numbers of a channel of the family."""
    return _TEMPLATES.get(channel.partition(".")[0], TEMPLATE)


def trouble_in(error: str) -> Trouble:
    """Return what an error of this family of doors says, as `errors.py` and `http.py` write it."""
    code = _CODE.search(error)
    return Trouble(
        int(code[1]) if code else 0,
        unreachable=_UNREACHABLE.search(error) is not None,
        gateway=_GATEWAY.search(error) is not None,
        kicked=_KICKED.search(error) is not None,
        budget=_BUDGET.search(error) is not None,
        not_arrived=failed[1] if (failed := _NOT_ARRIVED.search(error)) else "",
    )

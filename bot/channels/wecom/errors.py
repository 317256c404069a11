"""The platform's error numbers and what each of them means for a message.

One table for all doors of WeCom: what is not in it is never sent again (path/90313, 2026-07).
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.kernel.errors import PauseScope, PlatformError, RetryLater, Undeliverable


class Policy(StrEnum):
    """What to do after an error."""

    BUSY = "busy"
    """The platform stumbled: again soon. It does not say that it has taken nothing."""
    CONFLICT = "conflict"
    """Something else changes the same object: again in a few seconds."""
    SLOW = "slow"
    """A limit of the minute: everything it counts rests for one."""
    CROWDED = "crowded"
    """Too many at once: a short rest for the whole channel."""
    LATER = "later"
    """The platform is still at it: ask again in some minutes."""
    REFRESH = "refresh"
    """The token is no good: a new one, then once more."""
    UPLOAD = "upload"
    """The media id is no good: upload anew, then once more."""
    DROP = "drop"
    """This message never."""
    OFF = "off"
    """Nothing will go through until an operator acts."""


ERRORS: Mapping[int, Policy] = {
    -1: Policy.BUSY,
    **dict.fromkeys((6000, 45035, 2010003), Policy.CONFLICT),
    45009: Policy.SLOW,
    45033: Policy.CROWDED,
    # 40001 is a wrong secret, but some calls say it of an old token as well
    **dict.fromkeys((40001, 40014, 42001), Policy.REFRESH),
    **dict.fromkeys((40007, 40145), Policy.UPLOAD),
    # ── the configuration or a permission is at fault ──
    40013: Policy.OFF,  # corp id
    40125: Policy.OFF,  # secret
    41001: Policy.OFF,  # no token: our mistake, every call would fail alike
    43012: Policy.OFF,  # an app without a callback URL can't send interactive cards
    45036: Policy.OFF,  # traffic looks abnormal
    **dict.fromkeys((48001, 48002, 48004, 48005, 48006, 48009, 48010, 48011), Policy.OFF),
    50003: Policy.OFF,  # app disabled
    60020: Policy.OFF,  # our address is not trusted
    90510: Policy.OFF,  # permission taken back
    **dict.fromkeys((93000, 93001, 93004, 93008), Policy.OFF),  # webhook dead or refused
    # ── this message or its recipient is ──
    **dict.fromkeys((40003, 40031, 46004, 60111, 81012, 81013), Policy.DROP),  # nobody there
    **dict.fromkeys((40008, 40056, 40058, 40063, 44004, 47001), Policy.DROP),  # parameters
    **dict.fromkeys((45002, 45003, 45004), Policy.DROP),  # too long although we cut
    **dict.fromkeys((42014, *range(42015, 42052)), Policy.DROP),  # card fields
    42052: Policy.DROP,  # recalled too late
    **dict.fromkeys((60011, 60021, 60030, 60031), Policy.DROP),  # outside the app's range
    60140: Policy.DROP,  # card changed once already, or 72 h ago
    **dict.fromkeys((82001, 82002, 82003, 82004), Policy.DROP),  # lists of receivers
    **dict.fromkeys((93017, 93018), Policy.DROP),  # webhook content
    # ── a bot's answer (path/101463, 2026-07) ──
    **dict.fromkeys((846604, 846605, 846606, 846608), Policy.DROP),  # too late, or the second
    846607: Policy.SLOW,  # or nobody has ever written to the bot there
    846609: Policy.DROP,  # not subscribed: the connection is opened anew, and the message waits
    846610: Policy.DROP,  # a parameter
    **dict.fromkeys((846611, 846616), Policy.BUSY),  # an upload ran out or lacks a piece: anew
    **dict.fromkeys((846612, 846613), Policy.DROP),  # pieces of a wrong number or size
    846697: Policy.DROP,  # a kind of file that is not taken
    846601: Policy.OFF,  # the bot is not in this mode
    **dict.fromkeys((853000, 853001), Policy.OFF),  # bot id or secret; not for this company
    846625: Policy.DROP,  # a card's id was used already
    # ── 企业群发 (path/92135, 97610, 97611) ──
    **dict.fromkeys((*range(41054, 41063), 41048), Policy.DROP),  # attachments; nobody there
    41063: Policy.LATER,  # still handing the task out
    41093: Policy.DROP,  # cancelled already
    41094: Policy.DROP,  # reminded too often
    **dict.fromkeys((40050, 49008, 90501), Policy.DROP),  # no such group
    # ── 微信客服 ──
    48007: Policy.OFF,  # the accounts are not given to this app
    95000: Policy.DROP,  # no such account, or taken away; the others work on
    **dict.fromkeys((95001, 95002, 95031), Policy.DROP),  # five answers, 48 hours
    95007: Policy.DROP,  # the code of an event has run out or was used
    **dict.fromkeys((95013, 95016, 95018), Policy.DROP),  # the session is not ours now
    **dict.fromkeys((95014, 95017, 95019), Policy.DROP),  # that human can't take it
    95021: Policy.DROP,  # no group may be recommended
    95033: Policy.DROP,  # msgid used already
    # ── 客户联系 ──
    **dict.fromkeys((40050, 49008, 90501, 90509), Policy.DROP),  # no such group any more
    **dict.fromkeys((40096, 84061), Policy.DROP),  # no such customer, or not a friend any more
    **dict.fromkeys((41050, 41051, 41053), Policy.DROP),  # the code for a welcome is spent
    41096: Policy.CONFLICT,  # another app of the corp is just sending the welcome
    50100: Policy.DROP,  # a listing's cursor: it has to begin again
    81017: Policy.DROP,  # a listing that names no owners, where there are too many
    701008: Policy.DROP,  # no licence for this member
}

_LEAVES_A_MARK = frozenset(
    (
        "/cgi-bin/message/send",
        "/cgi-bin/message/update_template_card",
        "webhook/send",
        "/cgi-bin/kf/send_msg",
        "/cgi-bin/kf/send_msg_on_event",
        "/cgi-bin/externalcontact/send_welcome_msg",
        "/cgi-bin/externalcontact/groupchat/add_join_way",
        "/cgi-bin/externalcontact/group_welcome_template/add",
        "/cgi-bin/externalcontact/add_msg_template",
        "/cgi-bin/externalcontact/add_moment_task",
        "aibot_send_msg",
        "aibot_respond_msg",
    )
)
"""The calls that must not work twice."""
_BUSY_S = 5.0
_CONFLICT_S = 2.0
_MINUTE_S = 60.0
_LATER_S = 300.0
_CROWDED_S = 5.0
_HINT = re.compile(r"hint: ?\[([\w-]{1,64})\]")
_ADDRESS = re.compile(r"from ip: ?([0-9a-fA-F.:]{2,45})")


def policy_of(code: int) -> Policy:
    """Return what to do after error `code`."""
    return ERRORS.get(code, Policy.DROP)


def is_media_gone(code: int) -> bool:
    """Return True when a media id is not known any more, so that its file has to go up again."""
    return policy_of(code) is Policy.UPLOAD


def error_of(code: int, message: str, *, call: str, limit: PauseScope) -> PlatformError:
    """Return the error to raise for the platform's error `code`.

    Args:
        code: the platform's number.
        message: the platform's text; only its hint id and our own address are kept of it.
        call: which call it was, for the operator.
        limit: what rests when a limit is exceeded.
    """
    found = [*_HINT.findall(message)[:1], *_ADDRESS.findall(message)[:1]]
    reason = f"{call}: errcode {code}" + "".join(f", {word}" for word in found)
    pauses = {
        Policy.BUSY: (_BUSY_S, PauseScope.MESSAGE, False),
        Policy.CONFLICT: (_CONFLICT_S, PauseScope.LANE, False),
        Policy.SLOW: (_MINUTE_S, limit, True),
        Policy.CROWDED: (_CROWDED_S, PauseScope.CHANNEL, True),
        Policy.LATER: (_LATER_S, PauseScope.MESSAGE, True),
    }
    policy = policy_of(code)
    if policy in pauses:
        after_s, scope, uncounted = pauses[policy]
        doubtful = policy is Policy.BUSY and call in _LEAVES_A_MARK
        return RetryLater(
            reason, after_s=after_s, code=code, scope=scope, uncounted=uncounted, doubtful=doubtful
        )
    if policy is Policy.REFRESH and code != 40001:  # noqa: PLR2004 - refreshed in vain
        return RetryLater(reason, after_s=_MINUTE_S, code=code, scope=PauseScope.CHANNEL)
    off = policy in {Policy.OFF, Policy.REFRESH}
    return Undeliverable(reason, code=code, channel_off=off)

"""The account's error numbers and what each of them means for a message.

The numbers are those of developers.weixin.qq.com/doc/service (2026-07); some mean another thing
than with WeCom (45009 is a whole day's quota, 48002 a follower who wants nothing from us).
"""

import re
from collections.abc import Mapping

from bot.channels.wecom.errors import Policy
from bot.kernel.errors import PauseScope, PlatformError, RetryLater, Undeliverable

ERRORS: Mapping[int, Policy] = {
    -1: Policy.BUSY,
    **dict.fromkeys((40001, 40014, 42001), Policy.REFRESH),
    40007: Policy.UPLOAD,
    45009: Policy.SLOW,  # the day's quota of this call
    45011: Policy.SLOW,  # the minute's
    45033: Policy.CROWDED,
    # ── the configuration or a permission is at fault ──
    **dict.fromkeys((40013, 40125, 40164, 40243, 41001, 41002, 41004), Policy.OFF),
    **dict.fromkeys((48001, 48004, 48005, 50007, 89503), Policy.OFF),
    45036: Policy.OFF,
    # ── this message or its recipient is ──
    **dict.fromkeys((43004, 48002, 50002, 50005), Policy.DROP),  # does not follow, or hear us
    **dict.fromkeys((45015, 45047), Policy.DROP),  # her window is closed, or used up
    **dict.fromkeys((40003, 46004), Policy.DROP),  # openid
    **dict.fromkeys((40004, 40005, 40006, 40008, 40009), Policy.DROP),  # kind or file
    **dict.fromkeys((40037, 43101, 47003), Policy.DROP),  # template, consent, its words
    **dict.fromkeys((40035, 40058, 41006, 43002, 44002, 44004, 47001), Policy.DROP),  # parameters
    **dict.fromkeys((45001, 45002, 45003, 45004, 45007, 45008), Policy.DROP),  # too long
}
RENEWS = "/cgi-bin/stable_token"
SENDS = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
NOTICE = "/cgi-bin/message/subscribe/bizsend"
_LEAVES_A_MARK = frozenset({SENDS, TEMPLATE, NOTICE})
"""The calls that must not work twice."""
NO_MENU = 46003
_DAY_QUOTA = 45009

_REASONS: Mapping[int, str] = {
    43004: "the recipient does not follow the account",
    45015: "the recipient has not been heard of for too long",
    45047: "the recipient has had all the messages that hers allow",
    48002: "the recipient refuses messages of the account",
}
_BUSY_S = 5.0
_MINUTE_S = 60.0
_HOUR_S = 3600.0
_HINT = re.compile(r"rid: ?([\w-]{1,64})")
_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]{2,45})")


def policy_of(code: int) -> Policy:
    """Return what to do after error `code`."""
    return ERRORS.get(code, Policy.DROP)


def is_media_gone(code: int) -> bool:
    """Return True when a media id is not known any more, so that its file has to go up again."""
    return policy_of(code) is Policy.UPLOAD


def error_of(code: int, message: str, *, call: str) -> PlatformError:
    """Return the error to raise for the platform's error `code`.

    Args:
        code: the platform's number.
        message: the platform's text; only its request id and our own address are kept of it.
        call: which call it was, for the operator.
    """
    known = [_REASONS[code]] if code in _REASONS else []
    found = [*known, *_HINT.findall(message)[:1], *_ADDRESS.findall(message)[:1]]
    reason = f"{call}: errcode {code}" + "".join(f", {word}" for word in found)
    match policy_of(code):
        case Policy.BUSY:
            return RetryLater(reason, after_s=_BUSY_S, code=code, doubtful=call in _LEAVES_A_MARK)
        case Policy.SLOW:
            after_s = _HOUR_S if code == _DAY_QUOTA else _MINUTE_S
            return _rest(reason, after_s, code)
        case Policy.CROWDED:
            return _rest(reason, _BUSY_S, code)
        case Policy.REFRESH if call != RENEWS:  # refreshed in vain; somebody else renews it, too
            return RetryLater(reason, after_s=_MINUTE_S, code=code, scope=PauseScope.CHANNEL)
        case policy:
            off = policy in {Policy.OFF, Policy.REFRESH}
            return Undeliverable(reason, code=code, channel_off=off)


def _rest(reason: str, after_s: float, code: int) -> RetryLater:
    return RetryLater(reason, after_s=after_s, code=code, scope=PauseScope.CHANNEL, uncounted=True)

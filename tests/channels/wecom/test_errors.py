"""Every error number leads to one thing to do."""

import pytest

from bot.channels.wecom.errors import ERRORS, Policy, error_of, policy_of
from bot.kernel.errors import PauseScope, PlatformError, RetryLater, Undeliverable

HINT = "not allow to access from your ip, hint: [1782000000_INVENTED], from ip: 203.0.113.7"


def error(code: int, message: str = HINT, limit: PauseScope = PauseScope.LANE) -> PlatformError:
    return error_of(code, message, call="message/send", limit=limit)


@pytest.mark.parametrize(
    ("code", "after_s", "scope", "uncounted"),
    [
        (-1, 5, PauseScope.MESSAGE, False),
        (6000, 2, PauseScope.LANE, False),
        (45035, 2, PauseScope.LANE, False),
        (45009, 60, PauseScope.LANE, True),
        (45033, 5, PauseScope.CHANNEL, True),
        (40014, 60, PauseScope.CHANNEL, False),
        (42001, 60, PauseScope.CHANNEL, False),
    ],
)
def test_what_passes_is_tried_later(
    code: int, after_s: float, scope: PauseScope, *, uncounted: bool
) -> None:
    later = error(code)

    assert isinstance(later, RetryLater)
    assert (later.after_s, later.scope, later.uncounted) == (after_s, scope, uncounted)
    assert later.code == code


def test_the_door_says_what_rests_after_too_many_calls() -> None:
    later = error(45009, limit=PauseScope.CHANNEL)

    assert isinstance(later, RetryLater)
    assert later.scope is PauseScope.CHANNEL


@pytest.mark.parametrize("code", [*sorted(c for c, p in ERRORS.items() if p is Policy.OFF), 40001])
def test_what_an_operator_must_mend_stops_the_channel(code: int) -> None:
    never = error(code)

    assert isinstance(never, Undeliverable)
    assert never.channel_off


@pytest.mark.parametrize(
    "code", [*sorted(c for c, p in ERRORS.items() if p is Policy.DROP), 40007, 7, 99_999]
)
def test_a_message_at_fault_stops_nothing_else(code: int) -> None:
    never = error(code)

    assert isinstance(never, Undeliverable)
    assert not never.channel_off


def test_an_unknown_number_is_dropped() -> None:
    assert policy_of(123_456) is Policy.DROP


def test_of_the_platforms_words_only_the_hint_and_our_address_are_kept() -> None:
    reason = str(error(60020, HINT + " secret=abc token-1 张三"))

    assert reason == "message/send: errcode 60020, 1782000000_INVENTED, 203.0.113.7"

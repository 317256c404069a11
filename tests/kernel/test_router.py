"""Which handler a press on a button leads to."""

import pytest

from bot.kernel.ids import ChannelName
from bot.kernel.messages import Reply, Tap, Update, UpdateKind
from bot.kernel.router import Router, Switchboard
from bot.kernel.work import Context
from tests.kit.rooms import NOON

router = Router()


@router.command("打卡")
def check_in(_ctx: Context) -> Reply:
    return Reply()


@router.tap("vote")
def vote(_ctx: Context) -> Reply:
    return Reply()


@router.otherwise
def lost(_ctx: Context) -> Reply:
    return Reply()


@pytest.mark.parametrize(
    ("button", "words", "found"),
    [
        ("vote:7", "徒步", ("vote", "7")),
        ("打卡", "打卡", ("check_in", "")),
        ("MENU_FAQ", "打 卡", ("check_in", "")),
        ("MENU_FAQ", "MENU_FAQ", ("lost", "menu_faq")),
        ("MENU_FAQ", "", None),
    ],
)
def test_a_button_that_no_room_knows_counts_as_its_words(
    button: str, words: str, found: tuple[str, str] | None
) -> None:
    tap, channel = Tap(button), ChannelName("c")
    update = Update(channel, "k", UpdateKind.TAP, "c:a", NOON, text=words, tap=tap)
    match = Switchboard([router]).find(update)

    assert (match and (match.handler.__name__, match.argument)) == found

"""Which handler a press on a button leads to."""

import pytest

from bot.kernel.ids import ChannelName
from bot.kernel.messages import Reply, Tap, Update, UpdateKind
from bot.kernel.router import Answer, Router, Switchboard
from bot.kernel.work import Context, Toolbox, UnitOfWork
from tests.kit.rooms import NOON

router = Router()


@router.command("打卡")
def check_in(_ctx: Context) -> Reply:
    return Reply()


@router.tap("vote")
def vote(_ctx: Context) -> Reply:
    return Reply()


@router.news("group_joined")
def joined(_uow: UnitOfWork, _update: Update, _tools: Toolbox) -> None:
    """Somebody came into a group."""


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


@pytest.mark.parametrize(("event", "heard"), [("group_joined", 2), ("group_left", 0)])
@pytest.mark.parametrize("sender", [None, "amei"], ids=["nobody", "somebody"])
def test_every_room_hears_the_news_and_nobody_answers_them(
    sender: str | None, event: str, heard: int
) -> None:
    update = Update(
        ChannelName("customer_groups"), "k", UpdateKind.EVENT, "c", NOON, sender=sender, event=event
    )
    other = Router()
    other.news("group_joined")(lambda _uow, _update, _tools: None)

    assert len(Switchboard([router, other]).news(update)) == heard
    assert Switchboard([router]).find(update) is None


def asked(*answers: object) -> tuple[Switchboard, list[int]]:
    """Return a switchboard whose rooms answer so what nobody knows, and who was asked."""
    heard: list[int] = []
    rooms = []
    for number, answer in enumerate(answers):
        room = Router()

        def hear(_ctx: Context, number: int = number, answer: object = answer) -> Answer:
            heard.append(number)
            return answer  # type: ignore[return-value]  # what the test says

        room.otherwise(hear)
        room.without_words(hear)
        rooms.append(room)
    return Switchboard(rooms), heard


NOTHING: Context = None  # type: ignore[assignment]  # these rooms do not look


@pytest.mark.parametrize("kind", [UpdateKind.TEXT, UpdateKind.IMAGE])
@pytest.mark.parametrize(
    ("answers", "said", "heard"),
    [
        ((None, "b", "c"), "b", [0, 1]),
        (((), "b"), (), [0]),
        ((None, None), None, [0, 1]),
        (("a",), "a", [0]),
    ],
    ids=["the first who answers", "silence is an answer", "nobody", "one alone"],
)
def test_what_nobody_knows_is_asked_around(
    kind: UpdateKind, answers: tuple[object, ...], said: object, heard: list[int]
) -> None:
    switchboard, ears = asked(*answers)
    match = switchboard.find(Update(ChannelName("mp"), "1", kind, "amei", NOON, "amei", text="嗯"))
    assert match is not None
    assert match.handler(NOTHING) == said
    assert ears == heard
    assert not switchboard.knows("嗯")

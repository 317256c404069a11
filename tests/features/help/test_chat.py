import pytest

from bot.commons import cases, members, notices
from bot.features import checkin
from bot.features.help import feature as help_room
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from bot.kernel.messages import UpdateKind
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

ROOMS = Rooms((checkin.feature, help_room))


def talk_with(store: Store, contact: str = "", rooms: Rooms = ROOMS) -> Talk:
    community = Community("拾光衣橱", contact=contact)
    return Talk(store, [help_room], community, rooms, notices.Notices())


@pytest.fixture
def talk(store: Store) -> Talk:
    return talk_with(store)


@pytest.mark.parametrize(
    "typed", ["帮助", "菜单", "help", "HELP！", "幫助", "@小拾 帮助", "?", "？？"]
)
def test_help_lists_what_the_rooms_can_do(talk: Talk, typed: str) -> None:
    (answer,) = talk.says("amei", typed)

    assert answer.startswith("直接发下面的词就行：\n")
    assert "转人工 · 找一位真人" in answer


def test_help_promises_only_what_is_built(store: Store) -> None:
    alone = Talk(store, [help_room], Community("拾光衣橱"), Rooms((help_room,)))

    assert alone.says("amei", "帮助") == ["直接发下面的词就行：\n转人工 · 找一位真人"]


def test_unknown_words_get_a_way_on_in_private_and_silence_in_a_group(talk: Talk) -> None:
    assert talk.says("amei", "今天天气真好") == [
        "这句我还没看懂。换个说法再问一次，或者发“转人工”找一位真人；发“帮助”看我会什么。"
    ]
    assert talk.says("amei", "今天天气真好", group="vip-1") == []


@pytest.mark.parametrize("typed", ["👍", "🙏🙏", "……", "~"])
def test_a_sign_alone_asks_for_nothing(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed) == []


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (UpdateKind.LOCATION, "位置"),
        (UpdateKind.LINK, "链接"),
    ],
    ids=str,
)
def test_what_has_no_words_gets_a_kind_line(talk: Talk, kind: UpdateKind, word: str) -> None:
    assert talk.shows("amei", kind)[0].startswith(f"收到{word}了。目前我只看得懂文字")


def test_a_pile_of_places_gets_one_line_and_a_group_none(talk: Talk) -> None:
    assert talk.shows("amei", UpdateKind.LOCATION, group="vip-1") == []
    assert len(talk.shows("amei", UpdateKind.LOCATION)) == 1
    assert talk.shows("amei", UpdateKind.LINK) == []

    talk.store.clock.tick(hours=1)
    assert len(talk.shows("amei", UpdateKind.LOCATION)) == 1


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (UpdateKind.IMAGE, "图片"),
        (UpdateKind.VOICE, "语音"),
        (UpdateKind.VIDEO, "视频"),
        (UpdateKind.FILE, "文件"),
    ],
    ids=str,
)
def test_what_only_eyes_and_ears_understand_is_shown_to_an_advisor(
    talk: Talk, kind: UpdateKind, word: str
) -> None:
    [line] = talk.shows("amei", kind)
    case = talk.store.do(
        lambda uow: cases.open_of(uow, members.resolve(uow, CHANNEL, "amei", talk.clock.now()))
    )

    assert "小助手看不懂，已经请顾问来看" in line
    assert case is not None
    assert case.reasons == [f"发来{word}，小助手看不懂"]
    assert talk.shows("amei", kind, group="vip-1") == []


@pytest.mark.parametrize("kind", [UpdateKind.UNKNOWN, UpdateKind.EVENT, UpdateKind.TAP], ids=str)
def test_what_nobody_knows_is_not_answered(talk: Talk, kind: UpdateKind) -> None:
    assert talk.shows("amei", kind) == []


def test_a_member_is_welcomed_once(talk: Talk) -> None:
    (answer,) = talk.does("amei", "enter_agent")

    assert answer.startswith("你好，欢迎来到拾光衣橱")
    assert "转人工" in answer
    assert talk.does("amei", "subscribe") == talk.does("amei", "enter_agent") == []
    assert len(talk.does("lily", "subscribe")) == 1

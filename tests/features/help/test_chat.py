import pytest

from bot.commons import notices
from bot.features import checkin
from bot.features.help import feature as help_room
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from bot.kernel.messages import UpdateKind
from tests.kit.rooms import Store
from tests.kit.talk import Talk

CONTACT = "工作日 10:00–19:00 拨打 400-000"
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


@pytest.mark.parametrize(
    "typed", ["转人工", "轉人工", "人工", "找客服", "真人！！", "有人吗？", "zrg", "客服在吗"]
)
def test_who_wants_a_human_is_not_left_unseen(talk: Talk, typed: str) -> None:
    (answer,) = talk.says("amei", typed)

    assert answer == ("收到，已经告诉运营同事你在找人工，她们看到后会联系你。多久能回，我说不准。")
    assert talk.store.do(notices.unseen) == 1
    assert talk.store.count("human_requests") == 1


def test_the_contact_line_is_told_when_there_is_one(store: Store) -> None:
    talk = talk_with(store, contact=CONTACT)

    assert talk.says("amei", "转人工")[0].endswith(f"\n着急的话，可以直接联系：{CONTACT}")
    assert CONTACT in talk.says("amei", "转人工", group="vip-1")[0]


def test_operators_are_told_once_in_an_hour_for_each_member(talk: Talk) -> None:
    talk.says("amei", "转人工")
    talk.says("amei", "转人工")
    talk.says("lily", "转人工")
    assert talk.store.do(notices.unseen) == 2

    talk.store.clock.tick(hours=1)
    talk.says("amei", "转人工")
    assert talk.store.do(notices.unseen) == 3


def test_a_notice_names_nobody(talk: Talk) -> None:
    talk.says("amei", "转人工")

    (notice,) = talk.store.do(notices.recent)

    assert notice.text == "会员 1（simulator）在找人工，请到控制台“找人工”页查看并联系她。"


def test_unknown_words_get_a_way_on_in_private_and_silence_in_a_group(talk: Talk) -> None:
    assert talk.says("amei", "今天天气真好") == [
        "这句我还没看懂。发“帮助”看我能做什么，发“转人工”找一位真人。"
    ]
    assert talk.says("amei", "今天天气真好", group="vip-1") == []


@pytest.mark.parametrize("typed", ["👍", "🙏🙏", "……", "~"])
def test_a_sign_alone_asks_for_nothing(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed) == []


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (UpdateKind.IMAGE, "图片"),
        (UpdateKind.VOICE, "语音"),
        (UpdateKind.VIDEO, "视频"),
        (UpdateKind.FILE, "文件"),
        (UpdateKind.LOCATION, "位置"),
        (UpdateKind.LINK, "链接"),
    ],
    ids=str,
)
def test_what_has_no_words_gets_a_kind_line(talk: Talk, kind: UpdateKind, word: str) -> None:
    assert talk.shows("amei", kind)[0].startswith(f"收到{word}了。目前我只看得懂文字")


def test_a_pile_of_pictures_gets_one_line_and_a_group_none(talk: Talk) -> None:
    assert talk.shows("amei", UpdateKind.IMAGE, group="vip-1") == []
    assert len(talk.shows("amei", UpdateKind.IMAGE)) == 1
    assert talk.shows("amei", UpdateKind.VOICE) == []

    talk.store.clock.tick(hours=1)
    assert len(talk.shows("amei", UpdateKind.IMAGE)) == 1


@pytest.mark.parametrize("kind", [UpdateKind.UNKNOWN, UpdateKind.EVENT, UpdateKind.TAP], ids=str)
def test_what_nobody_knows_is_not_answered(talk: Talk, kind: UpdateKind) -> None:
    assert talk.shows("amei", kind) == []


def test_a_member_is_welcomed_once(talk: Talk) -> None:
    (answer,) = talk.does("amei", "enter_agent")

    assert answer.startswith("你好，欢迎来到拾光衣橱")
    assert "转人工" in answer
    assert talk.does("amei", "subscribe") == talk.does("amei", "enter_agent") == []
    assert len(talk.does("lily", "subscribe")) == 1

import pytest

from bot.commons import salutations
from bot.features import salutations as room
from tests.kit.rooms import Store
from tests.kit.talk import Talk

ASKED = "以后顾问和小助手都叫你“小满妈妈”，可以吗？可以就发“确认称呼”；不想要了随时发“不用称呼”。"


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [room.feature])


def called(talk: Talk, who: str = "amei") -> str:
    her = talk.member(who)
    return talk.store.do(lambda uow: salutations.salutation_of(uow, her))


@pytest.mark.parametrize(
    "said",
    [
        "叫我 小满妈妈",
        "叫我：小满妈妈",
        "以后叫我小满妈妈吧",
        "请叫我“小满妈妈”就好！",
        "称呼我小满妈妈",
        "以後叫我小满妈妈",
    ],
)
def test_she_is_asked_before_it_is_used(talk: Talk, said: str) -> None:
    assert talk.says("amei", said) == [ASKED]
    assert called(talk) == ""
    assert talk.says("amei", "确认称呼")[0].startswith("记住了，小满妈妈。")
    assert called(talk) == "小满妈妈"


@pytest.mark.parametrize(
    "said",
    ["叫我怎么相信你们", "你叫我怎么跟老师说", "叫我妈妈来也没用", "别叫我小姐", "叫我等了三天"],
)
def test_a_sentence_that_names_nobody_is_left_to_others(talk: Talk, said: str) -> None:
    assert talk.says("amei", said) == []


def test_a_new_one_waits_while_the_old_one_is_used(talk: Talk) -> None:
    talk.says("amei", "叫我 小满妈妈")
    talk.says("amei", "确认称呼")
    talk.says("amei", "叫我 豆包的主人")

    assert called(talk) == "小满妈妈"
    assert talk.says("amei", "我的称呼") == [
        "你说想被叫作“豆包的主人”，还等你发“确认称呼”。现在叫你“小满妈妈”。"
    ]
    talk.says("amei", "确认称呼")
    assert called(talk) == "豆包的主人"
    assert talk.says("amei", "我的称呼")[0].startswith("现在叫你“豆包的主人”。")


def test_what_she_has_not_said_yes_to_within_a_day_is_over(talk: Talk) -> None:
    talk.says("amei", "叫我 小满妈妈")
    talk.store.clock.tick(days=1, seconds=1)

    assert talk.says("amei", "确认称呼")[0].startswith("还没有记过你的称呼")
    assert called(talk) == ""


def test_she_takes_it_back_at_any_time(talk: Talk) -> None:
    talk.says("amei", "叫我 小满妈妈")
    talk.says("amei", "确认称呼")

    assert talk.says("amei", "不用称呼")[0].startswith("好，不再用这个称呼")
    assert called(talk) == ""
    assert talk.says("amei", "不用称呼")[0].startswith("我这里没有记过你的称呼")


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("一二三四五六七八九十的主人", "称呼最多 12 个字"),
        ("88", "这里面没有能叫出来的字"),
        ("加我13812345678", "称呼里不能有电话"),
        ("http://a.cn 妈妈", "称呼里不能有电话"),
    ],
)
def test_what_nobody_can_be_called_is_refused_and_changes_nothing(
    talk: Talk, written: str, answer: str
) -> None:
    talk.says("amei", "叫我 小满妈妈")
    talk.says("amei", "确认称呼")

    assert talk.says("amei", f"叫我 {written}")[0].startswith(answer)
    assert called(talk) == "小满妈妈"


def test_signs_that_turn_the_text_around_are_gone(talk: Talk) -> None:
    talk.says("amei", "叫我 小满\u202e妈妈")
    talk.says("amei", "确认称呼")
    assert "\u202e" not in called(talk)


@pytest.mark.parametrize("said", ["叫我 小满妈妈", "确认称呼", "不用称呼", "我的称呼"])
def test_in_a_group_she_is_asked_to_say_it_in_private(talk: Talk, said: str) -> None:
    assert talk.says("amei", said, group="vip-1") == ["称呼只和你有关，请在和我的私聊里说。"]
    assert called(talk) == ""

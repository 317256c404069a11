import pytest

from bot.commons import outreach
from bot.features import hush
from tests.kit.rooms import Store
from tests.kit.talk import Talk


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [hush.feature])


def silenced(talk: Talk, who: str) -> set[str]:
    her = talk.member(who)
    return {str(kind) for kind in talk.store.do(lambda uow: outreach.hushes_of(uow, her))}


@pytest.mark.parametrize("typed", ["安静", "安靜", "安 静！", "免打扰", "别吵", "Mute"])
def test_one_word_makes_the_bot_quiet(talk: Talk, typed: str) -> None:
    (answer,) = talk.says("amei", typed)
    assert answer.startswith("好，我安静了")
    assert silenced(talk, "amei") == {"quiet"}
    assert silenced(talk, "beth") == set()


def test_the_same_word_again_says_that_it_is_so(talk: Talk) -> None:
    talk.says("amei", "安静")
    assert talk.says("amei", "安静")[0].startswith("我已经是安静的")
    assert talk.says("amei", "恢复")[0].startswith("好，我又可以主动找你了")
    assert talk.says("amei", "恢复")[0].startswith("我没有安静")
    assert silenced(talk, "amei") == set()


@pytest.mark.parametrize("typed", ["退订", "TD", "退訂", "T", "取消订阅", "stop"])
def test_one_word_ends_all_offers(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed)[0].startswith("已退订")
    assert silenced(talk, "amei") == {"offers"}


def test_offers_may_come_again(talk: Talk) -> None:
    talk.says("amei", "退订")
    assert talk.says("amei", "退订")[0].startswith("你已经退订过了")
    assert talk.says("amei", "订阅") == ["已订阅：有适合你的活动，我会告诉你。"]
    assert talk.says("amei", "订阅") == ["你一直订着，没有退过。"]


def test_what_else_is_silenced_is_said(talk: Talk) -> None:
    talk.says("amei", "退订")
    talk.says("amei", "安静")
    assert talk.says("amei", "恢复")[0].endswith("你退订了推荐，想再收到发“订阅”。")
    talk.says("amei", "安静")
    assert "现在是安静的" in talk.says("amei", "订阅")[0]


@pytest.mark.parametrize("typed", ["安静", "退订"])
def test_in_a_group_it_is_hers_alone(talk: Talk, typed: str) -> None:
    assert "只对你一个人生效" in talk.says("amei", typed, group="vip-1")[0]
    assert silenced(talk, "beth") == set()


def test_an_ordinary_sentence_silences_nothing(talk: Talk) -> None:
    for said in ("这里好安静啊", "退订的衣服什么时候到", "恢复营业了吗", "t恤还有吗"):
        talk.says("amei", said)
    assert silenced(talk, "amei") == set()

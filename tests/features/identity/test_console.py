"""The operators' page: find a member, join two by hand, undo."""

from collections.abc import Mapping

import pytest

from bot.commons import members
from bot.features import checkin, identity
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.persons import KeyKind, PersonKey
from tests.kit.lives import REGISTRY
from tests.kit.rooms import Store
from tests.kit.two import KEFU, MP, TwoChannels

(PAGE,) = identity.feature.pages
(METRIC,) = identity.feature.metrics


@pytest.fixture
def talk(store: Store) -> TwoChannels:
    return TwoChannels(store, checkin.feature, identity.feature)


def page(talk: TwoChannels, **query: str) -> str:
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, query))
    return talk.words(PAGE.template, csrf_field="", **data)


def act(talk: TwoChannels, name: str, form: Mapping[str, str]) -> str:
    """Send a form as the console does; a refusal writes nothing and is shown."""
    try:
        with talk.store.unit() as uow, uow.attempt():
            return PAGE.actions[name](uow, talk.tools, form, "lisi")
    except Refusal as refusal:
        return talk.words(refusal.template, **refusal.words)


@pytest.fixture
def pair(talk: TwoChannels) -> tuple[MemberId, MemberId]:
    talk.on(KEFU, "wmAmei", "打卡", extra={"name": "阿美<b>"})
    talk.on(MP, "oAmei", "打卡", extra={"name": "阿美_2%"})
    amei, other = talk.who(KEFU, "wmAmei"), talk.who(MP, "oAmei")
    assert amei is not None
    assert other is not None
    return amei, other


def test_an_empty_house_says_what_will_stand_here(talk: TwoChannels) -> None:
    shown = page(talk)

    assert "还没有合并过" in shown
    assert "合并前请看清楚" not in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("阿美", 2),
        ("美_", 1),
        ("%", 1),
        ("<b>", 1),
        ("kefu:wmAmei", 1),
        ("mp:oAmei", 1),
        ("mp:oamei", 0),
        ("1", 1),
        ("9" * 30, 0),
        ("!", 0),
        ("' OR 1=1 --", 0),
        (":", 0),
        ("٣", 0),
    ],
)
@pytest.mark.usefixtures("pair")
def test_a_member_is_found_by_name_number_or_identity(
    talk: TwoChannels, asked: str, found: int
) -> None:
    shown = page(talk, q=asked)

    assert shown.count(">选她<") == found
    assert ("没有找到" in shown) == (found == 0)
    assert "<b>" not in shown


def test_a_long_list_is_cut_and_says_so(talk: TwoChannels) -> None:
    for number in range(25):
        talk.on(KEFU, f"wm{number}", "打卡", extra={"name": f"小雨{number}"})

    assert "只列出前 20 位" in page(talk, q="小雨")


def test_before_joining_one_sees_what_will_move(
    talk: TwoChannels, pair: tuple[MemberId, MemberId]
) -> None:
    amei, other = pair
    shown = page(talk, one=str(other), other=str(amei))

    assert f"会员 {other} <bdi>阿美_2%</bdi> 会并入 会员 {amei} <bdi>阿美&lt;b&gt;</bdi>" in shown
    assert "<td>打卡</td><td>1 条</td><td>1 条</td>" in shown
    assert talk.store.count("merges") == 0


@pytest.mark.parametrize("other", ["1", "99", "0", "x", "-1", ""])
@pytest.mark.usefixtures("pair")
def test_what_can_not_be_joined_is_said_before(talk: TwoChannels, other: str) -> None:
    shown = page(talk, one="1", other=other)

    assert "确认合并" not in shown


def test_joining_by_hand_needs_a_reason(talk: TwoChannels, pair: tuple[MemberId, MemberId]) -> None:
    form = {"one": str(pair[0]), "other": str(pair[1]), "why": " \n "}

    assert act(talk, "join", form) == "请写明原因，以后查得到。什么都没有改动。"
    assert talk.store.count("merges") == 0


def test_join_and_undo(talk: TwoChannels, pair: tuple[MemberId, MemberId]) -> None:
    amei, other = pair
    form = {"one": str(other), "other": str(amei), "why": "到店核对过 <手机号>"}
    assert act(talk, "join", form).startswith(f"会员 {other} 已并入会员 {amei}")
    assert act(talk, "join", form) == "已经是同一个会员了，不用再合并。"
    shown = page(talk, q="kefu:wmAmei")
    assert "人工合并" in shown
    assert "到店核对过 &lt;手机号&gt;" in shown
    assert talk.store.do(METRIC.read) == 1

    assert "请写明原因" in act(talk, "undo", {"merge": "1"})
    assert "又是两个人了" in act(talk, "undo", {"merge": "1", "why": "看错了"})
    assert "已经撤销过了" in act(talk, "undo", {"merge": "1", "why": "看错了"})
    assert talk.who(MP, "oAmei") == other
    shown = page(talk)
    assert "已撤销" in shown
    assert "撤销这次合并" not in shown
    assert talk.store.do(METRIC.read) == 0


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "99999999999999999999"])
def test_nonsense_in_a_form_is_told(talk: TwoChannels, number: str) -> None:
    assert "没有这次合并" in act(talk, "undo", {"merge": number, "why": "x"})
    told = act(talk, "join", {"one": number, "other": number, "why": "x"})
    assert "会员号要填数字" in told or number == "0"


def test_how_an_identity_is_known_is_shown_and_the_key_is_not(
    talk: TwoChannels, pair: tuple[MemberId, MemberId]
) -> None:
    with talk.store.unit() as uow:
        key = PersonKey(KeyKind.UNIONID, "uSecret")
        members.learn(uow, REGISTRY, pair[0], (KEFU, "wmAmei"), [key], source="look_up")
    shown = page(talk, q="阿美")

    assert "kefu:wmAmei <small>unionid</small>" in shown
    assert "uSecret" not in shown

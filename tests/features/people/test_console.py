"""The operators' page of members: find, filter, set a tier with reason and confirmation, undo."""

import csv
import io
from collections.abc import Mapping

import pytest

from bot.commons import members, orders, profiles
from bot.features import people
from bot.kernel.community import Community, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store
from tests.kit.talk import Talk

(PAGE,) = people.feature.pages
TIERS = Tiers(("时光挚友", "观察"))


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [people.feature], TIERS, Community("拾光衣橱"))


def page(talk: Talk, **query: str) -> str:
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, query))
    return talk.words(PAGE.template, csrf_field="", **data)


def act(talk: Talk, name: str, form: Mapping[str, str]) -> str:
    """Send a form as the console does; a refusal writes nothing and is shown."""
    try:
        with talk.store.unit() as uow, uow.attempt():
            return PAGE.actions[name](uow, talk.tools, form, "lisi")
    except Refusal as refusal:
        return talk.words(refusal.template, **refusal.words)


@pytest.fixture
def amei(talk: Talk) -> MemberId:
    member = talk.member("amei")
    with talk.store.unit() as uow:
        members.name_member(uow, member, "阿美<b>")
        profiles.keep_profile(uow, member, profiles.Profile(phone="13800138000"))
        ref = profiles.read_ref("simulator:amei")
        orders.record(uow, orders.Order("pos", "A-1", ref, NOON, 79_990))
    return member


def test_an_empty_house_says_what_the_page_is_for(talk: Talk) -> None:
    assert "找会员" in page(talk)
    assert "没有找到" in page(talk, q="谁")
    assert "没有找到" in page(talk, tier="观察")


@pytest.mark.parametrize(
    "asked", ["阿美", "1", "13800138000", "phone:138 0013 8000", "simulator:amei"]
)
def test_she_is_found_by_whatever_is_known(talk: Talk, amei: MemberId, asked: str) -> None:
    shown = page(talk, q=asked)
    assert f"?member={amei}" in shown
    assert "<b>" not in shown


def test_a_tier_is_confirmed_given_and_taken_back(talk: Talk, amei: MemberId) -> None:
    assert "请确认" in page(talk, member=str(amei), give="观察")
    form = {"member": str(amei), "tier": "观察"}
    assert "请写明原因" in act(talk, "set_tier", form)
    assert act(talk, "set_tier", form | {"why": "老客"}) == "会员 1 阿美<b>的等级是“观察”。"
    assert "没有变化" in act(talk, "set_tier", form | {"why": "老客"})

    shown = page(talk, member=str(amei))
    assert "lisi：老客" in shown
    assert "give=-" in shown
    assert f"?member={amei}" in page(talk, tier="观察")
    assert "没有等级" in act(talk, "set_tier", form | {"tier": "", "why": "点错了"})
    with talk.store.unit() as uow:
        done = uow.run(Statement("SELECT who, what FROM audit ORDER BY id"))
        assert [tuple(row) for row in done] == [("lisi", "members.tier")] * 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"member": "1", "tier": "黑金", "why": "x"}, "可用的等级：时光挚友、观察"),
        ({"member": "99", "tier": "观察", "why": "x"}, "没有编号 99 的会员"),
        ({"member": "-1", "tier": "观察", "why": "x"}, "没有编号"),
        ({"tier": "观察", "why": "x"}, "没有编号"),
    ],
)
def test_a_forged_form_gets_an_exact_answer(
    talk: Talk, amei: MemberId, form: Mapping[str, str], said: str
) -> None:
    assert said in act(talk, "set_tier", form)
    assert talk.store.do(lambda uow: members.tier_of(uow, amei)) == ""


def test_tags_are_given_listed_and_taken(talk: Talk, amei: MemberId) -> None:
    form = {"member": str(amei), "tag": "通勤"}
    assert "有标签" in act(talk, "tag", form)
    assert "不能用" in act(talk, "tag", form | {"tag": "a|b"})
    assert f"?member={amei}" in page(talk, tag="通勤")
    assert "通勤" in page(talk, member=str(amei))
    assert "没有标签" in act(talk, "untag", form)
    assert "没有找到" in page(talk, tag="通勤")


def test_her_orders_are_shown(talk: Talk, amei: MemberId) -> None:
    assert "799.90 元" in page(talk, member=str(amei))


def test_members_are_handed_out_as_a_table_by_tier(talk: Talk, amei: MemberId) -> None:
    act(talk, "set_tier", {"member": str(amei), "tier": "观察", "why": "老客"})
    talk.member("lily")
    give = PAGE.files
    assert give is not None

    def rows(number: int) -> list[dict[str, str]]:
        found = talk.store.do(lambda uow: give(uow, talk.tools, number))
        assert found is not None
        return list(csv.DictReader(io.StringIO(found.open().read().decode())))

    assert [row["member"] for row in rows(1)] == ["simulator:amei", "simulator:lily"]
    assert [(row["tier"], row["lifecycle"]) for row in rows(3)] == [("观察", "新客")]
    assert rows(2) == []
    assert talk.store.do(lambda uow: give(uow, talk.tools, 4)) is None


def test_more_members_than_fit_come_on_further_pages(talk: Talk) -> None:
    for number in range(31):
        member = talk.member(f"m{number}")
        talk.store.do(lambda uow, member=member: members.tag(uow, member, "新", who="x"))  # type: ignore[misc]  # bound now
    assert "after=30" in page(talk, tag="新")
    assert "?member=31" in page(talk, tag="新", after="30")

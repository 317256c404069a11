import json
from datetime import timedelta

import pytest

from bot.commons import audit, members, points
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin, privacy, wallet
from bot.features.privacy import service
from bot.features.privacy.pages import parcels
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.community import Community
from bot.kernel.events import MemberErased
from bot.kernel.feature import Rooms
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement
from tests.kit.rooms import Store
from tests.kit.talk import Talk

REGISTRY = PersonalRegistry(
    (*members.personal, *points.personal, *audit.personal, *checkin.feature.personal)
)


def talk_with(store: Store, grace_days: int = 7) -> Talk:
    settings = PrivacySettings(erasure_grace_days=grace_days)
    rooms = [checkin.feature, wallet.feature, privacy.feature]
    tools = (Community("拾光衣橱"), CheckinSettings(), settings, REGISTRY, Rooms(rooms))
    return Talk(store, rooms, *tools)


@pytest.fixture
def talk(store: Store) -> Talk:
    return talk_with(store)


def run_jobs(talk: Talk) -> None:
    (job,) = privacy.feature.jobs
    talk.store.do(lambda uow: job.run(uow, talk.tools))


def test_a_member_is_told_what_is_kept_what_for_and_how_long(talk: Talk) -> None:
    talk.says("amei", "打卡")

    (answer,) = talk.says("amei", "我的数据")

    assert "· 打卡（1 条）：记下你哪天来过、连续了几天。保留：直到你删除数据" in answer
    assert "消息保留 90 天" in answer


def test_a_member_gets_a_link_to_everything(talk: Talk) -> None:
    talk.says("amei", "打卡")
    page = privacy.feature.member_pages[-1]
    amei = talk.member("amei")

    (answer,) = talk.says("amei", "导出我的数据")
    assert page.packs is not None
    (parcel,) = talk.store.do(lambda uow: parcels(uow, talk.tools, amei))
    (data,) = parcel.files
    with data.open() as file:
        document = json.loads(file.read())

    assert answer.endswith(f"https://bot.example/m/privacy/export/{amei}?900")
    told = {kind["title"]: kind["records"] for kind in document["data"]}
    assert told["打卡"] == [{"day": "2026-08-24", "at": "2026-08-24T04:00:00+00:00"}]
    assert told["积分"][0] == {"balance": 5}
    assert told["账号"][1]["identity"] == "amei"
    assert told["操作记录"][0]["what"] == "privacy.export_link"


def test_nothing_is_deleted_before_it_is_confirmed_and_the_grace_is_over(talk: Talk) -> None:
    talk.says("amei", "打卡")

    assert "10 分钟内回复“确认删除”" in talk.says("amei", "删除我的数据")[0]
    assert talk.says("amei", "确认删除")[0].startswith(
        "好的，你的数据会在 2026 年 8 月 31 日 12:00 之后删除。"
    )
    talk.store.clock.tick(days=6, hours=23)
    run_jobs(talk)
    assert talk.says("amei", "我的积分")[0].startswith("积分 5")

    talk.store.clock.tick(hours=1)
    run_jobs(talk)
    assert talk.says("amei", "我的积分")[0].startswith("积分 0")


def test_without_grace_everything_is_gone_at_once(store: Store) -> None:
    talk = talk_with(store, grace_days=0)
    talk.says("amei", "打卡")
    first = talk.member("amei")

    assert "不能反悔" in talk.says("amei", "删除我的数据")[0]
    assert talk.says("amei", "确认删除")[0].startswith("你的数据已经删除。")

    assert talk.events[-1] == MemberErased(first)
    assert talk.says("amei", "打卡")[0].startswith("打卡成功！已连续 1 天，+5 分，积分 5。")
    assert talk.member("amei") != first


def test_a_deletion_can_be_called_off(talk: Talk) -> None:
    talk.says("amei", "删除我的数据")
    talk.says("amei", "确认删除")

    assert "撤销删除" in talk.says("amei", "删除我的数据")[0]
    assert talk.says("amei", "撤销删除") == ["已撤销，数据都还在。"]
    talk.store.clock.tick(days=30)
    run_jobs(talk)
    assert talk.says("amei", "撤销删除")[0].startswith("没有待删除的申请")
    assert talk.store.count("members") == 1
    deeds = Statement("SELECT who, what FROM audit ORDER BY id")
    assert talk.store.do(lambda uow: [tuple(row) for row in uow.run(deeds)]) == [
        ("member", "privacy.erasure_confirmed"),
        ("member", "privacy.erasure_cancelled"),
    ]


def test_a_confirmation_counts_for_ten_minutes_and_only_after_the_question(talk: Talk) -> None:
    assert talk.says("amei", "确认删除")[0].startswith("没有等待确认的删除")

    talk.says("amei", "删除我的数据")
    talk.store.clock.tick(minutes=10, seconds=1)

    assert talk.says("amei", "确认删除")[0].startswith("没有等待确认的删除")


@pytest.mark.parametrize(
    "typed", ["我的数据", "导出我的数据", "删除我的数据", "确认删除", "撤销删除"]
)
def test_in_a_group_nothing_is_told(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed, group="vip-1") == [
        "这是你的私事，请私聊我再发一次，我只告诉你一个人。"
    ]


def test_confirming_twice_is_confirming_once(talk: Talk) -> None:
    talk.says("amei", "删除我的数据")
    talk.says("amei", "确认删除")
    talk.store.clock.tick(days=1)

    talk.says("amei", "删除我的数据")
    assert talk.says("amei", "确认删除")[0].startswith("没有等待确认的删除")
    assert "8 月 31 日" in talk.says("amei", "删除我的数据")[0]


def test_the_job_erases_once_and_writes_no_name_into_the_audit(store_on_both: Store) -> None:
    talk = talk_with(store_on_both)
    for who in ("amei", "lily"):
        talk.says(who, "打卡")
        talk.says(who, "删除我的数据")
        talk.says(who, "确认删除")
    talk.store.clock.tick(days=7)

    run_jobs(talk)
    run_jobs(talk)

    left = talk.store.do(
        lambda uow: uow.run(Statement("SELECT what, why, member_id FROM audit ORDER BY id"))
    )
    confirmed = ("privacy.erasure_confirmed", "", None)
    erased = ("privacy.erased", "asked_by_member", None)
    assert left == [confirmed, confirmed, erased, erased]
    assert talk.store.do(points.books_balance) == []


def test_the_simulator_s_clock_stops_where_somebody_is_erased(talk: Talk) -> None:
    (job,) = privacy.feature.jobs
    assert job.next_due is not None
    next_due = job.next_due
    talk.says("amei", "删除我的数据")
    talk.says("amei", "确认删除")
    now = talk.clock.now()

    assert talk.store.do(lambda uow: next_due(uow, talk.tools, now)) == now + timedelta(days=7)


def test_an_erasure_that_breaks_off_is_as_if_it_had_not_begun(talk: Talk) -> None:
    talk.says("amei", "打卡")
    amei = talk.member("amei")

    with pytest.raises(RuntimeError), talk.store.unit() as uow:  # noqa: PT012 - the block is the crash
        service.erase(uow, REGISTRY, amei)
        raise RuntimeError("power cut")

    assert talk.says("amei", "我的积分")[0].startswith("积分 5")
    talk.store.do(lambda uow: service.erase(uow, REGISTRY, amei))
    assert talk.store.count("members") == 0


def test_a_link_older_than_a_merge_hands_out_everything(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.says("amei2", "打卡")
    amei, other = talk.member("amei"), talk.member("amei2")
    with talk.store.unit() as uow:
        how = members.How.OPERATOR
        members.merge(uow, REGISTRY, amei, other, how=how, who="lisi", why="")
    (parcel,) = talk.store.do(lambda uow: parcels(uow, talk.tools, other))
    with parcel.files[0].open() as file:
        told = file.read().decode()

    assert '"identity": "amei"' in told
    assert '"identity": "amei2"' in told

"""Coupons for one or many: seen before, issued once for each period, taken back with a reason."""

import pytest

from bot.commons import coupons, outreach
from bot.features.vouchers import granting
from tests.features.vouchers.conftest import Desks


def issues(desks: Desks, count: int, **form: str) -> str:
    given = {"kind": "fifty", "to": "all", "why": "周年", "count": str(count), **form}
    said = desks.acts("coupons", "issue", **given)
    desks.runs()
    return said


def test_how_many_get_it_is_seen_before(desks: Desks) -> None:
    for who in ("amei", "bea"):
        desks.is_of(who, "时光挚友")
    desks.member("cleo")
    assert "发给 <strong>2</strong> 人：tier:时光挚友" in desks.page(
        "coupons", kind="fifty", to="tier:时光挚友"
    )
    assert "发 3 张" in desks.page("coupons", kind="fifty", to="all")
    assert "期号 2026-08" in desks.page("coupons", kind="fifty", to="all")


def test_an_audience_gets_one_each_and_once_for_a_period(desks: Desks) -> None:
    for number in range(230):
        desks.member(f"m{number}")
    assert issues(desks, 230).startswith("开始发了")
    assert ("lin", "vouchers.begun") in desks.store.audited()
    assert desks.store.count("coupons") == 230
    assert "发了 230 张" in desks.page("coupons")
    issues(desks, 230)
    assert desks.store.count("coupons") == 230
    issues(desks, 230, period="2026-09")
    assert desks.store.count("coupons") == 460


def test_somebody_who_came_meanwhile_is_asked_about_again(desks: Desks) -> None:
    desks.member("amei")
    desks.member("bea")
    assert issues(desks, 1) == "✗ 人数刚刚变成 2，请再看一遍。没有发。"
    assert desks.store.count("coupons") == 0


def test_one_member_gets_hers_at_once(desks: Desks) -> None:
    desks.member("amei")
    said = issues(desks, 1, to="", member="simulator:amei")
    [coupon] = desks.coupons("amei")
    assert said == f"已发一张“满 300 减 50”，券码 {coupon.code}。"
    assert issues(desks, 1, to="", member="1").startswith("这一期她已经有")
    assert len(desks.coupons("amei")) == 1
    assert ("lin", "vouchers.issued", "fifty: 周年") in desks.audit()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"to": ""}, "请写发给谁"),
        ({"to": "tier:没有"}, "看不懂“tier:没有”"),
        ({"to": "member:simulator:amei"}, "看不懂“member:simulator:amei”"),
        ({"to": "tier:常客"}, "一个人也没有"),
        ({"to": "", "member": "nobody"}, "找不到会员“nobody”"),
        ({"kind": "ten"}, "没有券种“ten”"),
        ({"period": "今天 明天"}, "期号“今天 明天”不行"),
        ({"why": "  "}, "请写原因"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_issued(
    desks: Desks, form: dict[str, str], said: str
) -> None:
    desks.member("amei")
    answer = issues(desks, 1, **form)
    assert answer.startswith("✗")
    assert said in answer
    assert desks.store.count("coupons") == 0


def test_whoever_is_told_is_told_once_and_nobody_who_said_no(desks: Desks) -> None:
    for who in ("amei", "bea"):
        desks.member(who)
    bea = desks.member("bea")
    desks.store.do(lambda uow: outreach.hush(uow, bea, outreach.Hushed.OFFERS))
    issues(desks, 2, tells="1")
    [told] = desks.told()
    assert told.startswith("送你一张“满 300 减 50”：减 50 元，满 300 元可用。券码 ")


def test_a_batch_is_taken_back_but_not_what_was_used(desks: Desks) -> None:
    for number in range(130):
        desks.member(f"m{number}")
    issues(desks, 130)
    used = desks.coupons("m7")[0]
    desks.acts("redeem", "redeem", code=used.code, amount="399")
    assert desks.acts("coupons", "revoke", batch="1", why="发错了").startswith("正在收回")
    assert desks.store.audited()[-1] == ("lin", "vouchers.revoked")
    desks.runs()
    assert "收回 129 张" in desks.page("coupons")
    states = {desks.coupons(f"m{number}")[0].state for number in range(130)}
    assert states == {coupons.State.REVOKED, coupons.State.REDEEMED}
    assert ("lin", "coupons.revoked", "fifty: 发错了") in desks.audit()
    again = desks.acts("coupons", "revoke", batch="1", why="再一次")
    assert again == "✗ 没有这一批，或者已经在收回了。"


def test_taking_back_stops_what_is_still_being_issued(desks: Desks) -> None:
    for number in range(150):
        desks.member(f"m{number}")
    desks.acts("coupons", "issue", kind="fifty", to="all", why="周年", count="150")
    desks.store.do(lambda uow: granting.issue_some(uow, desks.tools))
    assert desks.store.count("coupons") == 100
    desks.acts("coupons", "revoke", batch="1", why="停")
    desks.runs()
    assert desks.store.count("coupons") == 100
    assert desks.coupons("m1")[0].state is coupons.State.REVOKED


def test_two_replicas_count_right(desks: Desks) -> None:
    for number in range(120):
        desks.member(f"m{number}")
    desks.acts("coupons", "issue", kind="fifty", to="all", why="周年", count="120")
    for _ in range(4):
        desks.store.do(lambda uow: granting.issue_some(uow, desks.tools))
    [batch] = desks.store.do(lambda uow: granting.latest(uow, most=9))
    assert (batch.issued, batch.state.value) == (120, "done")


def test_mistakes_of_the_file_are_shown(desks: Desks) -> None:
    desks.has_kinds('[[coupon]]\nname = "a"\ntitle = "b"\nface_fen = -5\n')
    shown = desks.page("coupons")
    assert "content/coupons.toml 有问题" in shown
    assert "第 4 行填得不对：[bad-value] coupon[1].face_fen" in shown


def test_bars_say_what_became_of_each_kind(desks: Desks) -> None:
    for who in ("amei", "bea", "cleo"):
        desks.has(who)
    desks.acts("redeem", "redeem", code=desks.coupons("amei")[0].code, amount="399")
    desks.acts("coupons", "revoke-one", code=desks.coupons("bea")[0].code, why="x")
    shown = desks.page("coupons")
    assert "发了 3 张，减了 50 元" in shown
    desks.store.clock.tick(days=40)
    assert "<td>0</td><td>1</td><td>1</td>" in desks.page("coupons")

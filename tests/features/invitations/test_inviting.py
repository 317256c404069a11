"""Who may sign up is settled when the invitations go out; some are told a day before."""

from datetime import timedelta

from bot.commons import outreach
from bot.commons.salons import Wave
from bot.features.invitations import inviting
from bot.kernel.ids import OutboxId
from bot.kernel.messages import Receipt
from bot.kernel.work import UnitOfWork
from bot.pipeline import outbox
from tests.kit.rooms import NOON
from tests.kit.salons import COATS, Street

FOR_TIER = COATS + 'invite = "tier:潜力伙伴"\n'
FIRST = COATS + 'invite_first = "tier:时光挚友"\n'


def test_the_tier_counts_at_the_time_of_inviting_and_stays(street: Street) -> None:
    street.tier("amei", "潜力伙伴")
    street.member("bea")
    street.writes(FOR_TIER)
    street.runs("invitations.invite")
    assert street.told() == ["amei"]
    street.tier("amei", "")
    street.tier("bea", "潜力伙伴")
    assert "报好了" in street.says("amei", "报名 101")[0]
    assert "这次请的是 潜力伙伴" in street.says("bea", "报名 101")[0]


def test_an_invitation_says_what_where_the_rule_and_how_to_be_left_alone(street: Street) -> None:
    street.tier("amei", "潜力伙伴")
    street.writes(FOR_TIER)
    street.runs("invitations.invite")
    [letter] = street.letters()
    assert "8 月 31 日（周一）14:00–16:00" in letter
    assert "来不了请提前取消" in letter
    assert "发“报名 101”" in letter
    assert "退订" in letter


def test_who_wants_no_offers_is_invited_and_not_written_to(street: Street) -> None:
    street.tier("amei", "潜力伙伴")
    amei = street.member("amei")
    street.store.do(lambda uow: outreach.hush(uow, amei, outreach.Hushed.OFFERS))
    street.writes(FOR_TIER)
    street.runs("invitations.invite")
    assert street.letters() == []
    assert "报好了" in street.says("amei", "报名 101")[0]


def test_hundreds_are_invited_in_bites_each_once(street: Street) -> None:
    street.tiers((f"m{number}" for number in range(230)), "潜力伙伴")
    street.writes(FOR_TIER)
    street.runs("invitations.invite", "invitations.invite")
    told = street.told()
    assert len(told) == len(set(told)) == 230
    assert street.salon().wave is Wave.DONE


def test_the_first_are_told_a_day_before_the_others(street: Street) -> None:
    street.tier("amei", "时光挚友")
    street.member("bea")
    street.writes(FIRST + 'invite = "all"\n')
    street.runs("invitations.invite")
    assert street.told() == ["amei"]
    assert "先请 时光挚友" in street.says("bea", "报名 101")[0]
    assert "报好了" in street.says("amei", "报名 101")[0]
    street.waits(hours=23, minutes=59)
    assert street.told() == []
    assert "先请 时光挚友" in street.says("bea", "报名 101")[0]
    street.waits(minutes=1)
    assert street.told() == ["bea"]
    assert "报好了" in street.says("bea", "报名 101")[0]


def test_nobody_reads_which_members_are_named(street: Street) -> None:
    words = '["member:phone:13800000000", "member:kefu:x", "tag:通勤"]'
    street.writes(f"{COATS}invite = {words}\n")
    assert "这次请的是：几位会员、通勤。" in street.says("bea", "活动 101")[0]
    assert "这次请的是 几位会员、通勤，" in street.says("bea", "报名 101")[0]
    assert "这次请的是：几位会员、通勤。" in street.member_page("bea")


def test_the_hours_count_from_when_the_last_first_letter_has_left(street: Street) -> None:
    for who in ("amei", "cai"):
        street.tier(who, "时光挚友")
    street.member("bea")
    street.writes(FIRST + 'invite = "all"\n')
    while street.store.do(lambda uow: queue_some(uow, street)):
        pass
    street.waits(hours=10)
    leave(street, 1)
    street.waits(hours=20)
    assert street.salon().first_done_at is None
    assert "随后对其他人开放" in street.says("bea", "报名 101")[0]
    leave(street, 2)
    street.waits(minutes=1)
    assert street.salon().first_done_at == street.clock.now()
    street.waits(hours=23, minutes=59)
    assert street.letters("bea") == []
    street.waits(minutes=1)
    assert len(street.letters("bea")) == 1


def queue_some(uow: UnitOfWork, street: Street) -> bool:
    """Invite some, and let their letters wait in the outbox."""
    more = inviting.invite_some(uow, street.tools)
    outbox.put(uow, uow.outgoing, lambda _: "lane")
    return more


def leave(street: Street, item: int) -> None:
    """Let a letter leave."""
    street.store.do(lambda uow: outbox.record(uow, OutboxId(item), Receipt()))


def test_without_an_invitation_for_all_it_opens_a_day_later(street: Street) -> None:
    street.writes(FIRST)
    street.runs("invitations.invite")
    assert "8 月 25 日（周二）12:00 开始报名" in street.says("bea", "活动")[0]
    assert "先请" in street.says("bea", "报名 101", at=NOON + timedelta(hours=23))[0]
    assert "报好了" in street.says("bea", "报名 101", at=NOON + timedelta(hours=24))[0]


def test_a_friend_who_signs_up_before_her_invitation_has_left_is_in(street: Street) -> None:
    street.tier("amei", "时光挚友")
    street.writes(FIRST)
    assert "报好了" in street.says("amei", "报名 101")[0]
    street.runs("invitations.invite")
    assert street.told() == []


def test_nobody_signs_up_before_the_invitations_begin(street: Street) -> None:
    street.tier("amei", "潜力伙伴")
    street.writes(FOR_TIER + "invite_at = 2026-08-26T10:00:00+08:00\n")
    street.runs("invitations.invite")
    assert street.told() == []
    assert "还没开始报名" in street.says("amei", "报名 101")[0]
    street.waits(hours=46)
    assert street.told() == ["amei"]
    assert "报好了" in street.says("amei", "报名 101")[0]


def test_the_list_of_the_invited_does_not_change_with_the_file(street: Street) -> None:
    street.tier("amei", "潜力伙伴")
    street.tier("bea", "时光挚友")
    street.writes(FOR_TIER)
    street.runs("invitations.invite")
    street.writes(COATS + 'invite = "tier:时光挚友"\n')
    assert "这次请的是 潜力伙伴" in street.says("bea", "报名 101")[0]
    assert "报好了" in street.says("amei", "报名 101")[0]
    assert street.store.count("notices") == 1


def test_whom_it_invites_may_change_before_it_has(street: Street) -> None:
    street.tier("bea", "时光挚友")
    later = "invite_at = 2026-08-26T10:00:00+08:00\n"
    street.writes(FOR_TIER + later)
    street.writes(COATS + 'invite = "tier:时光挚友"\n' + later)
    street.waits(hours=46)
    assert street.told() == ["bea"]
    assert street.store.count("notices") == 0

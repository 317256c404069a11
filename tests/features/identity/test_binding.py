"""A member says on two channels that she is one person."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons import members, points
from bot.features import checkin, identity
from bot.features.identity.rules import CODE_DIGITS, MOST_WRONG, VALID, read_code
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store
from tests.kit.two import CUSTOMER, KEFU, MP, TwoChannels


@pytest.fixture
def talk(store: Store) -> TwoChannels:
    return TwoChannels(store, checkin.feature, identity.feature)


def code_for(talk: TwoChannels, who: str = "amei") -> str:
    (words,) = talk.on(KEFU, who, "绑定")
    found = re.search(r"发“绑定 (\d{6})”", words)
    assert found
    return found[1]


def bound(talk: TwoChannels) -> None:
    talk.on(KEFU, "amei", "打卡")
    talk.on(MP, "oAmei", "打卡")
    talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")
    talk.on(MP, "oAmei", "确认绑定")
    talk.on(KEFU, "amei", "确认绑定")


def test_two_channels_become_one_member(talk: TwoChannels) -> None:
    talk.on(KEFU, "amei", "打卡", extra={"name": "阿美"})
    talk.on(MP, "oAmei", "打卡")
    code = code_for(talk)

    (entered,) = talk.on(MP, "oAmei", f"绑定{code}")
    assert "来自微信客服的“阿美”" in entered
    ((channel, whom, asked),) = talk.told()
    assert (channel, whom) == (KEFU, "amei")
    assert "有人在公众号输入了你的绑定码" in asked

    assert talk.on(MP, "oAmei", "确认绑定") == ["收到。还差微信客服那边也回复“确认绑定”。"]
    assert talk.who(KEFU, "amei") != talk.who(MP, "oAmei")
    (done,) = talk.on(KEFU, "amei", "确认绑定")
    assert "绑定好了：微信客服、公众号里的你" in done
    assert talk.told() == [(MP, "oAmei", done)]

    assert talk.who(KEFU, "amei") == talk.who(MP, "oAmei")
    assert talk.on(MP, "oAmei", "打卡")[0].startswith("今天已打卡")
    assert talk.store.count("checkins") == 1


def test_whoever_gave_the_code_may_confirm_first(talk: TwoChannels) -> None:
    talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")

    assert "还差公众号" in talk.on(KEFU, "amei", "确认绑定")[0]
    assert "还差公众号" in talk.on(KEFU, "amei", "确认绑定")[0]
    assert talk.who(KEFU, "amei") != talk.who(MP, "oAmei")
    assert "绑定好了" in talk.on(MP, "oAmei", "确认绑定")[0]


@pytest.mark.parametrize(
    "said",
    ["绑定 {}", "绑定{}", "綁定 {}", "绑定 {spaced}", "绑定 {spoken}", "绑定，{}", "绑定 {}。"],
)
def test_a_code_survives_being_read_aloud(talk: TwoChannels, said: str) -> None:
    code = code_for(talk)
    spoken = code.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    typed = said.format(code, spaced=f"{code[:3]} {code[3:]}", spoken=spoken)
    if typed.startswith("绑定，"):
        typed = typed.replace("，", " ")

    assert "码对上了" in talk.on(MP, "oAmei", typed)[0]


@given(st.text(max_size=12))
def test_a_code_is_six_digits_or_nothing(said: str) -> None:
    code = read_code(said)

    assert code == "" or (len(code) == CODE_DIGITS and set(code) <= set("0123456789"))
    assert read_code(f"{said}123456" if code else said) in {"", code}


def test_a_code_that_was_never_given_out(talk: TwoChannels) -> None:
    code_for(talk)
    code = "000000" if code_for(talk, "lily") != "000000" else "111111"

    assert talk.on(MP, "oEva", f"绑定 {code}")[0].startswith("这个码不对，或者已经过期、用过了。")
    assert talk.told() == []
    assert "没有等你确认" in talk.on(MP, "oEva", "确认绑定")[0]


def test_guessing_ends_soon(talk: TwoChannels) -> None:
    code = code_for(talk)
    wrong = [f"{number:06}" for number in range(50) if f"{number:06}" != code]
    answers = [talk.on(MP, "oEva", f"绑定 {guess}")[0] for guess in wrong]

    assert sum("这个码不对" in answer for answer in answers) == MOST_WRONG
    assert "输错太多次" in answers[MOST_WRONG]
    assert "输错太多次" in talk.on(MP, "oEva", f"绑定 {code}")[0]
    talk.store.clock.tick(minutes=59)
    assert "输错太多次" in talk.on(MP, "oEva", "绑定 000000")[0]
    talk.store.clock.tick(minutes=1)
    assert "还可以试" in talk.on(MP, "oEva", "绑定 000000")[0]


def test_a_code_works_once(talk: TwoChannels) -> None:
    code = code_for(talk)
    talk.on(MP, "oAmei", f"绑定 {code}")
    assert "这个码不对" in talk.on(MP, "oEva", f"绑定 {code}")[0]
    assert "码对上了" in talk.on(MP, "oAmei", f"绑定 {code}")[0]
    talk.on(MP, "oAmei", "确认绑定")
    talk.on(KEFU, "amei", "确认绑定")

    assert "这个码不对" in talk.on(MP, "oEva", f"绑定 {code}")[0]
    assert "这个码不对" in talk.on(MP, "oAmei", f"绑定 {code}")[0]
    assert talk.who(MP, "oEva") != talk.who(KEFU, "amei")


def test_a_new_code_takes_the_place_of_the_old(talk: TwoChannels) -> None:
    old = code_for(talk)
    code_for(talk)

    assert "这个码不对" in talk.on(MP, "oAmei", f"绑定 {old}")[0]
    assert talk.store.count("bindings") == 1


def test_it_lives_for_ten_minutes_to_the_second(talk: TwoChannels) -> None:
    code = code_for(talk)
    talk.store.clock.tick(seconds=VALID.total_seconds() - 1)
    assert "码对上了" in talk.on(MP, "oAmei", f"绑定 {code}")[0]
    talk.on(MP, "oAmei", "确认绑定")
    talk.store.clock.tick(seconds=VALID.total_seconds())
    assert "没有等你确认" in talk.on(KEFU, "amei", "确认绑定")[0]

    code = code_for(talk)
    talk.store.clock.tick(seconds=VALID.total_seconds())
    assert "这个码不对" in talk.on(MP, "oAmei", f"绑定 {code}")[0]


def test_what_was_sent_in_time_counts_though_it_is_handled_late(talk: TwoChannels) -> None:
    code = code_for(talk)
    sent = talk.store.clock.tick(minutes=9)
    talk.store.clock.tick(hours=3)

    assert "码对上了" in talk.on(MP, "oAmei", f"绑定 {code}", at=sent)[0]


def test_her_own_code_on_her_own_side_is_no_guess(talk: TwoChannels) -> None:
    code = code_for(talk)

    for _ in range(MOST_WRONG + 1):
        assert "这是你自己的码" in talk.on(KEFU, "amei", f"绑定 {code}")[0]


def test_a_code_is_neither_given_nor_taken_in_a_group(talk: TwoChannels) -> None:
    code = code_for(talk)

    for said in ("绑定", f"绑定 {code}", "确认绑定", "解绑"):
        assert "请私聊我" in talk.on(MP, "oAmei", said, group="vip")[0]
    assert talk.told() == []
    assert "码对上了" in talk.on(MP, "oAmei", f"绑定 {code}")[0]


def test_what_is_no_code_is_told_so(talk: TwoChannels) -> None:
    assert "绑定码是 6 位数字" in talk.on(MP, "oAmei", "绑定 手机号")[0]


def test_who_is_already_one_needs_no_code(talk: TwoChannels) -> None:
    bound(talk)

    assert "这是你自己的码" in talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")[0]


def test_apart_again(talk: TwoChannels) -> None:
    bound(talk)
    kept = talk.who(KEFU, "amei")
    assert kept is not None
    points_of = [talk.store.do(lambda uow: points.balance(uow, kept))]

    (words,) = talk.on(MP, "oAmei", "解绑")

    assert words.startswith("分开了：微信客服是一个会员，公众号是另一个")
    assert talk.who(MP, "oAmei") not in {None, kept}
    points_of.append(talk.store.do(lambda uow: points.balance(uow, kept)))
    assert points_of == [10, 5]
    assert "不用解绑" in talk.on(MP, "oAmei", "解绑")[0]


def test_a_month_later_it_is_too_late(talk: TwoChannels) -> None:
    bound(talk)
    talk.store.clock.tick(days=30)

    assert "不用解绑" in talk.on(MP, "oAmei", "解绑")[0]


def test_points_that_are_spent_keep_them_together(talk: TwoChannels) -> None:
    bound(talk)
    kept = talk.who(KEFU, "amei")
    assert kept is not None
    talk.store.do(lambda uow: points.spend(uow, kept, 8, reason="lottery", key="l"))

    assert "还差 3 分" in talk.on(MP, "oAmei", "解绑")[0]
    assert talk.who(MP, "oAmei") == kept


def erase_soon(talk: TwoChannels) -> None:
    with talk.store.unit() as uow:
        member = members.find(uow, KEFU, "amei")
        assert member is not None
        members.ask_erasure(uow, member, NOON)
        later = NOON + timedelta(days=7)
        members.confirm_erasure(uow, member, asked_since=NOON, after=later)


def test_who_is_going_to_be_erased_is_not_bound(talk: TwoChannels) -> None:
    talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")
    talk.on(MP, "oAmei", "确认绑定")
    erase_soon(talk)

    assert "正在等待删除" in talk.on(KEFU, "amei", "确认绑定")[0]
    assert "正在等待删除" in talk.on(KEFU, "amei", "绑定")[0]
    assert talk.who(MP, "oAmei") != talk.who(KEFU, "amei")


def test_a_channel_that_can_only_answer_is_not_written_to(store: Store) -> None:
    only_answers = Capability(chats=(Chat.COLLEAGUE,), source="", together=True, can_push=False)
    doors = Doors({KEFU: only_answers, MP: CUSTOMER})
    talk = TwoChannels(store, checkin.feature, identity.feature, doors=doors)
    bound(talk)

    assert [channel for channel, _, _ in talk.told()] == [MP]
    assert talk.who(KEFU, "amei") == talk.who(MP, "oAmei")


def test_codes_that_nobody_used_are_forgotten(talk: TwoChannels) -> None:
    talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")
    talk.on(MP, "oAmei", "绑定 000000")
    (job,) = identity.feature.jobs
    for hours, left in ((1, 1), (2, 0)):
        talk.store.clock.tick(hours=hours)
        talk.store.do(lambda uow: job.run(uow, talk.tools))
        assert talk.store.count("binding_tries") == left
    assert talk.store.count("bindings") == 0


def test_the_codes_of_a_member_leave_with_her(talk: TwoChannels) -> None:
    talk.on(MP, "oAmei", f"绑定 {code_for(talk)}")
    talk.on(MP, "oAmei", "绑定 000000")
    with talk.store.unit() as uow:
        member = members.find(uow, MP, "oAmei")
        assert member is not None
        for data in identity.feature.personal:
            data.erase(uow, member)
        assert uow.run(Statement("SELECT 1 FROM bindings UNION SELECT 1 FROM binding_tries")) == []


def test_who_typed_a_code_is_handed_what_is_hers_and_nothing_of_its_owner(
    talk: TwoChannels,
) -> None:
    talk.on(MP, "oAmei", f"绑定 {code_for(talk, 'wm-lily')}")
    talk.on(MP, "oAmei", "绑定 000000")
    with talk.store.unit() as uow:
        handed = {}
        for channel, who in ((KEFU, "wm-lily"), (MP, "oAmei")):
            member = members.find(uow, channel, who)
            assert member is not None
            [data] = identity.feature.personal
            handed[who] = data.export(uow, member)

    hers = {"channel": MP, "identity": "oAmei", "other_channel": KEFU}
    assert handed["oAmei"] == [hers, {"wrong_codes": 1}]
    assert handed["wm-lily"] == [{"channel": KEFU, "identity": "wm-lily", "other_channel": MP}]

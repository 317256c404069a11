"""Notes by template: to whom, how often, and what happens when nobody knows."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import app as roof
from bot.features import subscriptions
from bot.features.privacy.service import erase, export
from bot.features.subscriptions import service
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel import crash
from bot.kernel.errors import Refusal
from bot.kernel.following import NoteAnswer, NoteBox
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.features.subscriptions.conftest import PAGE, WORDS, YES, Desk, house, window
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER
from tests.kit.platforms import Fault

OTHER = "oInventedOpenId0000000000002"
QUEUED, NO_CONSENT = NoteAnswer.QUEUED, NoteAnswer.NO_CONSENT


def finished(number: str, status: str = "success") -> str:
    return f"<MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status>"


# ── by which right ──────────────────────────────────────────────────────────────────────


async def test_one_consent_is_one_note(desk: Desk) -> None:
    assert await desk.tells("sale", "a") is NO_CONSENT
    await desk.agrees()
    assert await desk.tells("sale", "b") is QUEUED
    assert await desk.tells("sale", "c") is NO_CONSENT

    assert desk.notes == ["TPL_INVENTED_1"]
    assert await desk.statuses() == ["sent"]
    assert desk.platform.refused == [], "nobody asked the platform in vain"
    await desk.agrees(2)
    assert [await desk.tells("sale", key) for key in "def"] == [QUEUED, QUEUED, NO_CONSENT]


async def test_the_same_key_is_the_same_note(desk: Desk) -> None:
    await desk.agrees(2)
    assert [await desk.tells("sale", "a") for _ in range(3)] == [QUEUED] * 3

    assert desk.notes == ["TPL_INVENTED_1"]
    assert await desk.tells("sale", "b") is QUEUED, "the second consent is still hers"


async def test_a_no_in_a_window_is_no_consent_and_takes_nothing_back(desk: Desk) -> None:
    await desk.agrees()
    await desk.does("subscribe_msg_popup_event", window(("TPL_INVENTED_1", "reject")))

    assert await desk.tells("sale", "a") is QUEUED
    assert await desk.tells("sale", "b") is NO_CONSENT


async def test_what_she_takes_back_is_not_used(desk: Desk) -> None:
    await desk.agrees(2)
    entries = window(("TPL_INVENTED_1", "reject")).replace("Popup", "Change")
    await desk.does("subscribe_msg_change_event", entries)

    assert await desk.tells("sale", "a") is NO_CONSENT


async def test_a_consent_told_twice_is_one(desk: Desk) -> None:
    for _ in range(2):
        await desk.does("subscribe_msg_popup_event", window(*[("TPL_INVENTED_1", "accept")] * 2))
        desk.built.clock.tick(seconds=-6)  # the very same event

    assert await desk.built.ask("SELECT count(*) FROM consents") == [(1,)]


async def test_somebody_elses_consent_is_not_hers(desk: Desk) -> None:
    await desk.agrees(who=OTHER)

    assert await desk.tells("sale", "a") is NO_CONSENT


async def test_a_template_message_needs_only_that_she_follows(desk: Desk) -> None:
    assert await desk.tells("hike", "rsvp:1") is QUEUED

    [sent] = desk.platform.called("message/template/send")
    assert sent["url"] == "https://example.invalid/hike"
    assert sent["data"] == {name: {"value": words} for name, words in WORDS.items()}
    assert len(sent["client_msg_id"]) == 32
    assert await desk.built.ask("SELECT who, what, why FROM audit") == [
        ("bot", "subscriptions.note", "hike")
    ]


async def test_an_unknown_use_and_an_unknown_person_are_said_to_be(desk: Desk) -> None:
    assert await desk.tells("nothing", "a") is NoteAnswer.NO_TEMPLATE

    def stranger(uow: UnitOfWork) -> NoteAnswer:
        return desk.built.tools.use(NoteBox).put(uow, MemberId(99), "hike", WORDS, key="b")

    assert await desk.built.house.writer.do(stranger) is NoteAnswer.NOT_THERE


async def test_a_house_without_an_account_sends_none(tmp_path: Path) -> None:
    under_test = HouseUnderTest(tmp_path, [subscriptions.feature])
    under_test.tools.add(NoteBox, subscriptions.Box(under_test.tools))
    async with under_test as built:
        await built.house.engine.settle()
        box = built.tools.use(NoteBox)
        answer = await built.house.writer.do(
            lambda uow: box.put(uow, MemberId(1), "hike", WORDS, key="a")
        )
        data = await built.house.writer.look(lambda uow: PAGE.load(uow, built.tools, {}))
        shown = built.words(PAGE.template, csrf_field="", **data)

    assert answer is NoteAnswer.NO_TEMPLATE
    assert "还没有配置公众号" in shown
    assert "还没有模板" in shown


@pytest.mark.parametrize(
    "words",
    [
        {"templates": {"a": {"template_id": "T", "title": "x", "kind": "service"}}},
        {"templates": {"a": {"template_id": "", "title": "x"}}},
        {"templates": {"a": {"template_id": "T", "title": "x", "kind": "long"}}},
        {"templates": {"a": {"template_id": "T"}}},
        {"templates": {"a": {"template_id": "T", "title": "x", "more": 1}}},
        {"daily_most": 0},
        {"unknown": 1},
    ],
    ids=["no service account", "no id", "kind", "no title", "key in it", "none a day", "key"],
)
def test_settings_that_cannot_be_are_refused(words: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SubscriptionSettings.model_validate_json(json.dumps(words))


# ── she leaves ──────────────────────────────────────────────────────────────────────────


async def test_whoever_left_gets_nothing_until_she_follows_again(desk: Desk) -> None:
    await desk.agrees()
    await desk.does("unsubscribe")
    assert await desk.tells("hike", "a") is NoteAnswer.NOT_THERE
    assert await desk.tells("sale", "b") is NoteAnswer.NOT_THERE
    assert "1 位会员取消了关注" in await desk.shows()

    await desk.does("subscribe", allows="follow")
    assert await desk.tells("hike", "c") is QUEUED
    assert await desk.tells("sale", "d") is NO_CONSENT, "what she agreed to before is over"


@pytest.mark.parametrize("event", ["SCAN", "subscribe_msg_popup_event"])
async def test_a_follow_that_nobody_told_is_known_by_what_she_does(desk: Desk, event: str) -> None:
    await desk.member()
    await desk.does("unsubscribe")
    await desk.does(event, YES)

    assert await desk.tells("hike", "a") is QUEUED


async def test_a_leaving_that_nobody_told_is_known_by_the_platforms_refusal(desk: Desk) -> None:
    desk.platform.strangers.add(FOLLOWER)
    await desk.tells("hike", "a")
    assert await desk.statuses() == ["failed"]
    assert await desk.tells("hike", "b") is NoteAnswer.NOT_THERE
    assert len(desk.platform.called("message/template/send")) == 1

    desk.platform.strangers.clear()
    desk.built.clock.tick(seconds=1)
    await desk.does("subscribe", allows="follow")
    assert await desk.tells("hike", "c") is QUEUED


async def test_events_that_overtake_each_other_leave_the_later_one(desk: Desk) -> None:
    await desk.member()
    await desk.does("unsubscribe")
    desk.built.clock.tick(hours=-1)
    await desk.does("subscribe")

    assert await desk.tells("hike", "a") is NoteAnswer.NOT_THERE


async def test_a_note_that_waits_while_she_leaves_is_dropped(desk: Desk) -> None:
    desk.platform.faults["message/template/send"].append(Fault(errcode=45009))
    await desk.tells("hike", "a")
    await desk.does("unsubscribe")
    await desk.passes(hours=2)

    assert desk.notes == []
    assert await desk.statuses() == ["dropped"]


async def test_a_stranger_who_leaves_becomes_nobody(desk: Desk) -> None:
    await desk.does("unsubscribe", who=OTHER)
    await desk.does("TEMPLATESENDJOBFINISH", finished("1"), who=OTHER)
    await desk.does("subscribe_msg_change_event", YES, who=OTHER)

    assert await desk.built.ask("SELECT count(*) FROM members") == [(0,)]


# ── what the platform says ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "becomes"),
    [("success", "delivered"), ("failed:user block", "refused"), ("failed: system", "failed")],
    ids=str,
)
async def test_a_report_is_linked_to_its_note(desk: Desk, status: str, becomes: str) -> None:
    await desk.tells("hike", "a")
    await desk.tells("hike", "b")
    number = desk.platform.delivered[1].msgid
    await desk.does("TEMPLATESENDJOBFINISH", finished(number, status))
    await desk.does("TEMPLATESENDJOBFINISH", finished(number, "success"))

    assert await desk.statuses() == ["sent", becomes], "the first report counts"


async def test_a_report_on_somebody_elses_number_changes_nothing(desk: Desk) -> None:
    await desk.tells("hike", "a")
    number = desk.platform.delivered[0].msgid
    await desk.member(OTHER)
    await desk.does("TEMPLATESENDJOBFINISH", finished(number), who=OTHER)
    await desk.does("TEMPLATESENDJOBFINISH", finished("999999"))

    assert await desk.statuses() == ["sent"]


async def test_a_notice_without_a_number_is_known_by_who_got_it(desk: Desk) -> None:
    await desk.agrees()
    await desk.tells("sale", "a")
    report = (
        "<SubscribeMsgSentEvent><List><TemplateId>TPL_INVENTED_1</TemplateId><MsgID>7</MsgID>"
        "<ErrorCode>0</ErrorCode></List></SubscribeMsgSentEvent>"
    )
    await desk.does("subscribe_msg_sent_event", report)

    assert await desk.statuses() == ["delivered"]
    assert "已送达" in await desk.shows()


@pytest.mark.parametrize(
    ("code", "left"), [(47003, QUEUED), (40037, QUEUED), (43101, NO_CONSENT)], ids=str
)
async def test_a_consent_that_was_not_used_is_hers_again(
    desk: Desk, code: int, left: NoteAnswer
) -> None:
    await desk.agrees()
    desk.platform.faults["message/subscribe/bizsend"].append(Fault(errcode=code))
    await desk.tells("sale", "a")
    assert await desk.statuses() == ["failed"]
    assert f"errcode {code}" in await desk.shows()

    assert await desk.tells("sale", "b") is left


@pytest.mark.parametrize(
    "fault",
    [Fault(errcode=45009), Fault(status=302), Fault(errcode=48001)],
    ids=["quota", "redirect", "permission"],
)
async def test_trouble_of_the_platform_postpones_and_loses_nothing(
    desk: Desk, fault: Fault
) -> None:
    await desk.agrees()
    desk.platform.faults["message/subscribe/bizsend"].append(fault)
    await desk.tells("sale", "a")
    assert await desk.statuses() == ["asked"]
    await desk.passes(hours=2)

    assert desk.notes == ["TPL_INVENTED_1"]
    assert await desk.statuses() == ["sent"]


async def test_no_more_leave_in_a_day_than_the_platform_allows(desk: Desk) -> None:
    few = desk.built.tools.use(SubscriptionSettings).model_copy(update={"daily_most": 2})
    desk.built.tools.add(SubscriptionSettings, few)
    for key in "abc":
        await desk.tells("hike", key)
    assert await desk.statuses() == ["sent", "sent", "asked"]
    await desk.passes(hours=25)

    assert await desk.statuses() == ["sent"] * 3


# ── nobody knows ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("taken", [True, False], ids=["it arrived", "it did not"])
async def test_a_template_message_in_doubt_is_sent_again_as_the_same(
    desk: Desk, *, taken: bool
) -> None:
    desk.platform.faults["message/template/send"].append(Fault(drop=True, taken=taken))
    await desk.tells("hike", "a")
    assert await desk.statuses() == ["asked"]
    await desk.passes(seconds=90)

    assert desk.notes == ["TPL_INVENTED"]
    assert await desk.statuses() == ["sent"]


async def test_a_doubt_that_outlives_the_platforms_memory_is_an_operators(desk: Desk) -> None:
    desk.platform.faults["message/template/send"] += [Fault(drop=True, taken=True)] * 40
    await desk.tells("hike", "a")
    for _ in range(20):
        await desk.passes(seconds=61)

    assert desk.notes == ["TPL_INVENTED"], "never by another name"
    assert await desk.statuses() == ["maybe"]
    assert len(await desk.built.ask("SELECT 1 FROM notices")) == 1
    assert "不知道是否送到" in await desk.shows()


async def test_a_clock_set_back_delays_no_note(desk: Desk) -> None:
    desk.platform.faults["message/template/send"].append(Fault(errcode=-1))
    await desk.tells("hike", "a")
    await desk.set_back(hours=6)
    await desk.passes(seconds=61)

    assert await desk.statuses() == ["sent"]


async def test_a_doubt_of_before_the_clock_was_set_back_is_an_operators(desk: Desk) -> None:
    desk.platform.faults["message/template/send"].append(Fault(drop=True, taken=True))
    await desk.tells("hike", "a")
    assert await desk.statuses() == ["asked"]
    await desk.set_back(hours=6)
    desk.platform.faults["message/template/send"].append(Fault(drop=True))
    await desk.passes(seconds=31)

    assert desk.notes == ["TPL_INVENTED"]
    assert await desk.statuses() == ["maybe"]


async def test_the_day_of_a_clock_set_back_ends_in_time(desk: Desk) -> None:
    few = desk.built.tools.use(SubscriptionSettings).model_copy(update={"daily_most": 1})
    desk.built.tools.add(SubscriptionSettings, few)
    await desk.tells("hike", "a")
    await desk.tells("hike", "b")
    await desk.set_back(hours=6)
    await desk.passes(hours=24, minutes=1)

    assert await desk.statuses() == ["sent", "sent"]


async def test_a_notice_in_doubt_is_never_sent_again(desk: Desk) -> None:
    await desk.agrees(2)
    desk.platform.faults["message/subscribe/bizsend"].append(Fault(drop=True, taken=True))
    await desk.tells("sale", "a")
    await desk.passes(hours=1)

    assert desk.notes == ["TPL_INVENTED_1"]
    assert await desk.statuses() == ["maybe"]
    assert await desk.tells("sale", "b") is QUEUED, "one consent of the two is left"


async def test_a_report_ends_a_doubt(desk: Desk) -> None:
    await desk.agrees()
    desk.platform.faults["message/subscribe/bizsend"].append(Fault(drop=True, taken=True))
    await desk.tells("sale", "a")
    report = (
        "<SubscribeMsgSentEvent><List><MsgID>7</MsgID><ErrorCode>0</ErrorCode></List>"
        "</SubscribeMsgSentEvent>"
    )
    await desk.does("subscribe_msg_sent_event", report)

    assert await desk.statuses() == ["delivered"]


async def test_a_refusal_after_a_doubt_says_nothing_about_the_first_try(desk: Desk) -> None:
    lost = Fault(drop=True, taken=True)
    desk.platform.faults["message/template/send"] += [lost, Fault(errcode=47003)]
    await desk.tells("hike", "a")
    await desk.passes(seconds=90)

    assert await desk.statuses() == ["maybe"]


async def test_an_operator_closes_what_nobody_knows(desk: Desk) -> None:
    await desk.agrees()
    desk.platform.faults["message/subscribe/bizsend"].append(Fault(drop=True, taken=True))
    await desk.tells("sale", "a")
    act, tools = PAGE.actions["settle"], desk.built.tools

    async def settle(note: str) -> str:
        writer = desk.built.house.writer
        try:
            return await writer.do(lambda uow: act(uow, tools, {"note": note}, "lin"))
        except Refusal as refused:
            return "✗ " + desk.built.words(refused.template, **refused.words)

    assert "不再处理" in await settle("1")
    for word in ("1", "2", "", "x", "9" * 30):
        assert (await settle(word)).startswith("✗ 这一条不用处理")
    assert await desk.statuses() == ["dropped"]
    assert ("lin", "subscriptions.settled") in await desk.built.ask("SELECT who, what FROM audit")


# ── somebody pulls the plug ─────────────────────────────────────────────────────────────


class Plug:
    """Ends the process, as far as the errand can tell, at a step."""

    def __init__(self, step: str) -> None:
        self.step = step
        self.pulled = False

    def __call__(self, step: str) -> None:
        if step == self.step and not self.pulled:
            self.pulled = True
            raise RuntimeError(step)


@pytest.mark.parametrize("step", ["notes.taken", "notes.sent", "notes.recorded"])
@pytest.mark.parametrize("use", ["hike", "sale"])
async def test_a_death_at_any_step_sends_none_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, use: str
) -> None:
    await desk.agrees()
    monkeypatch.setattr(crash, "step", Plug(step))
    await desk.tells(use, "a")
    for _ in range(4):
        await desk.passes(seconds=90)

    arrived = 0 if (step, use) == ("notes.taken", "sale") else 1
    assert len(desk.notes) == arrived
    maybe = use == "sale" and step != "notes.recorded"
    assert await desk.statuses() == ["maybe" if maybe else "sent"]


async def test_two_houses_send_one_note_once(desk: Desk) -> None:
    waiting: list[object] = []

    def take(uow: UnitOfWork) -> None:
        waiting.append(service.take(uow, desk.built.house.channels["mp"].name, daily_most=9))  # type: ignore[index]

    desk.platform.faults["message/template/send"].append(Fault(errcode=45009))
    await desk.tells("hike", "a")
    for _ in range(2):
        await desk.built.house.writer.do(take)

    assert [one is not None for one in waiting] == [True, False]


async def test_a_report_that_is_quicker_than_the_answer_stays(desk: Desk) -> None:
    desk.platform.faults["message/template/send"].append(Fault(errcode=45009))
    await desk.tells("hike", "a")
    note = await desk.built.house.writer.do(
        lambda uow: service.take(uow, desk.built.house.channels["mp"].name, daily_most=9)  # type: ignore[index]
    )
    assert note is not None
    await desk.does("TEMPLATESENDJOBFINISH", finished("77"))
    await desk.built.house.writer.do(lambda uow: service.sent(uow, note, "77"))

    assert await desk.built.ask("SELECT status, platform_id FROM notes") == [("delivered", "77")]


# ── her rights ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("when", ["before", "under way"])
async def test_what_is_kept_is_hers_and_nothing_comes_back(desk: Desk, when: str) -> None:
    await desk.agrees(2)
    await desk.agrees(who=OTHER)
    await desk.tells("hike", "a")
    if when == "under way":
        desk.platform.faults["message/template/send"].append(Fault(errcode=45009))
        await desk.tells("hike", "b")
    number, she = desk.platform.delivered[0].msgid, await desk.member()
    registry = roof.PERSONAL
    told = await desk.built.house.writer.look(lambda uow: export(uow, registry, she))
    await desk.built.house.writer.do(lambda uow: erase(uow, registry, she))

    assert "周六徒步" in str(told)
    assert "TPL_INVENTED_1" in str(told)
    await desk.does("TEMPLATESENDJOBFINISH", finished(number))
    await desk.does("unsubscribe")
    await desk.passes(hours=3)
    for table in ("consents", "notes", "gone_followers"):
        rows = await desk.built.ask(f"SELECT count(*) FROM {table} WHERE member_id = {she}")
        assert rows == [(0,)], table
    assert await desk.built.ask("SELECT count(*) FROM consents") == [(1,)], "others keep theirs"
    people = f"SELECT count(*) FROM identities WHERE identity = '{FOLLOWER}'"
    assert await desk.built.ask(people) == [(0,)]
    assert len(desk.notes) == 1


async def test_the_house_can_be_opened_again_on_what_is_there(desk: Desk) -> None:
    await desk.agrees()
    desk.platform.faults["message/subscribe/bizsend"].append(Fault(errcode=45009))
    await desk.tells("sale", "a")
    await desk.built.house.stop()
    clock = desk.built.clock
    clock.tick(hours=2)
    async with house(desk.folder, desk.platform, clock) as again:
        await again.house.engine.settle()

    assert desk.notes == ["TPL_INVENTED_1"]

"""The door to WeChat's customers: hints in, answers out, each within what the platform allows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU, Kefu, msgid_of
from bot.channels.wecom.kefu_menu import read_press
from bot.kernel.errors import Ambiguous, BadCallback, RetryLater, Undeliverable
from bot.kernel.messages import (
    Button,
    Card,
    CardKind,
    Image,
    Link,
    Outgoing,
    Part,
    RawCallback,
    Tap,
    Text,
    Ticket,
)
from tests.kit.kefu import WK, WK2, FakeKefu, kefu
from tests.kit.mail import Mail
from tests.kit.platforms import Fault, Json
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import BUTTONS, MULTIPLE, PAGE, PNG_URL, VOTE

SAMPLES = Path(__file__).parent / "samples"
WM = "wmInventedExternalUser0000000001"


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeKefu]:
    async with FakeKefu(now=lambda: clock.now().timestamp()) as built:
        yield built


@pytest.fixture
async def door(platform: FakeKefu, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[Kefu]:
    built = kefu(platform, clock, tmp_path, books=(WK, WK2))
    await built.start()
    yield built
    await built.stop()


def to(part: Part, key: str = "k1", **more: object) -> Outgoing:
    return replace(Outgoing(KEFU, WM, part, key), **more)  # type: ignore[arg-type]  # a builder


def asked(name: str) -> Json:
    body = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["_body"]
    assert isinstance(body, dict)
    return body


def post(plaintext: str) -> RawCallback:
    return Mail().post(plaintext, NOON.timestamp())


async def test_a_callback_is_a_hint_and_nothing_else(door: Kefu) -> None:
    received = await door.receive(post((SAMPLES / "kf_msg_or_event.xml").read_text("utf-8")))

    assert received.updates == ()
    assert received.hints == {WK: "KF_SYNC_TOKEN_INVENTED_01"}
    assert received.answer == b"success"


async def test_a_hint_for_an_account_that_is_not_ours_is_no_work(door: Kefu) -> None:
    raw = (SAMPLES / "kf_msg_or_event.xml").read_text("utf-8")

    assert (await door.receive(post(raw.replace(WK, "wkOther")))).hints == {}
    assert set((await door.receive(post(raw.replace(WK, "")))).hints) == {WK, WK2}


async def test_accounts_given_or_taken_are_kept_as_an_event(door: Kefu) -> None:
    sample = (SAMPLES / "kf_account_auth_change.xml").read_text("utf-8")
    received = await door.receive(post(sample))

    [update] = received.updates
    assert received.hints == {WK: "", WK2: None}
    assert update.event == "kf_account_auth_change"
    assert update.sender is None
    assert update.extra == {"given": WK, "taken": WK2}
    back = sample.replace(WK2, "wkOther").replace(WK, WK2)
    assert (await door.receive(post(back))).hints == {WK2: ""}


async def test_a_forged_hint_is_refused(door: Kefu) -> None:
    raw = post((SAMPLES / "kf_msg_or_event.xml").read_text("utf-8"))

    with pytest.raises(BadCallback):
        await door.receive(replace(raw, query={**raw.query, "msg_signature": "0" * 40}))


async def test_fetching_asks_as_the_page_says(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗")
    first = await door.fetch(WK, "", "")
    hint = platform.hint().partition("<Token><![CDATA[")[2].partition("]")[0]
    page = await door.fetch(WK, first.cursor, hint)

    assert [update.text for update in first.updates] == ["在吗"]
    assert (page.updates, page.more) == ([], False)
    assert platform.called("kf/sync_msg")[-1].keys() == asked("req_kf_sync_msg").keys()


@pytest.mark.parametrize("said", [{}, {"next_cursor": ""}, {"next_cursor": 7, "has_more": "1"}])
async def test_a_page_without_a_place_to_read_on_leaves_the_cursor(
    door: Kefu, platform: FakeKefu, said: Json
) -> None:
    answer = json.dumps({"errcode": 0, "msg_list": [], **said}).encode()
    platform.faults["kf/sync_msg"].append(Fault(raw=answer))
    page = await door.fetch(WK, "here", "")

    assert (page.cursor, page.more) == ("here", "has_more" in said)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("req_kf_send_msg_text", Text("已为您登记")),
        (
            "req_kf_send_msg_msgmenu",
            Card(
                id="",
                shape=CardKind.BUTTONS,
                title="想了解什么?",
                fallback="",
                body="或直接输入问题",
                buttons=(Button("怎么报名", "faq_signup"), Button("找人工", "human")),
            ),
        ),
    ],
)
async def test_what_is_sent_is_what_the_page_shows(
    door: Kefu, platform: FakeKefu, name: str, part: Part
) -> None:
    platform.hears(WM, "在吗")
    receipt = await door.send(to(part), doubt_since=None)

    [body] = platform.called("kf/send_msg")
    assert body | {"msgid": ""} == asked(name) | {"msgid": ""}
    assert receipt.platform_id == body["msgid"] == msgid_of(to(part))
    assert len(body["msgid"]) == 32
    assert json.loads((SAMPLES / "api_kf_send_msg_ok.json").read_text("utf-8"))["errcode"] == 0


async def test_a_picture_and_a_link_bring_their_uploads(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗")
    await door.send(to(Image(data_url=PNG_URL), "k1"), doubt_since=None)
    for key in ("k2", "k3"):
        await door.send(to(Link("报名", PAGE), key), doubt_since=None)
    platform.forget_media()
    await door.send(to(Link("报名", PAGE), "k4"), doubt_since=None)

    assert [one.kind for one in platform.delivered] == ["image", "link", "link", "link"]
    assert len(platform.called("media/upload")) == 3


@pytest.mark.parametrize(
    ("card", "kind"),
    [(replace(BUTTONS, questions=()), "msgmenu"), (VOTE, "text"), (MULTIPLE, "text")],
)
async def test_a_card_is_a_menu_when_one_press_answers_it(
    door: Kefu, platform: FakeKefu, card: Card, kind: str
) -> None:
    platform.hears(WM, "在吗")
    await door.send(to(card), doubt_since=None)

    assert [one.kind for one in platform.delivered] == [kind]


async def test_a_press_on_a_vote_says_what_was_chosen(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗")
    one = replace(VOTE, questions=(replace(VOTE.questions[0], many=False),))
    await door.send(to(one), doubt_since=None)

    [sent] = platform.delivered
    idents = [entry["click"]["id"] for entry in sent.body["msgmenu"]["list"]]
    assert [read_press(ident) for ident in idents] == [
        Tap("submit_poll", VOTE.id, ("opt_a",)),
        Tap("submit_poll", VOTE.id, ("opt_b",)),
    ]


async def test_eleven_entries_are_told_in_words(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗")
    buttons = tuple(Button(f"{number}", f"b{number}") for number in range(11))
    await door.send(to(replace(BUTTONS, questions=(), buttons=buttons)), doubt_since=None)

    assert platform.delivered[0].words == BUTTONS.fallback


async def test_a_lost_answer_is_sent_again_under_the_same_id(
    door: Kefu, platform: FakeKefu
) -> None:
    platform.hears(WM, "在吗")
    platform.faults["kf/send_msg"].append(Fault(drop=True, taken=True))
    with pytest.raises(Ambiguous):
        await door.send(to(Text("早安")), doubt_since=None)
    receipt = await door.send(to(Text("早安")), doubt_since=NOON)

    assert len(platform.delivered) == 1
    assert receipt.note == "an earlier try had arrived"


async def test_an_id_used_by_somebody_else_is_no_receipt(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗")
    platform.msgids.add(msgid_of(to(Text("早安"))))

    with pytest.raises(Undeliverable, match="95033"):
        await door.send(to(Text("早安")), doubt_since=None)


@pytest.mark.parametrize("state", [2, 3, 4])
async def test_while_the_session_is_not_ours_the_answer_is_dropped(
    door: Kefu, platform: FakeKefu, state: int
) -> None:
    platform.hears(WM, "在吗")
    platform.sessions[WK, WM].state = state

    with pytest.raises(Undeliverable, match=f"95018, .*session state {state}: ") as caught:
        await door.send(to(Text("早安")), doubt_since=None)
    assert caught.value.quiet


@pytest.mark.parametrize("code", [95013, 95016, 95018])
async def test_a_session_that_is_ours_after_all_gets_another_try(
    door: Kefu, platform: FakeKefu, code: int
) -> None:
    platform.hears(WM, "在吗")
    platform.faults["kf/send_msg"].append(Fault(errcode=code))

    with pytest.raises(RetryLater):
        await door.send(to(Text("早安")), doubt_since=None)
    await door.send(to(Text("早安")), doubt_since=None)


@pytest.mark.parametrize("code", [95000, 95001, 95002, 95014, 95017, 95019, 95031])
async def test_other_refusals_end_one_message_only(
    door: Kefu, platform: FakeKefu, code: int
) -> None:
    platform.hears(WM, "在吗")
    platform.faults["kf/send_msg"].append(Fault(errcode=code))

    with pytest.raises(Undeliverable) as caught:
        await door.send(to(Text("早安")), doubt_since=None)
    assert not caught.value.channel_off


async def test_the_account_that_was_written_to_answers(door: Kefu, platform: FakeKefu) -> None:
    platform.hears(WM, "在吗", WK2)
    await door.send(to(Text("在"), via=WK2), doubt_since=None)

    assert platform.called("kf/send_msg")[0]["open_kfid"] == WK2
    assert door.lane(to(Text("在"), via=WK2)) == f"{WK2}:{WM}"
    assert door.lane(to(Text("在"))) == f"{WK}:{WM}"


async def test_a_welcome_leaves_with_its_code(
    door: Kefu, platform: FakeKefu, clock: TurnedClock
) -> None:
    code = platform.enters(WM)
    ticket = Ticket(code, clock.now() + timedelta(seconds=20))
    await door.send(to(Text("欢迎咨询"), ticket=ticket), doubt_since=None)

    [body] = platform.called("kf/send_msg_on_event")
    sample = asked("req_kf_send_msg_on_event")
    assert body | {"code": "", "msgid": ""} == sample | {"code": "", "msgid": ""}
    with pytest.raises(Undeliverable, match="95007") as caught:
        await door.send(to(Text("再次欢迎"), "k2", ticket=ticket), doubt_since=None)
    assert caught.value.quiet


async def test_a_welcome_that_comes_too_late_is_not_tried(
    door: Kefu, platform: FakeKefu, clock: TurnedClock
) -> None:
    ticket = Ticket(platform.enters(WM), clock.now() + timedelta(seconds=20))
    clock.tick(seconds=20)

    with pytest.raises(Undeliverable, match="too late") as caught:
        await door.send(to(Text("欢迎咨询"), ticket=ticket), doubt_since=None)
    assert caught.value.quiet
    assert platform.called("kf/send_msg_on_event") == []


async def test_a_group_is_never_written_to(door: Kefu) -> None:
    with pytest.raises(Undeliverable):
        await door.send(to(Text("早安"), to_group=True), doubt_since=None)


async def test_the_state_is_read_as_the_page_shows(door: Kefu, platform: FakeKefu) -> None:
    sample = (SAMPLES / "api_kf_service_state.json").read_bytes()
    platform.hears(WM, "在吗")
    platform.faults["kf/send_msg"].append(Fault(errcode=95018))
    platform.faults["kf/service_state/get"].append(Fault(raw=sample))

    with pytest.raises(Undeliverable, match="state 3: a human has the session"):
        await door.send(to(Text("早安")), doubt_since=None)

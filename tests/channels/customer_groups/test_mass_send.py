"""Tasks for owners: made, found, watched, reminded of and stopped as the platform wants it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.kernel.abilities import (
    Arrival,
    Audience,
    Confirmation,
    MassSend,
    MassSendReady,
    MassSendTasks,
    SendQuota,
    SendResult,
)
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater, Undeliverable
from bot.kernel.messages import Image, Link
from tests.kit.customers import customer_groups
from tests.kit.mass_send import FakeMassSend
from tests.kit.platforms import Fault
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import PNG_URL

SAMPLES = Path(__file__).parent / "samples"
CALL = "externalcontact/add_msg_template"
MANY = tuple(f"wr{number:06}" for number in range(2000))


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return found


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeMassSend]:
    async with FakeMassSend(now=lambda: clock.now().timestamp()) as opened:
        yield opened


@pytest.fixture
async def door(
    platform: FakeMassSend, clock: TurnedClock, tmp_path: Path
) -> AsyncIterator[CustomerGroups]:
    opened = customer_groups(platform, clock, tmp_path, quota=SendQuota.ONE_PER_DAY)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
def tasks(door: CustomerGroups) -> MassSendTasks:
    return door.abilities[MassSendTasks]  # type: ignore[return-value]  # kept by its Protocol


async def make(tasks: MassSendTasks, *groups: str, text: str = "早安") -> str:
    ready = await tasks.prepare(MassSend("lihua", text, groups=groups or ("wr1",)))
    return (await tasks.create(ready)).id


# ── making ──────────────────────────────────────────────────────────────────────────────────


async def test_a_task_for_groups_is_the_platforms_own_example(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    link = Link(
        "报名页", "https://example.invalid/hike", "名额 30", "https://example.invalid/h.jpg"
    )
    wanted = MassSend(
        "lihua", "周六徒步开始报名", (link,), groups=("wrInventedCustomerGroup000000001",)
    )
    made = await tasks.create(await tasks.prepare(wanted))

    assert platform.called("add_msg_template") == [sample("req_add_msg_template_group")["_body"]]
    assert made.id in platform.tasks


async def test_a_task_for_customers_is_the_platforms_own_example(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    example = sample("req_add_msg_template_single")["_body"]
    wanted = MassSend(
        "lihua",
        "您关注的活动明天开始",
        (Image(data_url=PNG_URL),),
        customers=tuple(example["external_userid"]),
    )
    await tasks.create(await tasks.prepare(wanted))

    (body,) = platform.called("add_msg_template")
    example["attachments"][0]["image"]["media_id"] = body["attachments"][0]["image"]["media_id"]
    assert body == example


async def test_whom_it_does_not_reach_is_in_the_answer(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    answer = json.dumps(sample("api_add_msg_template_ok")).encode()
    platform.faults[CALL].append(Fault(raw=answer))
    made = await tasks.create(MassSendReady({}))

    assert made.id == "msgGCAAAX_INVENTED"
    assert made.unreachable == ("wmInventedExternalUser0000000002",)


@pytest.mark.parametrize(
    "wanted",
    [
        MassSend("lihua", "早安"),
        MassSend("", "早安", groups=("wr1",)),
        MassSend("lihua", " ", groups=("wr1",)),
        MassSend("lihua", "早安", groups=("wr1",), customers=("wm1",)),
        MassSend("lihua", "早安", groups=(*MANY, "wr2000")),
        MassSend("lihua", "早安", (Link("", "https://example.invalid"),) * 10, ("wr1",)),
        MassSend("lihua", "早安", (Link("x", "javascript:alert(1)"),), ("wr1",)),
        MassSend("lihua", "早安", (Image(path="../secret.png"),), ("wr1",)),
    ],
    ids=["nobody", "no owner", "no words", "both", "2001", "ten", "no address", "path"],
)
async def test_what_the_platform_would_refuse_is_not_asked_for(
    tasks: MassSendTasks, platform: FakeMassSend, wanted: MassSend
) -> None:
    with pytest.raises(Undeliverable):
        await tasks.prepare(wanted)
    assert platform.called("add_msg_template") == []


async def test_words_that_are_too_long_are_cut(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    link = Link("题" * 99, "https://example.invalid", "说" * 999)
    await tasks.create(await tasks.prepare(MassSend("lihua", "好" * 9999, (link,), MANY)))

    assert platform.refused == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(drop=True), Ambiguous),
        (Fault(status=502, raw=b"<html>"), Ambiguous),
        (Fault(raw=b"half"), Ambiguous),
        (Fault(errcode=-1), RetryLater),
        (Fault(raw=b'{"errcode": 0}'), RetryLater),
    ],
)
async def test_an_answer_that_says_nothing_leaves_in_doubt(
    tasks: MassSendTasks, platform: FakeMassSend, fault: Fault, error: type[PlatformError]
) -> None:
    platform.faults[CALL].append(fault)
    with pytest.raises(error) as caught:
        await make(tasks)

    assert isinstance(caught.value, Ambiguous) or getattr(caught.value, "doubtful", False)


@pytest.mark.parametrize("code", [45009, 45033, 45035])
async def test_a_limit_leaves_no_doubt(
    tasks: MassSendTasks, platform: FakeMassSend, code: int
) -> None:
    platform.faults[CALL].append(Fault(errcode=code))
    with pytest.raises(RetryLater) as caught:
        await make(tasks)

    assert not caught.value.doubtful


async def test_a_token_that_ran_out_is_renewed(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    await make(tasks)
    platform.withdraw_tokens()
    await make(tasks)

    assert len(platform.tasks) == 2


async def test_a_media_id_that_is_gone_is_worth_another_try(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    wanted = MassSend("lihua", "", (Image(data_url=PNG_URL),), ("wr1",))
    ready = await tasks.prepare(wanted)
    platform.forget_media()
    with pytest.raises(RetryLater) as caught:
        await tasks.create(ready)
    await tasks.create(await tasks.prepare(wanted))

    assert not caught.value.doubtful
    assert len(platform.called("media/upload")) == 2


# ── finding ─────────────────────────────────────────────────────────────────────────────────


async def test_what_was_made_is_found_by_its_time_in_pages(
    tasks: MassSendTasks, platform: FakeMassSend, clock: TurnedClock
) -> None:
    await make(tasks, text="too early")
    clock.tick(hours=1)
    platform.page = 2
    ids = [await make(tasks, text=f"第 {number} 条") for number in range(5)]
    platform.makes_herself("lihua", ["wr1"], "自己发的")
    found = await tasks.find(NOON + timedelta(minutes=30), clock.now(), Audience.GROUPS)

    assert [one.id for one in found][:5] == ids
    assert found[0].text == "第 0 条"
    assert found[0].at == NOON + timedelta(hours=1)
    assert [one.creator for one in found] == [""] * 5 + ["lihua"]
    assert all("creator" not in call for call in platform.called("get_groupmsg_list_v2"))


async def test_a_list_that_never_ends_is_given_up(
    tasks: MassSendTasks, platform: FakeMassSend, clock: TurnedClock
) -> None:
    page = b'{"errcode": 0, "group_msg_list": [], "next_cursor": "same"}'
    platform.faults["externalcontact/get_groupmsg_list_v2"].extend([Fault(raw=page)] * 5)

    assert await tasks.find(NOON, clock.now(), Audience.GROUPS) == []
    assert len(platform.faults["externalcontact/get_groupmsg_list_v2"]) == 3


# ── watching ────────────────────────────────────────────────────────────────────────────────


async def test_owners_confirm_when_they_wake_up(
    tasks: MassSendTasks, platform: FakeMassSend, clock: TurnedClock
) -> None:
    task = await make(tasks, "wr1", "wr2")
    assert await tasks.confirmations(task) == [Confirmation("lihua")]
    assert await tasks.results(task, "lihua") == []

    platform.confirm(platform.tasks[task], only=1)
    assert await tasks.confirmations(task) == [Confirmation("lihua", True, clock.now())]  # noqa: FBT003 - a record
    assert await tasks.results(task, "lihua") == [SendResult("wr1", Arrival.SENT, clock.now())]


async def test_the_platforms_example_of_results_is_understood(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    answer = json.dumps(sample("api_get_groupmsg_send_result")).encode()
    platform.faults["externalcontact/get_groupmsg_send_result"].append(Fault(raw=answer))

    assert await tasks.results("msg1", "lihua") == [
        SendResult(
            "wmInventedExternalUser0000000001",
            Arrival.SENT,
            datetime.fromtimestamp(1_782_000_000, UTC),
        ),
        SendResult("wmInventedExternalUser0000000002", Arrival.HAD_OTHERS),
    ]


@pytest.mark.parametrize(
    "entries",
    [
        "[null, 7, []]",
        "{}",
        "null",
        '[{"status": "1"}, {"chat_id": 5, "status": true, "send_time": "soon"}]',
        '[{"chat_id": "wr1", "status": 99, "send_time": 1e99}]',
    ],
)
async def test_answers_of_another_shape_harm_nobody(
    tasks: MassSendTasks, platform: FakeMassSend, entries: str
) -> None:
    for call, name in (
        ("get_groupmsg_send_result", "send_list"),
        ("get_groupmsg_task", "task_list"),
        ("get_groupmsg_list_v2", "group_msg_list"),
    ):
        answer = f'{{"errcode": 0, "{name}": {entries}}}'
        platform.faults[f"externalcontact/{call}"].append(Fault(raw=answer.encode()))

    results = await tasks.results("msg1", "lihua")
    assert all(one.at is None for one in results)
    assert await tasks.find(NOON, NOON, Audience.GROUPS) == []
    await tasks.confirmations("msg1")


async def test_a_task_that_is_handed_out_still_is_asked_about_later(
    tasks: MassSendTasks, platform: FakeMassSend
) -> None:
    task = await make(tasks)
    platform.dispatching = 1
    with pytest.raises(RetryLater) as caught:
        await tasks.results(task, "lihua")

    assert (caught.value.code, caught.value.scope) == (41063, PauseScope.MESSAGE)
    assert caught.value.after_s >= 60


async def test_three_reminders_a_day_are_taken(tasks: MassSendTasks, clock: TurnedClock) -> None:
    task = await make(tasks)

    assert [await tasks.remind(task) for _ in range(4)] == [True, True, True, False]
    clock.tick(hours=25)
    assert await tasks.remind(task)


async def test_cancelling_twice_does_no_harm(tasks: MassSendTasks, platform: FakeMassSend) -> None:
    task = await make(tasks)
    await tasks.cancel(task)
    await tasks.cancel(task)

    assert platform.tasks[task].cancelled
    with pytest.raises(Undeliverable):
        await tasks.cancel("msg of another corp")


def test_the_door_says_which_rule_the_administrator_chose(tasks: MassSendTasks) -> None:
    assert tasks.quota is SendQuota.ONE_PER_DAY
    assert tasks.most == {Audience.GROUPS: 2000, Audience.CUSTOMERS: 10_000}

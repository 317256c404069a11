"""Moments: asked for, made in the background, published by people."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kernel.abilities import Moment, MomentJob, MomentTasks
from bot.kernel.errors import Ambiguous, RetryLater, Undeliverable
from bot.kernel.messages import Image, Link
from tests.kit.customers import customer_groups
from tests.kit.mass_send import FakeMassSend
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import PNG_URL

SAMPLE = Path(__file__).parent / "samples" / "req_add_moment_task.json"
PICTURE = Image(data_url=PNG_URL)
HIKE = Link("报名页", "https://example.invalid/hike")


@pytest.fixture
async def platform() -> AsyncIterator[FakeMassSend]:
    async with FakeMassSend() as opened:
        yield opened


@pytest.fixture
async def moments(platform: FakeMassSend, tmp_path: Path) -> AsyncIterator[MomentTasks]:
    door = customer_groups(platform, TurnedClock(), tmp_path)
    await door.start()
    yield door.abilities[MomentTasks]  # type: ignore[misc]  # kept by its Protocol
    await door.stop()


async def test_a_moment_with_a_link_is_the_platforms_own_example(
    moments: MomentTasks, platform: FakeMassSend
) -> None:
    example = json.loads(SAMPLE.read_text("utf-8"))["_body"]
    wanted = Moment(
        "周六徒步",
        link=HIKE,
        link_cover=PICTURE,
        senders=("lihua",),
        customer_tags=("etInventedTag000000000000000001",),
    )
    await moments.create(await moments.prepare(wanted))

    (body,) = platform.called("add_moment_task")
    uploaded = body["attachments"][0]["link"]["media_id"]
    example["attachments"][0]["link"]["media_id"] = uploaded
    assert body == example
    assert platform.called("media/upload_attachment") == [{"type": "image", "name": "picture.png"}]


async def test_a_moment_is_published_by_people_one_after_the_other(
    moments: MomentTasks, platform: FakeMassSend
) -> None:
    platform.users = {"lihua", "lisi"}
    platform.dispatching, platform.page = 1, 1
    wanted = Moment("周六徒步", (PICTURE,) * 9, senders=("lihua", "lisi", "gone"))
    job = await moments.create(await moments.prepare(wanted))
    assert await moments.made(job) == MomentJob(done=False)
    made = await moments.made(job)
    assert made.done
    assert made.invalid_senders == ("gone",)

    platform.publish(platform.moments[job], "lisi")
    asked = await moments.confirmations(made.moment)
    assert [(one.sender, one.confirmed) for one in asked] == [
        ("lihua", False),
        ("lisi", True),
        ("gone", False),
    ]
    await moments.cancel(made.moment)
    assert platform.moments[job].cancelled


@pytest.mark.parametrize(
    "wanted",
    [
        Moment(),
        Moment("早", (PICTURE,) * 10),
        Moment("早", (PICTURE,), HIKE, PICTURE),
        Moment("早", link=HIKE),
    ],
    ids=["nothing", "ten", "both", "no cover"],
)
async def test_what_the_platform_would_refuse_is_not_asked_for(
    moments: MomentTasks, wanted: Moment
) -> None:
    with pytest.raises(Undeliverable):
        await moments.prepare(wanted)


async def test_long_words_are_cut(moments: MomentTasks, platform: FakeMassSend) -> None:
    for words in ("好" * 3000, "a" * 3000):
        await moments.create(await moments.prepare(Moment(words)))

    assert platform.refused == []


async def test_a_lost_answer_leaves_in_doubt(moments: MomentTasks, platform: FakeMassSend) -> None:
    platform.faults["externalcontact/add_moment_task"].append(Fault(drop=True, taken=True))
    ready = await moments.prepare(Moment("早"))
    with pytest.raises(Ambiguous):
        await moments.create(ready)


async def test_a_media_id_that_is_gone_is_worth_another_try(
    moments: MomentTasks, platform: FakeMassSend
) -> None:
    ready = await moments.prepare(Moment("早", (PICTURE,)))
    platform.forget_media()
    with pytest.raises(RetryLater):
        await moments.create(ready)
    assert await moments.create(await moments.prepare(Moment("早", (PICTURE,))))


async def test_a_job_that_failed_says_so(moments: MomentTasks, platform: FakeMassSend) -> None:
    answer = b'{"errcode": 0, "status": 3, "result": {"errcode": 60011, "errmsg": "no"}}'
    platform.faults["externalcontact/get_moment_task_result"].append(Fault(raw=answer))
    with pytest.raises(Undeliverable, match="60011"):
        await moments.made("job")

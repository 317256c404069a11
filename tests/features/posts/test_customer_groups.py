"""A schedule for a customer group: its owner confirms, and the page tells how it stands."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.features import posts
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import Group, Groups
from bot.kernel.work import Statement
from tests.features.posts.conftest import MORNING, PostHouse
from tests.features.posts.test_console import page
from tests.kit.desk import Desk
from tests.kit.house import CAPABILITY, PHONE

SLOW = ChannelName("slow")
CONFIRMED = Capability(
    chats=(Chat.CUSTOMER_GROUP,), source="", needs_human_confirm=True, images=True
)


@pytest.fixture
async def mixed(tmp_path: Path, desk: Desk) -> AsyncIterator[PostHouse]:
    """Offer a house with one group of each kind."""
    desk.post("posts/a.md", "早安 a", 'media = ["a.png"]\n')
    desk.write("media/a.png", "png")
    async with PostHouse(tmp_path, desk) as house:
        house.tools.add(Doors, Doors({PHONE: CAPABILITY, SLOW: CONFIRMED}))
        groups = [
            Group(GroupId("vip-1"), "群 vip-1", SLOW, "wr1", "zhangsan"),
            Group(GroupId("vip-2"), "群 vip-2", PHONE, "vip-2"),
        ]
        house.tools.add(Groups, Groups.of(groups))
        await house.tick()
        await house.tick(MORNING)
        yield house


async def test_one_post_is_one_draft_and_two_messages(mixed: PostHouse) -> None:
    assert mixed.seen("vip-2") == ["早安 a", "a.png"]
    assert await mixed.ask("SELECT key, owner, chat, status, why FROM mass_targets") == [
        (
            "post:morning:vip-1:2026-08-24T00:30:00+00:00",
            "zhangsan",
            "wr1",
            "drafted",
            "schedule:morning",
        )
    ]


async def test_planning_again_drafts_nothing_more(mixed: PostHouse) -> None:
    for seconds in (1, 30, 60):
        await mixed.tick(MORNING + timedelta(seconds=seconds))

    assert len(await mixed.ask("SELECT 1 FROM mass_targets")) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("drafted", "等群主确认"),
        ("created", "等群主确认"),
        ("confirmed", "排队中"),
        ("delivered", "已送出"),
        ("expired", "没发出去"),
        ("over_quota", "没发出去"),
        ("cancelled", "已忽略"),
    ],
)
async def test_the_page_of_posts_tells_how_it_stands(
    mixed: PostHouse, status: str, words: str
) -> None:
    moved = Statement(f"UPDATE mass_targets SET status = '{status}'")
    await mixed.house.writer.do(lambda uow: uow.run(moved))
    shown = (await page(mixed)).partition("最近的推送")[2]

    row = shown.partition("群 vip-1")[2].partition("</tr>")[0]
    assert words in row
    assert '<a href="/console/mass-send">看群发</a>' in row
    assert "看群发" not in shown.partition("群 vip-2")[2].partition("</tr>")[0]


def test_posts_know_no_channel() -> None:
    folder = Path(posts.__file__).parent
    source = "".join(file.read_text("utf-8") for file in folder.rglob("*.py"))

    assert "customer_groups" not in source

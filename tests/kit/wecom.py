"""Builders for the WeCom doors and for what goes through them."""

from base64 import b64encode
from pathlib import Path

from bot.channels.wecom import GroupRobot, WecomApp
from bot.kernel.clock import Clock
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Button,
    Card,
    CardKind,
    CardUpdate,
    Choice,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Question,
    Recall,
    Text,
)
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture, nearly"
PNG_URL = f"data:image/png;base64,{b64encode(PNG).decode()}"
PAGE = "https://example.invalid/hike"


def wecom_app(
    platform: FakeWecom,
    clock: Clock,
    media_root: Path,
    *,
    timeout_s: float = 2.0,
    received: FileStore | None = None,
    console_host: str = "",
) -> WecomApp:
    """Return an app whose platform is `platform`; not started."""
    return WecomApp(
        api_base=platform.url,
        corp_id=CORP,
        agent_id=AGENT,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        media_root=media_root,
        clock=clock,
        timeout_s=timeout_s,
        received=received,
        console_host=console_host,
    )


def group_robot(platform: FakeWecom, media_root: Path, *, timeout_s: float = 2.0) -> GroupRobot:
    """Return the robot `staff` of `platform`; not started."""
    return GroupRobot(
        name=ChannelName("group_robot.staff"),
        webhook_url=platform.webhook_url,
        media_root=media_root,
        timeout_s=timeout_s,
    )


def to_lihua(part: Part, key: str = "k1") -> Outgoing:
    """Return a message to one member."""
    return Outgoing(ChannelName("wecom_app"), "lihua", part, key)


VOTE = Card(
    id="poll_20260701_01",
    shape=CardKind.VOTE,
    title="周末活动投票",
    description="周五 18:00 截止",
    fallback="周末活动投票：1 徒步 2 桌游。回复「投票 1」。",
    questions=(Question("poll_q1", (Choice("opt_a", "徒步"), Choice("opt_b", "桌游")), many=True),),
    submit=Button("提交", "submit_poll"),
)
BUTTONS = Card(
    id="task_approve_42",
    shape=CardKind.BUTTONS,
    title="入群申请",
    description="小明 申请加入徒步群",
    fallback="小明申请加入徒步群。",
    buttons=(Button("同意", "approve_42"), Button("拒绝", "reject_42", style=2)),
    questions=(
        Question("dept", (Choice("ops", "运营", checked=True), Choice("mkt", "市场")), "归属"),
    ),
)
MULTIPLE = Card(
    id="form_20260701_01",
    shape=CardKind.MULTIPLE,
    title="活动安排",
    description="请选择",
    fallback="活动安排：请回复时间和地点。",
    questions=(
        Question("q_time", (Choice("sat", "周六", checked=True), Choice("sun", "周日")), "时间"),
        Question("q_place", (Choice("park", "公园"), Choice("hill", "登山")), "地点"),
    ),
    submit=Button("提交", "submit_form"),
)
TEXT_NOTICE = Card(
    id="notice_20260701_01",
    shape=CardKind.TEXT_NOTICE,
    title="周六徒步",
    description="名额剩余 3",
    source="社群小助手",
    emphasis="27/30",
    body="请带水和帽子",
    facts=(("集合", "测试塔 8:00"),),
    buttons=(Button("报名页", url=PAGE), Button("不再提醒", "mute_topic")),
    url=PAGE,
    fallback="周六徒步，名额剩余 3。",
)
NEWS_NOTICE = Card(
    id="news_20260701_01",
    shape=CardKind.NEWS_NOTICE,
    title="活动回顾",
    source="社群小助手",
    body="全程 12 公里",
    url=PAGE,
    image_url="https://example.invalid/r.jpg",
    fallback="活动回顾：全程 12 公里。",
)
CARDS = (TEXT_NOTICE, NEWS_NOTICE, BUTTONS, VOTE, MULTIPLE)
PARTS: tuple[Part, ...] = (
    Text("周六 8:00 集合"),
    Markdown("**活动提醒**", "活动提醒"),
    Image(data_url=PNG_URL),
    File("price.pdf", alt="价目表"),
    Link("报名成功", PAGE, "周六 8:00 测试塔"),
    Link("活动回顾", PAGE, image_url="https://example.invalid/r.jpg"),
    News((Link("活动回顾", PAGE), Link("下周预告", PAGE, "去湖边"))),
    *CARDS,
    CardUpdate("a-handle", "已提交"),
    Recall("msg-1"),
)

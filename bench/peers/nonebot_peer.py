"""nonebot2 with its official-account adapter and its ORM plugin: a check-in with points.

The adapter knows plain callbacks only, so that it neither decrypts nor encrypts anything.
"""

import os
from datetime import UTC, date, datetime, timedelta

import nonebot

nonebot.init(
    driver="~fastapi+~aiohttp",
    host="127.0.0.1",
    port=int(os.environ["PORT"]),
    log_level="INFO",
    sqlalchemy_database_url=f"sqlite+aiosqlite:///{os.environ['FOLDER']}/nonebot.sqlite3",
    alembic_startup_check=False,
    wxmp_bots=[{"appid": "bench", "token": os.environ["TOKEN"], "secret": "s", "type": "official"}],
)
nonebot.load_plugin("nonebot_plugin_orm")

from nonebot import on_fullmatch
from nonebot.adapters.wxmp import Adapter
from nonebot.matcher import Matcher
from nonebot_plugin_orm import Model, async_scoped_session, get_session
from sqlalchemy.orm import Mapped, mapped_column

driver = nonebot.get_driver()
driver.register_adapter(Adapter)


class Presence(Model):
    """A member's check-ins."""

    user: Mapped[str] = mapped_column(primary_key=True)
    last_day: Mapped[date]
    streak: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(default=0)


@driver.on_startup
async def make_tables():
    async with get_session() as session:
        connection = await session.connection()
        await connection.run_sync(Presence.metadata.create_all)
        await session.commit()


check_in = on_fullmatch("打卡")


@check_in.handle()
async def handle(matcher: Matcher, event: nonebot.adapters.Event, session: async_scoped_session):
    user, today = event.get_user_id(), datetime.fromtimestamp(event.timestamp, UTC).date()
    row = await session.get(Presence, user)
    if row is None:
        row = Presence(user=user, last_day=today, streak=1, points=5)
        session.add(row)
    elif row.last_day != today:
        row.streak = row.streak + 1 if row.last_day == today - timedelta(days=1) else 1
        row.last_day, row.points = today, row.points + 5
    words = f"打卡成功！已连续 {row.streak} 天，积分 {row.points}。"
    await session.commit()
    await matcher.finish(words)


nonebot.run()

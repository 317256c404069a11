"""Deleted is deleted: on the disk too, not only in the tables."""

from pathlib import Path

from bot import app as roof
from bot.features.privacy.rules import PrivacySettings
from tests.kit.house import HouseUnderTest

SECRET = "我最怕别人知道的一句话"


async def test_no_file_keeps_the_words_of_who_was_deleted(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, roof.FEATURES) as house:
        house.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        house.tools.add(type(roof.PERSONAL), roof.PERSONAL)
        await house.hears("wangjie-x9", SECRET)
        await house.hears("wangjie-x9", "打卡")
        await house.hears("wangjie-x9", "删除我的数据")
        await house.hears("wangjie-x9", "确认删除")
        await house.hears("amei", "打卡")

        assert SECRET.encode() not in on_disk(tmp_path)
        assert b"wangjie-x9" not in on_disk(tmp_path)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("bot.sqlite3*"))

"""The simulator's pictures go the same way as every platform's."""

import base64
from pathlib import Path

from bot.channels.simulator import Simulator
from bot.channels.simulator.intake import read_said
from bot.commons import media as kept
from bot.commons.media import DiskStore
from bot.features import media
from bot.features.media.rules import MediaSettings
from bot.kernel.clock import ShiftedClock
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media
from tests.features.media.test_fetching import digest
from tests.kit.house import HouseUnderTest
from tests.kit.media import ZIP, png
from tests.kit.rooms import TurnedClock


def data_url(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


async def test_pictures_of_the_simulator_are_kept_in_the_same_store(tmp_path: Path) -> None:
    clock = ShiftedClock(TurnedClock())
    built = HouseUnderTest(tmp_path, [media.feature])
    built.tools.add(FileStore, DiskStore(tmp_path / "media"))
    built.tools.add(MediaSettings, MediaSettings())
    simulator = Simulator(
        built.house.writer, clock, [], community="拾光衣橱", timezone="Asia/Shanghai"
    )
    built.house.open_doors([built.phone, simulator])
    async with built:
        pictures = [data_url(png(3, 2)), data_url(png() + ZIP)]
        body = {"member": "amei", "text": "看看", "key": "s1", "images": pictures}
        await simulator.hear(read_said(body, simulator.zone), built.house.inbox.accept)
        gone = built.update(
            "amei", "", channel=simulator.name, media=(Media("simulator:image:99"), Media("m"))
        )
        await built.house.inbox.accept([gone])
        await built.house.engine.settle()

        refs = await built.house.writer.look(kept.recent)
        mine = await built.house.writer.look(
            lambda uow: kept.of_update(uow, ChannelName("simulator"), "s1")
        )

    assert [(ref.status, ref.reason) for ref in refs] == [
        ("gone", "gone"),
        ("gone", "gone"),
        ("refused", "archive"),
        ("kept", ""),
    ]
    assert [ref.file and ref.file.digest for ref in mine] == [digest(png(3, 2)), None]
    with DiskStore(tmp_path / "media").open(digest(png(3, 2))) as file:
        assert file.read() == png(3, 2)

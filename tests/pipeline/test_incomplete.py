"""What says less than its kind should is kept as it came, and the log names it once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from structlog.testing import capture_logs

from bot.kernel.feature import Feature
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, UpdateKind
from bot.kernel.router import Router
from tests.kit.house import HouseUnderTest

LOADED = (UpdateKind.IMAGE, UpdateKind.VOICE, UpdateKind.VIDEO, UpdateKind.FILE)
PICTURE = (Media("ref"),)
SPARSE = ChannelName("sparse")
"""A channel of this test alone: what was said once is not said again."""


async def test_what_is_missing_is_logged_once_for_each_kind(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", Router())]) as house:
        whole = replace(house.update("amei", "闲聊"), channel=SPARSE)
        wordless = replace(whole, text="")
        updates = [
            replace(whole, key="words"),
            replace(wordless, key="words of pictures only", media=PICTURE),
            replace(wordless, key="a picture", kind=UpdateKind.IMAGE, media=PICTURE),
            replace(wordless, key="an event", kind=UpdateKind.EVENT, event="aurora", sender=None),
            *(replace(wordless, key=f"no words {number}") for number in range(3)),
            replace(whole, key="nobody", sender=None),
            replace(whole, key="no time", at=datetime.fromtimestamp(0, UTC)),
            *(replace(wordless, key=f"no {kind}", kind=kind) for kind in LOADED),
        ]
        with capture_logs() as logs:
            await house.house.inbox.accept(updates)
            await house.house.inbox.accept(updates)

        found = [line for line in logs if line["event"] == "inbox.incomplete"]
        assert [(line["kind"], line["missing"]) for line in found] == [
            *(("text", missing) for missing in ("text", "sender", "time")),
            *((kind, "media") for kind in LOADED),
        ]
        assert "amei" not in str(found)
        assert await house.ask("SELECT count(*) FROM inbox") == [(len(updates),)]

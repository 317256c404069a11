"""The door of customer groups: events come in, proved like every other callback."""

from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.kernel.errors import BadCallback
from bot.kernel.messages import UpdateKind
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.platforms import CORP, SECRET
from tests.kit.rooms import NOON, TurnedClock

JOINED = f"""<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>
<FromUserName><![CDATA[sys]]></FromUserName><CreateTime>{int(NOON.timestamp())}</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_chat]]></Event>
<ChatId><![CDATA[wrInvented]]></ChatId><ChangeType><![CDATA[create]]></ChangeType></xml>"""


@pytest.fixture
def door(tmp_path: Path) -> CustomerGroups:
    return CustomerGroups(
        api_base="http://127.0.0.1:9",
        corp_id=CORP,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        clock=TurnedClock(),
        media_root=tmp_path,
    )


async def test_an_event_comes_in_with_all_it_says(door: CustomerGroups) -> None:
    (update,) = (await door.receive(Mail().post(JOINED, NOON.timestamp()))).updates

    assert (update.kind, update.event) == (UpdateKind.EVENT, "group_created")
    assert (update.sender, update.group) == (None, "wrInvented")


async def test_what_proves_nothing_stays_outside(door: CustomerGroups) -> None:
    with pytest.raises(BadCallback):
        await door.receive(Mail(token="guessed").post(JOINED, NOON.timestamp()))

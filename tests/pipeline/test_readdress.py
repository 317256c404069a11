"""What waits for a colleague goes to the userid that she has by then."""

from bot.commons.notices import Notices
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text
from bot.pipeline import outbox
from bot.pipeline.afterwards import Post
from bot.pipeline.alarm import Alarm
from bot.pipeline.render import Renderer
from tests.kit.rooms import Store

APP = ChannelName("wecom_app")


def _lane(message: Outgoing) -> str:
    return f"{message.channel}:{message.recipient.lower()}"


def test_what_is_queued_goes_to_her_new_userid_in_its_lane(store_on_both: Store) -> None:
    store = store_on_both
    mails = [Outgoing(APP, to, Text("记得回访"), f"k:{to}", "t") for to in ("LiSi", "wangwu")]
    store.do(lambda uow: outbox.put(uow, mails, _lane))

    assert store.do(lambda uow: Post().readdress(uow, APP, "lisi", "lisi2")) == 1
    assert store.do(lambda uow: Post().readdress(uow, APP, "lisi", "lisi2")) == 0
    alarm = Alarm(Notices(), Renderer({}))
    with store.unit() as uow:
        for lane, name in (("wecom_app:lisi2", "lisi2"), ("wecom_app:wangwu", "wangwu")):
            found = outbox.claim(
                uow, lane, APP, (), reserve_s=lambda: 0.0, drops_twins_s=60, alarm=alarm
            )
            assert isinstance(found, outbox.Claimed)
            assert found.outgoing.recipient == name

from bot.features import chatid
from tests.kit.rooms import Store
from tests.kit.talk import Talk


def test_a_group_is_told_its_number(store: Store) -> None:
    talk = Talk(store, [chatid.feature])

    [said] = talk.says("lihua", "群编号", group="wrInvented01")
    assert "simulator 的编号（chat_id）是：\nwrInvented01\n" in said


def test_alone_one_is_sent_to_the_group(store: Store) -> None:
    talk = Talk(store, [chatid.feature])

    assert talk.says("lihua", "chat_id") == ["请到要查的群里 @ 我，再发一次“群编号”。"]

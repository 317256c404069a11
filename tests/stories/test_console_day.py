"""A day at the console for colleagues who sign in by WeCom, on the whole bot."""

from pathlib import Path

from tests.kit.mail import Mail
from tests.kit.oauth import Person
from tests.kit.platforms import CORP
from tests.kit.street import Town, open_town
from tests.kit.visits import DESKTOP, WECOM, phone

_CONSOLE = """
[console]
wecom_login = true
password_login = false
[[console.roles]]
role = "supervisor"
userids = ["ZhangSan"]
"""
_CONTACTS = (
    "<xml><ToUserName>{corp}</ToUserName><FromUserName>sys</FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType>event</MsgType><Event>change_contact</Event>"
    "<ChangeType>{change}</ChangeType><UserID>{userid}</UserID>{more}</xml>"
)
HOME, PAGE = "/console/", "/console/colleagues"


async def tells(town: Town, change: str, userid: str, more: str = "") -> None:
    """Let the platform tell of a change of the contacts, by a true callback."""
    now = town.app.clock.now().timestamp()
    plain = _CONTACTS.format(corp=CORP, at=int(now), change=change, userid=userid, more=more)
    query, body = Mail().http(Mail().post(plain, now))
    address = f"http://127.0.0.1:{town.port}/callback/wecom_app?{query}"
    async with town.http.post(address, data=body) as answer:
        assert answer.status == 200
    await town.app.house.engine.settle()


async def test_a_supervisor_lets_a_colleague_in_who_is_renamed_and_leaves(tmp_path: Path) -> None:
    zhang, lisi = Person(userid="ZhangSan"), Person(userid="LiSi")
    async with (
        open_town(tmp_path, _CONSOLE) as town,
        phone(town.port, town.platform, zhang, agent=WECOM, area=HOME) as boss,
        phone(town.port, town.platform, lisi, agent=WECOM, area=HOME) as hers,
        phone(town.port, town.platform, Person(openid="o"), agent=DESKTOP, area=HOME) as stranger,
    ):
        assert "企业账号 lisi" in (await hers.open(HOME)).text
        page = await boss.open(PAGE)
        form = page.form("/console/colleagues/grant")
        told = await boss.send(form, {"userid": "LiSi", "role": "operator", "why": "新来的运营"})
        assert "lisi 现在是运营" in told.text

        assert "<h1>总览</h1>" in (await hers.open(HOME)).text
        own = (await hers.open(PAGE)).form("/console/colleagues/grant")
        refused = await hers.send(own, {"userid": "wang", "role": "operator", "why": "a"})
        assert "只有主管" in refused.text

        await tells(town, "update_user", "LiSi", "<NewUserID>LiSi2</NewUserID>")
        assert "wecom:lisi2" in (await hers.open("/console/account")).text
        await tells(town, "delete_user", "LiSi2")
        hers.person = Person(userid="LiSi2")
        assert "还没有控制台权限" in (await hers.open(HOME)).text

        offered = await stranger.open(HOME)
        assert "企业微信扫码登录" in offered.text
        assert 'name="password"' not in offered.text
        assert "已离开企业" in (await boss.open(PAGE)).text

        assert await town.ask("SELECT who, what, why FROM audit ORDER BY id") == [
            ("bot", "console.role", "zhangsan supervisor by userid:zhangsan"),
            ("wecom:zhangsan", "console.granted", "lisi operator: 新来的运营"),
            ("bot", "console.renamed", "lisi to lisi2"),
            ("bot", "console.ended", "lisi2: left"),
        ]

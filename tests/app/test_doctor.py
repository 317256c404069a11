"""The check-up of a configured house: every door against its platform, and our own addresses."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest
from aiohttp import web

from bot import app as roof
from bot.app.doctor import at_rest, checked, examine
from bot.app.knocking import knock, place
from bot.channels.wecom import checkup
from bot.channels.wecom.client import WecomApi
from bot.kernel.checkup import Finding, Knock, Level
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update
from bot.kernel.ports import Accepted, Receiver
from bot.storage import migrate
from bot.storage.db import Database
from bot.web.server import build, serve
from bot.web.webhooks import Webhooks
from tests.kit.aibot_ws import FakeSocket
from tests.kit.certificates import make_certificate
from tests.kit.doctor import Elsewhere, FakeOffice
from tests.kit.kefu import WK, WK2
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.mp import APP_ID, FakeMp
from tests.kit.mp import SECRET as MP_SECRET
from tests.kit.platforms import AGENT, CORP, SECRET, Fault
from tests.kit.rooms import TurnedClock

HIDDEN = {
    "SECRET": SECRET,
    "MP_SECRET": MP_SECRET,
    "TOKEN": TOKEN,
    "KEY": AES_KEY,
    "HOOK": "https://example.invalid/cgi-bin/webhook/send?key=hook-key-invented",
}
HEAD = """
[community]
name = "拾光衣橱"
[server]
public_url = "{public}"
[database]
url = "sqlite:///bot.sqlite3"
[paths]
content = "."
schedules = "."
"""
KEYS = 'secret = "env:SECRET"\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
APP = f'[channels.wecom_app]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\nagent_id = 1\n{KEYS}'
KEFU = f'[channels.kefu]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\nopen_kfids = ["{WK}"]\n{KEYS}'
GROUPS = (
    f'[channels.customer_groups]\napi_base = "{{base}}"\ncorp_id = "{CORP}"\n'
    f'group_owners = ["zhangsan"]\n{KEYS}'
)
MP = (
    f'[channels.mp]\napi_base = "{{base}}"\napp_id = "{APP_ID}"\n'
    'secret = "env:MP_SECRET"\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
)
AIBOT = '[channels.aibot]\ntoken = "env:TOKEN"\nencoding_aes_key = "env:KEY"\n'
CONNECTED = (
    '[channels.aibot]\nmode = "websocket"\nbot_id = "b"\nsecret = "env:SECRET"\nws_url = "{url}"\n'
)
ROBOT = '[channels.group_robot.staff]\nwebhook_url = "env:HOOK"\n'
NOBODY = "http://127.0.0.1:1"


@dataclass
class Clinic:
    """A house in a folder, and what the doctor finds in it."""

    folder: Path

    async def finds(
        self, *doors: str, base: str = NOBODY, public: str = NOBODY, within_s: float = 8
    ) -> dict[tuple[str, str], Finding]:
        """Return the worst finding of each check of each door."""
        text = HEAD.format(public=public) + "".join(door.format(base=base) for door in doors)
        path = self.folder / "config.toml"
        path.write_text(text, encoding="utf-8")
        config = roof.read_config(path, HIDDEN)
        found = await examine(config, roof.make_words(), within_s)
        shown = repr(found)
        assert not [secret for secret in HIDDEN.values() if secret in shown]
        order = list(Level)
        worst: dict[tuple[str, str], Finding] = {}
        for one in sorted(found, key=lambda one: order.index(one.finding.level)):
            worst[one.door, one.finding.check] = one.finding
        return worst


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


@pytest.fixture
async def office() -> AsyncIterator[FakeOffice]:
    async with FakeOffice() as platform:
        yield platform


def levels(found: dict[tuple[str, str], Finding], door: str) -> dict[str, str]:
    return {check: one.level.value for (whose, check), one in found.items() if whose == door}


async def test_doors_that_work_are_said_to_work(clinic: Clinic, office: FakeOffice) -> None:
    found = await clinic.finds(APP, KEFU, GROUPS, base=office.url)

    fine = {"token": "ok", "clock": "ok", "permission": "ok", "quota": "note"}
    unheard = {"callback": "problem"}
    assert levels(found, "wecom_app") == fine | unheard | {"agent": "note"}
    assert levels(found, "kefu") == fine | unheard | {"account": "ok"}
    assert levels(found, "customer_groups") == fine | unheard
    assert not office.refused, "nothing that was asked is refused"
    assert office.delivered == [], "nothing was sent"


@pytest.mark.parametrize(
    ("code", "check", "key"),
    [
        (40001, "token", "secret"),
        (40125, "token", "secret"),
        (41004, "token", "secret"),
        (40013, "token", "corp_id"),
        (50003, "token", ""),
        (60020, "trusted-ip", ""),
        (45009, "limit", ""),
        (48010, "tls", ""),
        (12345, "platform", ""),
    ],
    ids=str,
)
async def test_a_token_that_is_refused_names_what_to_mend(
    clinic: Clinic, office: FakeOffice, code: int, check: str, key: str
) -> None:
    office.faults["gettoken"].append(Fault(errcode=code))
    found = (await clinic.finds(APP, base=office.url))["wecom_app", check]

    assert found.level is (Level.WARNING if check == "limit" else Level.PROBLEM)
    assert str(code) in found.message
    assert found.key == key
    assert found.hint or check == "tls"
    assert not office.called("getcallbackip"), "who has no token asks nothing more"


@pytest.mark.parametrize(
    ("door", "call"),
    [
        (APP, "getcallbackip"),
        (KEFU, "kf/account/list"),
        (GROUPS, "externalcontact/groupchat/list"),
        (GROUPS, "externalcontact/get_follow_user_list"),
    ],
    ids=["app", "kefu", "groups", "owners"],
)
@pytest.mark.parametrize(
    ("code", "check", "level"),
    [
        (60020, "trusted-ip", Level.PROBLEM),
        (48001, "permission", Level.PROBLEM),
        (48002, "permission", Level.PROBLEM),
        (48007, "permission", Level.PROBLEM),
        (48006, "permission", Level.PROBLEM),
        (60011, "permission", Level.PROBLEM),
        (60030, "permission", Level.PROBLEM),
        (60031, "permission", Level.PROBLEM),
        (45033, "limit", Level.WARNING),
        (-1, "reach", Level.OUTSIDE),
    ],
    ids=str,
)
async def test_a_call_that_is_refused_is_a_finding_of_its_own(
    clinic: Clinic, office: FakeOffice, *, door: str, call: str, code: int, check: str, level: Level
) -> None:
    office.faults[call].append(Fault(errcode=code))
    found = await clinic.finds(door, base=office.url)

    [(name, one)] = [(d, f) for (d, c), f in found.items() if c == check and d != "house"]
    assert one.level is level
    assert call.rpartition("/")[2] in one.message
    assert levels(found, name)["token"] == "ok"


async def test_an_address_that_is_not_trusted_is_named(clinic: Clinic, office: FakeOffice) -> None:
    office.faults["getcallbackip"].append(Fault(errcode=60020))
    found = await clinic.finds(APP, base=office.url)

    assert "203.0.113.7" in found["wecom_app", "trusted-ip"].message


async def test_every_account_of_kefu_must_be_there_and_be_ours(
    clinic: Clinic, office: FakeOffice
) -> None:
    office.accounts = tuple(f"wkInvented{number}" for number in range(120))
    office.strangers = (WK2,)
    three = KEFU.replace(f'"{WK}"', f'"wkInvented119", "{WK2}", "wkGone"')
    found = await clinic.finds(three, base=office.url)

    assert found["kefu", "account"].level is Level.PROBLEM
    assert "there is no account wkGone" in found["kefu", "account"].message
    assert len(office.called("kf/account/list")) == 3, "two pages and an empty one"
    office.calls.clear()
    first = await clinic.finds(KEFU.replace(WK, "wkInvented7"), base=office.url)
    assert first["kefu", "account"].level is Level.OK
    assert len(office.called("kf/account/list")) == 1
    stranger = await clinic.finds(KEFU.replace(WK, WK2), base=office.url)
    assert "not given to this app" in stranger["kefu", "account"].message


async def test_an_owner_who_may_not_serve_customers_is_named(
    clinic: Clinic, office: FakeOffice
) -> None:
    assert ("customer_groups", "owner") not in await clinic.finds(GROUPS, base=office.url)

    office.servers = ("lisi",)
    found = await clinic.finds(GROUPS, base=office.url)

    assert "zhangsan" in found["customer_groups", "owner"].message
    assert office.called("externalcontact/groupchat/list")[-1] == {
        "status_filter": 0,
        "limit": 1,
        "owner_filter": {"userid_list": ["zhangsan"]},
    }


@pytest.mark.parametrize(
    "answer",
    [
        Elsewhere(),
        Elsewhere(status=302, headers={"Location": "https://login.invalid/"}),
        Elsewhere(status=502, body=b"<html>Bad Gateway</html>"),
        Elsewhere(body=b'{"errcode": 0'),
        Elsewhere(body=b'{"errcode": 0, "errmsg": "ok"}'),
        Elsewhere(body=b"[1, 2]"),
    ],
    ids=["html", "redirect", "gateway", "half a json", "no token", "a list"],
)
@pytest.mark.parametrize("door", [APP, MP], ids=["wecom", "mp"])
async def test_whoever_is_not_the_platform_is_an_outside_failure(
    clinic: Clinic, answer: Elsewhere, door: str
) -> None:
    async with answer:
        found = await clinic.finds(door, base=answer.url)

    [one] = [one for one in found.values() if one.level is Level.OUTSIDE]
    assert one.check == "reach"
    assert one.hint


async def test_a_platform_that_cannot_be_reached_is_an_outside_failure(clinic: Clinic) -> None:
    found = await clinic.finds(APP, KEFU, GROUPS, MP)

    for door in ("wecom_app", "kefu", "customer_groups", "mp"):
        assert levels(found, door) == {"reach": "outside", "callback": "problem"}


async def test_what_was_found_before_the_time_is_over_is_told(
    clinic: Clinic, office: FakeOffice
) -> None:
    office.faults["getcallbackip"].append(Fault(delay_s=5))
    began = perf_counter()
    found = await clinic.finds(APP, MP, base=office.url, within_s=0.5)

    assert perf_counter() - began < 3
    assert levels(found, "wecom_app") == {
        "token": "ok",
        "clock": "ok",
        "reach": "outside",
        "callback": "problem",
    }


async def test_a_platform_that_says_nothing_costs_its_own_time_only(clinic: Clinic) -> None:
    async with Elsewhere(delay_s=5) as silent:
        found = await clinic.finds(APP, ROBOT, base=silent.url, within_s=0.3)

    assert "within 0.3 s" in found["wecom_app", "reach"].message
    assert found["group_robot.staff", "form"].level is Level.OK


async def test_a_connected_bot_is_asked_without_being_thrown_out(clinic: Clinic) -> None:
    async with FakeSocket() as platform:
        found = await clinic.finds(CONNECTED.format(url=platform.ws_url))
    gone = await clinic.finds(CONNECTED.format(url="ws://127.0.0.1:1"))

    assert found["aibot", "reach"].level is Level.OK
    assert platform.subscribed == 0
    assert gone["aibot", "reach"].level is Level.OUTSIDE


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("kf/account/list", b'{"errcode": 0, "account_list": {"a": 1}}'),
        ("kf/account/list", b'{"errcode": 0, "account_list": [1, null, {"open_kfid": [2]}]}'),
        ("kf/account/list", b'{"errcode": "0"}'),
        ("gettoken", b'{"errcode": 0, "access_token": 7, "expires_in": "x"}'),
    ],
    ids=str,
)
async def test_no_answer_is_too_strange(
    clinic: Clinic, office: FakeOffice, call: str, answer: bytes
) -> None:
    office.faults[call].append(Fault(raw=answer))
    found = await clinic.finds(KEFU, ROBOT, base=office.url)

    assert {one.level for one in found.values()} & {Level.PROBLEM, Level.OUTSIDE}
    assert found["group_robot.staff", "form"].level is Level.OK


async def test_a_door_whose_check_up_breaks_hides_no_other() -> None:
    class Broken:
        async def check_up(self) -> AsyncIterator[Finding]:
            yield Finding("token", "fine")
            raise TypeError("a strange answer with a secret in it")

    found: list[Finding] = []
    await checked(Broken(), found, 1)

    assert [(one.check, one.level) for one in found] == [
        ("token", Level.OK),
        ("platform", Level.OUTSIDE),
    ]
    assert "secret" not in found[1].message


async def test_a_secret_in_clear_is_a_problem_and_loopback_is_not(clinic: Clinic) -> None:
    found = await clinic.finds(APP, base="http://qyapi.weixin.invalid", within_s=0.5)

    assert found["wecom_app", "tls"].key == "api_base"
    assert ("wecom_app", "tls") not in await clinic.finds(APP)


@pytest.mark.parametrize(
    ("ahead_s", "level"),
    [(0, Level.OK), (50, Level.OK), (-90, Level.WARNING), (3_000, Level.WARNING),
     (4_000, Level.PROBLEM), (-4_000, Level.PROBLEM)],
    ids=str,
)  # fmt: skip
async def test_a_clock_that_is_wrong_is_told_by_how_much(ahead_s: int, level: Level) -> None:
    clock = TurnedClock()
    async with FakeOffice() as platform:
        api = WecomApi(api_base=platform.url, corp_id=CORP, secret=SECRET, clock=clock)
        await api.start()
        there = await api.time_there()
        await api.stop()
        assert there is not None
        clock.at = there
        clock.tick(seconds=ahead_s)
        asked = checkup.examine(api, clock, 3_600, checkup.app(api, AGENT))
        token, found, *_ = [one async for one in asked]

    assert token.level is Level.OK
    assert found.level is level
    if level is not Level.OK:
        assert ("fast" if ahead_s > 0 else "slow") in found.message


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Nov 2026 21:40:20 GMT"], ids=str)
async def test_a_platform_without_a_clock_is_no_problem(date: str) -> None:
    async with Elsewhere(headers={"Date": date}) as platform:
        api = WecomApi(api_base=platform.url, corp_id=CORP, secret=SECRET, clock=TurnedClock())
        await api.start()
        assert await api.time_there() is None
        await api.stop()


# ── 公众号 ──────────────────────────────────────────────────────────────────────────────


async def test_an_account_that_works_tells_what_is_left(clinic: Clinic) -> None:
    async with FakeMp() as platform:
        found = await clinic.finds(MP, base=platform.url)
        platform.left = 3
        nearly = await clinic.finds(MP, base=platform.url)

    assert found["mp", "quota"].message == "499000 of 500000 客服消息 are left today"
    assert nearly["mp", "quota"].level is Level.WARNING
    assert ("mp", "mode") not in found


@pytest.mark.parametrize(
    ("code", "check", "key"),
    [
        (40001, "token", "secret"),
        (40125, "token", "secret"),
        (41004, "token", "secret"),
        (40243, "token", "secret"),
        (40013, "token", "app_id"),
        (40164, "trusted-ip", ""),
        (50007, "token", ""),
        (45011, "limit", ""),
    ],
    ids=str,
)
async def test_an_accounts_token_that_is_refused_names_what_to_mend(
    clinic: Clinic, code: int, check: str, key: str
) -> None:
    async with FakeMp() as platform:
        platform.faults["stable_token"].append(Fault(errcode=code))
        found = (await clinic.finds(MP, base=platform.url))["mp", check]

    assert found.level is (Level.WARNING if check == "limit" else Level.PROBLEM)
    assert (str(code) in found.message, found.key) == (True, key)
    assert found.hint


async def test_an_address_that_is_not_on_the_accounts_list_is_named(clinic: Clinic) -> None:
    said = b'{"errcode": 40164, "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff, not in whitelist"}'
    async with FakeMp() as platform:
        platform.faults["stable_token"].append(Fault(raw=said))
        found = await clinic.finds(MP, base=platform.url)

    assert "203.0.113.9" in found["mp", "trusted-ip"].message


@pytest.mark.parametrize(
    ("fault", "check", "level"),
    [
        (Fault(errcode=48001), "permission", Level.PROBLEM),
        (Fault(errcode=48004), "permission", Level.PROBLEM),
        (Fault(errcode=76021), "quota", Level.NOTE),
        (Fault(status=404, raw=b"no such call"), "quota", Level.NOTE),
        (Fault(raw=b'{"errcode": 0, "quota": []}'), "quota", Level.NOTE),
        (Fault(errcode=40001), "quota", Level.OK),
    ],
    ids=["unverified", "blocked", "unknown path", "unknown call", "no numbers", "stale token"],
)
async def test_a_quota_that_is_not_told_is_nobodys_fault(
    clinic: Clinic, fault: Fault, check: str, level: Level
) -> None:
    async with FakeMp() as platform:
        platform.faults["openapi/quota/get"].append(fault)
        found = await clinic.finds(MP, base=platform.url)

    assert found["mp", check].level is level


async def test_an_account_in_plain_mode_is_warned(clinic: Clinic) -> None:
    async with FakeMp() as platform:
        plain = MP.replace('encoding_aes_key = "env:KEY"\n', "")
        found = await clinic.finds(plain, base=platform.url)

    assert found["mp", "mode"].level is Level.WARNING


# ── our own addresses ───────────────────────────────────────────────────────────────────


async def keep_nothing(_updates: Sequence[Update]) -> Sequence[Accepted]:
    raise AssertionError("a test of the address says nothing")


@asynccontextmanager
async def open_house(clinic: Clinic, *doors: str, environ: dict[str, str]) -> AsyncIterator[str]:
    """Run the doors of a configuration as `bot run` does; yields their address."""
    text = HEAD.format(public=NOBODY) + "".join(door.format(base=NOBODY) for door in doors)
    (clinic.folder / "running.toml").write_text(text, encoding="utf-8")
    config = roof.read_config(clinic.folder / "running.toml", environ)
    receivers: dict[ChannelName, Receiver] = {}
    for door in at_rest(config, roof.make_words()):
        if door.receiver is not None:
            receivers[door.name] = door.receiver
    server = await serve(build(Webhooks(receivers, keep_nothing).routes()), "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()


ALL = (APP, KEFU, GROUPS, MP, AIBOT)


async def test_a_running_bot_passes_the_test_of_every_address(clinic: Clinic) -> None:
    async with open_house(clinic, *ALL, environ=HIDDEN) as url:
        found = await clinic.finds(*ALL, public=url)

    for door in ("wecom_app", "kefu", "customer_groups", "mp", "aibot"):
        assert found[door, "callback"].level is Level.OK, door
    assert found["house", "public-url"].level is Level.WARNING, "loopback"


async def test_a_bot_with_another_token_is_found_out(clinic: Clinic) -> None:
    async with open_house(clinic, *ALL, environ=HIDDEN | {"TOKEN": "another"}) as url:
        found = await clinic.finds(*ALL, public=url)

    for door in ("wecom_app", "kefu", "customer_groups", "mp", "aibot"):
        assert "HTTP 403" in found[door, "callback"].message


async def test_a_bot_without_the_door_is_found_out(clinic: Clinic) -> None:
    async with open_house(clinic, APP, environ=HIDDEN) as url:
        found = await clinic.finds(APP, KEFU, public=url)

    assert found["wecom_app", "callback"].level is Level.OK
    assert "there is no such door" in found["kefu", "callback"].message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Elsewhere(), "somebody else answers"),
        (Elsewhere(body=b"expected, and more"), "somebody else answers"),
        (Elsewhere(status=301, headers={"Location": "/there"}), "a redirect"),
        (Elsewhere(status=502), "the proxy reaches no bot"),
        (Elsewhere(status=404), "no such door"),
        (Elsewhere(status=418), "not an answer of ours"),
    ],
    ids=["html", "more", "redirect", "proxy", "elsewhere", "teapot"],
)
async def test_whoever_else_answers_at_our_address_is_found_out(
    answer: Elsewhere, words: str
) -> None:
    async with answer:
        found = await knock(f"{answer.url}/callback/mp", Knock({"a": "b"}, b"expected"))

    assert (found.level, words in found.message) == (Level.PROBLEM, True)
    assert answer.asked == 1, "a redirect is not followed"


async def test_an_answer_that_comes_too_late_for_a_platform_is_a_warning() -> None:
    async with Elsewhere(body=b"expected", delay_s=1.1) as slow:
        found = await knock(slow.url, Knock({}, b"expected"))

    assert found.level is Level.WARNING


async def test_nobody_at_our_address_means_that_the_bot_does_not_run() -> None:
    found = await knock(f"{NOBODY}/callback/mp", Knock({}, b"expected"))

    assert "nothing answers" in found.message
    assert "bot run" in found.hint


async def test_a_host_that_does_not_exist_is_said_to_be_none() -> None:
    found = await knock("https://bot.invalid/callback/mp", Knock({}, b"expected"))

    assert "there is no host bot.invalid" in found.message
    assert found.key == "public_url"


async def test_a_certificate_that_nobody_vouches_for_is_found_out(tmp_path: Path) -> None:
    pem = make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=b"expected")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    found = await knock(f"https://localhost:{port}/callback/mp", Knock({}, b"expected"))
    await runner.cleanup()

    assert "certificate" in found.message


@pytest.mark.parametrize(
    ("url", "check", "level"),
    [
        ("https://bot.example.com", "public-url", Level.OK),
        ("http://bot.example.com", "tls", Level.WARNING),
        ("http://127.0.0.1:8080", "public-url", Level.WARNING),
        ("http://0.0.0.0:8080", "public-url", Level.WARNING),
        ("https://192.168.1.5", "public-url", Level.WARNING),
        ("http://[::1]:8080", "public-url", Level.WARNING),
        ("http://localhost", "public-url", Level.WARNING),
    ],
    ids=str,
)
def test_an_address_promises_what_the_world_can_reach(url: str, check: str, level: Level) -> None:
    found = place(url)

    assert (found.check, found.level) == (check, level)


# ── the house ───────────────────────────────────────────────────────────────────────────


async def test_a_house_without_doors_is_examined_and_left_as_it_was(clinic: Clinic) -> None:
    found = await clinic.finds()

    assert levels(found, "house") == {"database": "note", "data-folder": "ok", "timezone": "ok"}
    assert [path.name for path in clinic.folder.iterdir()] == ["config.toml"]


async def test_a_schema_is_current_old_or_newer(clinic: Clinic) -> None:
    database = Database(f"sqlite:///{clinic.folder / 'bot.sqlite3'}")
    migrate.upgrade(database)
    assert (await clinic.finds())["house", "database"].level is Level.OK

    migrate.downgrade(database, migrate.REVISIONS[0])
    database.close()
    old = (await clinic.finds())["house", "database"]

    assert (old.level, "bot run brings it up to date" in old.message) == (Level.NOTE, True)


async def test_a_file_that_is_no_database_is_a_problem(clinic: Clinic) -> None:
    (clinic.folder / "bot.sqlite3").write_text("hello" * 1000)
    found = (await clinic.finds())["house", "database"]

    assert found.level is Level.PROBLEM


async def test_a_database_server_that_is_down_is_an_outside_failure(clinic: Clinic) -> None:
    path = clinic.folder / "config.toml"
    url = "postgresql://bot@127.0.0.1:1/bot"
    path.write_text(HEAD.format(public=NOBODY).replace("sqlite:///bot.sqlite3", url))
    found = await examine(roof.read_config(path, HIDDEN), roof.make_words())

    assert found[0].finding.level is Level.OUTSIDE
    assert found[0].at == ("database", "url")


async def test_a_file_in_the_place_of_the_data_folder_is_a_problem(clinic: Clinic) -> None:
    (clinic.folder / "data").write_text("")
    found = (await clinic.finds())["house", "data-folder"]

    assert found.level is Level.PROBLEM

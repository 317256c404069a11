"""The check-up of our own addresses."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from bot import app as roof
from bot.app.doctor import at_rest
from bot.app.knocking import knock, place
from bot.kernel.checkup import Knock, Level
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Update
from bot.kernel.ports import Accepted, Receiver
from bot.web.server import build, serve
from bot.web.webhooks import Webhooks
from tests.kit.certificates import make_certificate
from tests.kit.clinic import (
    AIBOT,
    APP,
    GROUPS,
    HEAD,
    HIDDEN,
    KEFU,
    MP,
    NOBODY,
    Clinic,
)
from tests.kit.doctor import Elsewhere


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

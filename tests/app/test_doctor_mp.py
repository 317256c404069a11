"""The check-up of an official account."""

import pytest

from bot.kernel.checkup import Level
from tests.kit.clinic import MP, Clinic
from tests.kit.mp import FakeMp
from tests.kit.platforms import Fault


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

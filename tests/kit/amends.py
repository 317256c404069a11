"""Advisors and supervisors who give amends at the desk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.commons import accounts
from bot.kernel.desk import Role
from tests.kit.bureau import AtDesk, Bureau
from tests.kit.web import PASSWORD

COUPONS = (
    '[[coupon]]\nname = "coffee"\ntitle = "咖啡券"\nface_fen = 3200\nvalid_days = 60\n'
    '[[coupon]]\nname = "care"\ntitle = "大衣护理"\npercent_off = 100\n'
)
AMENDS = """
advisor_month_fen = 8000
[[kind]]
name = "coffee"
title = "咖啡券"
what = "coupon"
coupon = "coffee"
[[kind]]
name = "points"
title = "积分"
what = "points"
[[kind]]
name = "keep"
title = "无需退货的退款"
what = "refund"
[[limit]]
alone_fen = 5000
most_fen = 20000
[[limit]]
tiers = ["时光挚友"]
alone_fen = 10000
most_fen = 50000
"""
NOTE = re.compile(r'<p class="note (?:good|bad)"[^>]*>(.*?)</p>', re.DOTALL)


@dataclass
class Form:
    """A page with forms on it; sent as often as somebody presses the button."""

    at: AtDesk
    path: str
    hidden: Mapping[str, str]

    async def send(self, act: str, **fields: str) -> str:
        """Send a form; return what is said then, ✗ before refusals."""
        status, text = await self.submit(act, **fields)
        found = NOTE.search(text.partition("<main")[2])
        assert found, text
        return ("✗ " if status == 422 else "") + found[1]

    async def submit(self, act: str, **fields: str) -> tuple[int, str]:
        """Send a form; return the status, and the page that is shown then."""
        status, text = await self.at.browser.submit(f"{self.path}/{act}", {**self.hidden, **fields})
        assert status in (200, 422), (status, text)
        return status, text


async def form(at: AtDesk, path: str) -> Form:
    """Open a page of the desk."""
    text = await at.sees(path)
    csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
    return Form(
        at, path, {"csrf": csrf, "once": text.partition('data-once="')[2].partition('"')[0]}
    )


async def press(at: AtDesk, path: str, act: str, **fields: str) -> str:
    """Open a page and send a form of it; return what is said then."""
    return await (await form(at, path)).send(act, **fields)


async def furnish(bureau: Bureau) -> None:
    """Write what may be given, and let a second supervisor in."""
    bureau.writes("coupons.toml", COUPONS)
    bureau.writes("amends.toml", AMENDS)
    await bureau.house.house.writer.do(
        lambda uow: accounts.add(uow, "zhou", Role.SUPERVISOR, PASSWORD)
    )

"""Who the customers of 微信客服 are (kf/customer/batchget, path/95159, 2026-07)."""

import re
from collections.abc import Mapping, Sequence

from bot.channels.wecom.client import WecomApi
from bot.kernel.abilities import CustomerCard
from bot.kernel.errors import RetryLater

_ASK = "/cgi-bin/kf/customer/batchget"
_UNREADABLE_S = 60.0
_CUSTOMER = re.compile(r"[0-9A-Za-z_-]{1,64}")


class KefuCustomers:
    """Implements the kernel's `CustomerLookup`."""

    most = 100
    within_s = 48 * 3600.0

    def __init__(self, api: WecomApi) -> None:
        self._api = api

    async def look_up(self, identities: Sequence[str]) -> Sequence[CustomerCard]:
        """Ask about customers; names that can't be one would spoil the answer about all.

        A unionid comes only when an open platform account is bound to the corp.

        Raises:
            PlatformError: there is no answer now, or none that can be read.
        """
        asked = [name for name in identities if _CUSTOMER.fullmatch(name)][: self.most]
        if not asked:
            return []
        question = {"external_userid_list": asked, "need_enter_session_context": 0}
        answer = await self._api.call(_ASK, question, sends=False, long=True)
        told = answer.get("customer_list", [] if "invalid_external_userid" in answer else None)
        if not isinstance(told, list):
            raise RetryLater(f"{_ASK}: no customers in the answer", after_s=_UNREADABLE_S)
        cards = [_card(one) for one in told if isinstance(one, dict)]
        return [card for card in cards if card.identity in asked]


def _card(told: Mapping[str, object]) -> CustomerCard:
    return CustomerCard(
        _text(told, "external_userid"), _text(told, "unionid"), _text(told, "nickname")
    )


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""

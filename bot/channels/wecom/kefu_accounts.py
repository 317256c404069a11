"""The accounts of 微信客服, links to them, and the way from them into a customer group."""

from collections.abc import Iterator, Sequence

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.reading import must, object_in, rows_in, texts_in
from bot.channels.wecom.xml import Fields, leaves
from bot.kernel.errors import Undeliverable
from bot.kernel.reception import Account, NotOffered

_AT_ONCE, _MOST = 100, 5_000  # path/94661, 2026-07
_NOT_CONFIGURED = 95021
_GROUP = 2


def accounts_in(fields: Fields, verb: str) -> Sequence[str]:
    """Return the accounts of a kf_account_auth_change below `verb`, however deep they stand.

    How they are nested was not read on its page (path/97712), so every leaf counts.
    """
    found = dict.fromkeys(text for path, text in leaves(fields) if path.startswith(verb))
    return [account for account in found if account]


class Accounts:
    """`FrontDoors` of 微信客服."""

    def __init__(self, api: WecomApi, ours: Sequence[str]) -> None:
        self._api = api
        self._ours = ours

    async def listed(self) -> Sequence[Account]:
        """Return all accounts that the app may see (path/94661, 2026-07)."""
        found: list[Account] = []
        for offset in range(0, _MOST, _AT_ONCE):
            page: Json = {"offset": offset, "limit": _AT_ONCE}
            answer = await self._api.call("/cgi-bin/kf/account/list", page, sends=False)
            entries = rows_in(answer, "account_list")
            found += self._read(entries)
            if len(entries) < _AT_ONCE:
                break
        return found

    def _read(self, entries: Sequence[Answer]) -> Iterator[Account]:
        for entry in entries:
            if account := text_in(entry, "open_kfid"):
                yield Account(account, text_in(entry, "name"), account in self._ours)

    async def link(self, account: str, scene: str) -> str:
        """Return a link with a scene (path/94665, 2026-07)."""
        body: Json = {"open_kfid": account, "scene": scene}
        path = "/cgi-bin/kf/add_contact_way"
        return must(await self._api.call(path, body, sends=False), "url", path)


class Upgrades:
    """`Recommendations` of 微信客服: 升级服务 into a customer group (path/94674, 2026-07)."""

    def __init__(self, api: WecomApi) -> None:
        self._api = api

    async def groups(self, account: str) -> Sequence[str]:
        """Return the groups in the administrator's range; it is one for all accounts."""
        del account
        path = "/cgi-bin/kf/customer/get_upgrade_service_config"
        try:
            answer = await self._api.ask(path, {})
        except Undeliverable as exc:
            raise _not_offered(exc) from None
        return texts_in(object_in(answer, "groupchat_range"), "chat_id_list")

    async def recommend(self, account: str, customer: str, chat_id: str, wording: str) -> None:
        """Show a customer a group."""
        group: Json = {"chat_id": chat_id, "wording": wording}
        body: Json = {
            "open_kfid": account,
            "external_userid": customer,
            "type": _GROUP,
            "groupchat": group,
        }
        try:
            await self._api.call("/cgi-bin/kf/customer/upgrade_service", body)
        except Undeliverable as exc:
            raise _not_offered(exc) from None

    async def withdraw(self, account: str, customer: str) -> None:
        """Take it back."""
        body: Json = {"open_kfid": account, "external_userid": customer}
        await self._api.call("/cgi-bin/kf/customer/cancel_upgrade_service", body, sends=False)


def _not_offered(error: Undeliverable) -> Exception:
    return NotOffered(str(error)) if error.code == _NOT_CONFIGURED else error

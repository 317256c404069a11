"""Use cases about the accounts, and the links that lead to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commons import audit
from bot.kernel.ids import ChannelName
from bot.kernel.reception import Account
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_FORGET = Statement("DELETE FROM arrivals_accounts WHERE channel = :channel")
_LISTED = Statement(
    "INSERT INTO arrivals_accounts (channel, account, name, ours, at)"
    " VALUES (:channel, :account, :name, :ours, :now)"
    " ON CONFLICT (channel, account) DO UPDATE SET name = excluded.name, ours = excluded.ours"
)
_ACCOUNTS = Statement(
    "SELECT channel, account, name, ours FROM arrivals_accounts ORDER BY ours DESC, account"
)
_WISH = Statement(
    "INSERT INTO arrivals_links (channel, account, scene, name, url, error, by, at)"
    " VALUES (:channel, :account, :scene, :name, '', '', :by, :now)"
    " ON CONFLICT (channel, account, scene) DO UPDATE SET name = excluded.name, error = ''"
)
_WISHED = Statement(
    "SELECT account, scene FROM arrivals_links"
    " WHERE channel = :channel AND url = '' AND error = '' ORDER BY at LIMIT 100"
)
_MADE = Statement(
    "UPDATE arrivals_links SET url = :url, error = :error"
    " WHERE channel = :channel AND account = :account AND scene = :scene"
)
_LINKS = Statement(
    "SELECT channel, account, scene, name, url, error FROM arrivals_links ORDER BY at DESC"
    " LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A link, as the console shows it."""

    channel: str
    account: str
    scene: str
    name: str
    url: str
    error: str


def replace(uow: UnitOfWork, channel: ChannelName, accounts: Sequence[Account]) -> None:
    """Take over the platform's list of accounts."""
    uow.run(_FORGET, channel=channel)
    for one in accounts:
        uow.run(
            _LISTED,
            channel=channel,
            account=one.account,
            name=one.name,
            ours=int(one.is_ours),
            now=micros(uow.clock.now()),
        )


def accounts(uow: UnitOfWork) -> list[tuple[ChannelName, Account]]:
    """Return the accounts of all channels, ours first."""
    return [
        (ChannelName(str(row[0])), Account(str(row[1]), str(row[2]), integer(row[3]) == 1))
        for row in uow.run(_ACCOUNTS)
    ]


def wish(uow: UnitOfWork, channel: str, account: str, *, scene: str, name: str, who: str) -> None:
    """Let an operator have a link made; a known one only gets the new name."""
    now = micros(uow.clock.now())
    uow.run(_WISH, channel=channel, account=account, scene=scene, name=name, by=who, now=now)
    audit.record(uow, who, "arrivals.link", f"{account} {scene}")


def wished(uow: UnitOfWork, channel: ChannelName) -> list[tuple[str, str]]:
    """Return account and scene of links that are not made yet."""
    return [(str(account), str(scene)) for account, scene in uow.run(_WISHED, channel=channel)]


def made(
    uow: UnitOfWork, channel: ChannelName, account: str, *, scene: str, url: str, error: str = ""
) -> None:
    """Keep a link, or why there is none."""
    uow.run(_MADE, channel=channel, account=account, scene=scene, url=url, error=error)


def links(uow: UnitOfWork, *, most: int) -> list[KnownLink]:
    """Return the links, newest first."""
    return [KnownLink(*map(str, row)) for row in uow.run(_LINKS, most=most)]

"""By what a platform names a person across its channels: the same key is the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.kernel.ids import ChannelName


class KeyKind(StrEnum):
    """What kind of key it is."""

    UNIONID = "unionid"
    """A WeChat user, the same for all accounts of one open platform account."""
    EXTERNAL_USERID = "external_userid"
    """A customer, the same for all apps of one corp."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """One key; `scope` is within what it is unique: a corp, nothing for the whole house."""

    kind: KeyKind
    value: str
    scope: str = ""


@runtime_checkable
class NamesPersons(Protocol):
    """A channel whose identities are such keys themselves."""

    key_kind: KeyKind
    key_scope: str


@runtime_checkable
class TellsUnionid(Protocol):
    """A channel whose updates may hold their sender's unionid, as `extra["unionid"]`.

    Two members are made one because of it: True only where nobody but the platform can have
    written it.
    """

    tells_unionid: bool


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The channels whose identities are keys, or that tell keys; waits in the toolbox."""

    by_channel: Mapping[ChannelName, tuple[KeyKind, str]] = field(default_factory=dict)
    tellers: frozenset[ChannelName] = frozenset()

    def in_name(self, channel: ChannelName, identity: str) -> tuple[PersonKey, ...]:
        """Return the keys that an identity is by itself."""
        if (kind := self.by_channel.get(channel)) is None:
            return ()
        return (PersonKey(kind[0], identity, kind[1]),)

    def told(self, channel: ChannelName, extra: Mapping[str, str]) -> tuple[PersonKey, ...]:
        """Return the keys that an update tells of."""
        return unionid_key(extra.get("unionid", "")) if channel in self.tellers else ()


def unionid_key(unionid: str) -> tuple[PersonKey, ...]:
    """Return the key that a platform told of; none for an empty word."""
    return (PersonKey(KeyKind.UNIONID, unionid),) if unionid else ()

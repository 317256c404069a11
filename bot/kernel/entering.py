"""Who may enter the console, and how: by a password, or as a colleague by the company's platform.

A colleague's role is granted on the console's own page, or follows from a rule of the
configuration: for her userid, else for a department or a tag of the contacts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.kernel.desk import Role, RoleRule
from bot.kernel.visiting import Browser

GRANTED = "granted"
"""The source of a role that somebody granted in the console."""
_RANK = (Role.SUPERVISOR, Role.OPERATOR, Role.ADVISOR)


def by_userid(userid: str) -> str:
    """Return the source of a role that a userid has; its case means nothing."""
    return f"userid:{userid.lower()}"


def by_department(department: int) -> str:
    """Return the source of a role that a department has."""
    return f"department:{department}"


def by_tag(tag: int) -> str:
    """Return the source of a role that a tag has."""
    return f"tag:{tag}"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The ways into the console that are open, and the roles that the configuration gives."""

    by_wecom: bool = False
    by_password: bool = True
    rules: tuple[RoleRule, ...] = ()

    def highest(self, sources: Collection[str]) -> RoleRule | None:
        """Return the rule with the highest role among some sources; None when there is none."""
        found = [rule for rule in self.rules if rule.source in sources]
        return min(found, key=lambda rule: _RANK.index(rule.role), default=None)

    @property
    def asks_for_groups(self) -> bool:
        """True when a department or a tag has a role."""
        return any(not rule.source.startswith("userid:") for rule in self.rules)

    @property
    def tags(self) -> tuple[int, ...]:
        """The tags that have a role."""
        found = [rule.source.partition(":") for rule in self.rules]
        return tuple(int(number) for kind, _, number in found if kind == "tag")

    def admits(self, role: Role, source: str) -> bool:
        """Return True when a role of this source still counts; a password has no source."""
        if not source:
            return self.by_password
        return self.by_wecom and (source == GRANTED or RoleRule(role, source) in self.rules)


class ColleagueLogin(Protocol):
    """A platform that says which colleague opens the console."""

    browser: Browser
    """Where `inside` works; `outside` works in every other one."""

    def inside(self, back: str, state: str) -> str:
        """Return the platform's address that asks without a question; see `PageLogin.ask`."""
        ...

    def outside(self, back: str, state: str) -> str:
        """Return the platform's address that shows a code to scan."""
        ...

    async def who(self, code: str) -> str:
        """Return the userid, in lower case, that a code stands for; it is good once.

        Raises:
            CodeSpent: it is not good any more.
            Unnamed: it is nobody of the company.
            PlatformError: there is no answer now.
        """
        ...

    async def groups_of(self, userid: str, tags: Sequence[int]) -> frozenset[str] | None:
        """Return a colleague's departments and which of `tags` she has, as sources of roles.

        None when she is not, or no longer, active in the company.

        Raises:
            PlatformError: there is no answer now.
        """
        ...

"""Customers, their groups and their tags: what a platform can be asked about them.

Abilities in the sense of `bot.kernel.abilities`: a channel offers them, an errand calls them.
Each call raises `PlatformError` when there is no answer now; the types below say more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.kernel.errors import PlatformError, Undeliverable
from bot.kernel.files import Intake
from bot.kernel.messages import File, Image, Link


class GroupGone(Undeliverable):
    """The platform has no such group any more."""


class NoCustomer(Undeliverable):
    """The platform knows nobody of ours whose friend she is."""


class PlaceLost(PlatformError):
    """A listing can't go on from where it was: it has to begin again."""


class JoinScene(StrEnum):
    """How somebody came into a group."""

    INVITED = "invited"
    LINK = "link"
    CODE = "code"
    UNKNOWN = "unknown"


class LeaveHow(StrEnum):
    """How somebody came out of it."""

    LEFT = "left"
    REMOVED = "removed"
    DISMISSED = "dismissed"
    UNKNOWN = "unknown"
    """Nobody told us; she was not there any more."""


class Handover(StrEnum):
    """Whether a group is between two owners because the first has left the company."""

    NONE = "none"
    OWNER_LEFT = "owner_left"
    UNDER_WAY = "under_way"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Someone:
    """A person in a group. Colleagues are named in lower case, whatever the platform does."""

    identity: str
    is_customer: bool


@dataclass(frozen=True, slots=True)
class InGroup:
    """A person in a group with all that the platform tells of her."""

    who: Someone
    joined_at: datetime
    scene: JoinScene = JoinScene.UNKNOWN
    inviter: str = ""
    state: str = ""
    """The mark of the join way by which she came."""
    nickname: str = ""
    """What she calls herself in this group."""
    name: str = ""
    union_id: str = ""


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as it stands on the platform."""

    chat_id: str
    name: str
    owner: str
    created_at: datetime
    members: Sequence[InGroup]
    notice: str = ""
    admins: Sequence[str] = ()
    version: str = ""
    """Of the list of members; equal means the same list."""


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group in a listing."""

    chat_id: str
    handover: Handover = Handover.NONE


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """A piece of a listing, and the place behind it; empty at the end."""

    groups: Sequence[ListedGroup]
    place: str


class GroupBook(Protocol):
    """Lists customer groups and tells who is in one."""

    async def page(self, place: str) -> GroupsPage:
        """Return the groups behind a place; the empty place is the beginning.

        Raises:
            PlaceLost: the place is no good any more.
        """
        ...

    async def group(self, chat_id: str) -> GroupState:
        """Return one group with its members.

        Raises:
            GroupGone: there is no such group.
        """
        ...


@dataclass(frozen=True, slots=True)
class JoinWayDraft:
    """A code by which people join one of at most five groups, the next one when one is full."""

    chat_ids: Sequence[str]
    state: str = ""
    """Comes back with everybody who joins by it; at most 30 characters."""
    remark: str = ""
    new_group_name: str = ""
    """With it the platform opens further groups of this name when all are full."""


@dataclass(frozen=True, slots=True)
class JoinWay:
    """A join way as the platform keeps it."""

    id: str
    draft: JoinWayDraft
    picture_url: str = ""


class JoinWays(Protocol):
    """Makes codes for joining. The platform has no list of them: keep their ids."""

    async def add(self, draft: JoinWayDraft) -> str:
        """Make one; return its id. Ambiguous when the answer was lost: it may exist unused."""
        ...

    async def get(self, way_id: str) -> JoinWay:
        """Return one with its picture."""
        ...

    async def picture(self, url: str, most_bytes: int, into: Intake) -> None:
        """Pour out the picture of one.

        Raises:
            NotFetched: it can't be had.
        """
        ...

    async def update(self, way_id: str, draft: JoinWayDraft) -> None:
        """Change one; its picture stays."""
        ...

    async def remove(self, way_id: str) -> None:
        """Take one back: its picture works no longer."""
        ...


@dataclass(frozen=True, slots=True)
class MiniProgram:
    """A card that opens a page of a mini program (小程序)."""

    title: str
    app_id: str
    page: str
    cover: Image


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a group says to whoever joins it, once its owner has picked it by hand.

    `%NICKNAME%` in the text becomes her name.
    """

    text: str
    attached: Link | Image | File | MiniProgram | None
    """None only where a platform tells of what was uploaded, whose id says nothing."""
    tell_owners: bool = False


class GroupGreetings(Protocol):
    """Keeps greetings from which owners pick. The platform has no list of them."""

    async def add(self, greeting: Greeting) -> str:
        """Keep one more; return its id. Ambiguous when the answer was lost."""
        ...

    async def edit(self, greeting_id: str, greeting: Greeting) -> None:
        """Change one."""
        ...

    async def get(self, greeting_id: str) -> Greeting:
        """Return one as the platform keeps it."""
        ...

    async def remove(self, greeting_id: str) -> None:
        """Take one back."""
        ...


@dataclass(frozen=True, slots=True)
class Tag:
    """A mark on customers that the whole company shares."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TagGroup:
    """Tags that belong together."""

    id: str
    name: str
    tags: Sequence[Tag]


class CustomerTags(Protocol):
    """The company's tags on customers."""

    async def groups(self) -> Sequence[TagGroup]:
        """Return all tags, in the platform's order."""
        ...

    async def add(self, group: str, names: Sequence[str]) -> TagGroup:
        """Make tags in the group of that name, which is made when it is not there.

        Adding a name that is there already changes nothing.
        """
        ...

    async def mark(
        self, colleague: str, customer: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """Put tags, by their ids, on a customer of one colleague, or take them off."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """A colleague who has a customer as a friend."""

    colleague: str
    since: datetime
    remark: str = ""
    state: str = ""
    tag_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer and the colleagues who know her."""

    identity: str
    name: str
    union_id: str = ""
    followers: Sequence[Follower] = ()


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """A piece of a listing, and the place behind it; empty at the end."""

    customers: Sequence[Customer]
    place: str


class CustomerBook(Protocol):
    """The customers who are friends of colleagues."""

    async def colleagues(self) -> Sequence[str]:
        """Return the colleagues who may have customers."""
        ...

    async def of(self, colleague: str) -> Sequence[str]:
        """Return the customers of one colleague, none for one without."""
        ...

    async def customer(self, identity: str) -> Customer:
        """Return one customer with everybody who knows her.

        Raises:
            NoCustomer: nobody does.
        """
        ...

    async def page(self, colleagues: Sequence[str], place: str) -> CustomersPage:
        """Return the customers of at most 100 colleagues behind a place, one row for each pair."""
        ...

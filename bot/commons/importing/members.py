"""Members out of a table. An empty cell leaves what is known as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.commons import members, profiles
from bot.commons.importing.bites import Outcome
from bot.commons.importing.orders import ref_in
from bot.commons.profiles import Profile, Ref
from bot.commons.sheets import BadCell
from bot.commons.sheets.cells import day, listed, lunar_day, moment, words
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork

COLUMNS = (
    *("member", "name", "birthday", "lunar_birthday", "joined_at", "styles", "scenes"),
    *("home_store", "tags", "phone", "unionid"),
)
NEEDED = ("member",)
WHO = "import"
_TURN = {"import:members"}
"""Of two imports at once, one waits: a phone is no key, and she would come in twice."""
_YES, _NO = frozenset({"true", "yes", "y", "1", "是"}), frozenset({"false", "no", "n", "0", "否"})
_WORD = 40


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says about a member; empty where it says nothing."""

    ref: Ref
    name: str
    joined_at: datetime | None
    profile: Profile
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MembersIn:
    """Takes members in, a row at a time."""

    zone: ZoneInfo
    columns = COLUMNS
    needed = NEEDED

    def take(self, uow: UnitOfWork, cells: Mapping[str, str]) -> Outcome:
        """Keep what a row says about a member, who may be new.

        Raises:
            BadCell: something is wrong with it; nothing was written.
        """
        told = self.read(cells)
        if told.joined_at is not None and told.joined_at > uow.clock.now():
            raise BadCell("joined_at", f"{cells['joined_at']} has not come yet")
        uow.take_turns(_TURN)
        try:
            member = profiles.find_ref(uow, told.ref)
        except profiles.Shared as exc:
            raise BadCell("member", str(exc)) from None
        is_new = member is None
        if member is None:
            member = _added(uow, told)
        elif members.erasure_due_at(uow, member) is not None:
            raise BadCell("member", "is going to be deleted, as she asked")
        changed = _keep(uow, member, told)
        return Outcome.NEW if is_new else Outcome.UPDATED if changed else Outcome.UNCHANGED

    def read(self, cells: Mapping[str, str]) -> Told:
        """Return what a row says.

        Raises:
            BadCell: something is wrong with it.
        """
        ref = ref_in(cells)
        if ref is None:
            raise BadCell("member", "is empty")
        birthday, lunar = _birthday(cells.get("birthday", ""), cells.get("lunar_birthday", ""))
        joined = cells.get("joined_at", "")
        profile = Profile(
            phone=_phone(cells.get("phone", "")),
            unionid=words("unionid", cells.get("unionid", ""), most=64),
            birthday=birthday,
            lunar_birthday=lunar,
            styles=listed("styles", cells.get("styles", ""), most=_WORD),
            scenes=listed("scenes", cells.get("scenes", ""), most=_WORD),
            home_store=words("home_store", cells.get("home_store", ""), most=80),
        )
        return Told(
            ref,
            members.tidy_name(words("name", cells.get("name", ""), most=100)),
            moment("joined_at", joined, self.zone) if joined else None,
            _with_ref(profile, ref),
            listed("tags", cells.get("tags", ""), most=members.TAG_CHARS),
        )


def _with_ref(profile: Profile, ref: Ref) -> Profile:
    """Return what is told with the name by which she was told of: it finds her again."""
    if ref.kind == profiles.PHONE:
        return replace(profile, phone=profile.phone or ref.value)
    if ref.kind == profiles.UNIONID:
        return replace(profile, unionid=profile.unionid or ref.value)
    return profile


def _added(uow: UnitOfWork, told: Told) -> MemberId:
    if profiles.was_erased(uow, told.ref):
        raise BadCell("member", "had her data deleted, and has not come back")
    at = told.joined_at or uow.clock.now()
    if told.ref.kind in (profiles.PHONE, profiles.UNIONID):
        return members.add(uow, at)
    channel = "kefu" if told.ref.kind == "customer_groups" else told.ref.kind
    return members.resolve(uow, ChannelName(channel), told.ref.value, at)


def _keep(uow: UnitOfWork, member: MemberId, told: Told) -> bool:
    changed = False
    if told.name and told.name != members.display_name(uow, member):
        members.name_member(uow, member, told.name)
        changed = True
    if told.joined_at is not None:
        changed |= members.set_joined(uow, member, told.joined_at)
    before = profiles.profile_of(uow, member)
    changed |= profiles.keep_profile(uow, member, _renewed(before, told.profile))
    for tag in told.tags:
        changed |= members.tag(uow, member, tag, who=WHO)
    return changed


def _renewed(before: Profile, told: Profile) -> Profile:
    """Return what is on file with what was told; a birthday is in one calendar."""
    has_birthday = told.birthday is not None or bool(told.lunar_birthday)
    return Profile(
        phone=told.phone or before.phone,
        unionid=told.unionid or before.unionid,
        birthday=told.birthday if has_birthday else before.birthday,
        lunar_birthday=told.lunar_birthday if has_birthday else before.lunar_birthday,
        styles=told.styles or before.styles,
        scenes=told.scenes or before.scenes,
        home_store=told.home_store or before.home_store,
    )


def _phone(written: str) -> str:
    try:
        return profiles.tidy_phone(written) if written else ""
    except profiles.BadRef as exc:
        raise BadCell("phone", str(exc)) from None


def _birthday(written: str, lunar: str) -> tuple[date | None, str]:
    """Return the birthday and the lunar one; `lunar_birthday` may be a day of its own, or `是`."""
    if lunar.lower() in _YES:
        return None, lunar_day("birthday", written)
    if lunar and lunar.lower() not in _NO:
        return (day("birthday", written) if written else None), lunar_day("lunar_birthday", lunar)
    return (day("birthday", written) if written else None), ""

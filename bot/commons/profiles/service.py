"""What the community has on file about a member: phone, birthday, what she likes to wear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_COLUMNS = "phone, unionid, birthday, lunar_birthday, styles, scenes, home_store"
_READ = Statement(f"SELECT {_COLUMNS} FROM member_profiles WHERE member_id = :member")
_KEEP = Statement(
    f"INSERT INTO member_profiles (member_id, {_COLUMNS}, at) VALUES (:member, :phone, :unionid,"
    " :birthday, :lunar_birthday, :styles, :scenes, :home_store, :now)"
    " ON CONFLICT (member_id) DO UPDATE SET phone = excluded.phone, unionid = excluded.unionid,"
    " birthday = excluded.birthday, lunar_birthday = excluded.lunar_birthday,"
    " styles = excluded.styles, scenes = excluded.scenes, home_store = excluded.home_store,"
    " at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is on file; empty where nothing was told."""

    phone: str = ""
    unionid: str = ""
    birthday: date | None = None
    lunar_birthday: str = ""
    styles: Sequence[str] = ()
    scenes: Sequence[str] = ()
    home_store: str = ""


def profile_of(uow: UnitOfWork, member: MemberId) -> Profile:
    """Return what is on file about a member."""
    rows = uow.run(_READ, member=member)
    if not rows:
        return Profile()
    phone, unionid, birthday, lunar, styles, scenes, store = rows[0]
    return Profile(
        str(phone),
        str(unionid),
        None if birthday is None else date.fromisoformat(str(birthday)),
        str(lunar),
        _parted(styles),
        _parted(scenes),
        str(store),
    )


def keep_profile(uow: UnitOfWork, member: MemberId, profile: Profile) -> bool:
    """Put on file what is known about a member now; False when it is the same as before."""
    if profile_of(uow, member) == profile:
        return False
    uow.run(
        _KEEP,
        member=member,
        phone=profile.phone,
        unionid=profile.unionid,
        birthday=profile.birthday and profile.birthday.isoformat(),
        lunar_birthday=profile.lunar_birthday,
        styles="|".join(profile.styles),
        scenes="|".join(profile.scenes),
        home_store=profile.home_store,
        now=micros(uow.clock.now()),
    )
    return True


def _parted(words: object) -> tuple[str, ...]:
    return tuple(str(words).split("|")) if words else ()

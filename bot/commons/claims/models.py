"""Tables of what points can buy, of who has claimed what, and of what waits for a yes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_HELD = text("state = 'held'")


class Goods(SQLModel, table=True):
    """Something that members can get, as its file says it; `taken` of `stock` are claimed."""

    __tablename__ = "mall_goods"
    __table_args__ = (CheckConstraint("taken >= 0 AND taken <= stock", name="stock"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True, description="of the file below content/")
    revision: str = Field(description="of the file that this was made from")
    title: str
    words: str
    picture: str = Field(description="below content/media/; empty for none")
    coupon: str = Field(description="name of a kind; empty: handed over in the shop")
    points: int
    stock: int
    taken: int = 0
    per_member: int
    reserve_hours: int = Field(description="0: paid at once")
    flash: int = Field(description="1: claimed without a question")
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    audience: str = Field(description="JSON, a list of audience words")
    early: str = Field(description="JSON, who comes first")
    early_hours: int
    invite: int = Field(description="1: write to them when it opens")
    early_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    early_next: int = Field(default=0, sa_type=big_id(), description="members behind it wait")
    early_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_next: int = Field(default=0, sa_type=big_id(), description="members behind it wait")
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(description="see rules.OnShelf")
    made_at: datetime = Field(sa_type=UtcDateTime)


class Claim(SQLModel, table=True):
    """One piece for one member. `slot` counts what she has of it, so that none is over the limit.

    What was cancelled or has expired has no slot.
    """

    __tablename__ = "mall_claims"
    __table_args__ = (
        UniqueConstraint("goods_id", "member_id", "slot"),
        Index("ix_mall_claims_ends", "until", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_mall_claims_closed_at", "closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    goods_id: int = Field(foreign_key="mall_goods.id", sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    slot: int | None = Field(default=None)
    place: int = Field(description="which one of the stock it was when she got it")
    points: int = Field(description="what it cost; held, spent or given back")
    state: str = Field(description="see rules.Stand")
    code: str = Field(unique=True, description="without its groups")
    sent_at: datetime = Field(sa_type=UtcDateTime, description="when she asked for it")
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminded: int = 0
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = ""


class Wish(SQLModel, table=True):
    """What a member was asked to confirm last."""

    __tablename__ = "mall_wishes"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    goods_id: int = Field(foreign_key="mall_goods.id", sa_type=big_id())
    points: int = Field(description="the price that she was told")
    at: datetime = Field(sa_type=UtcDateTime)

"""Tables of members' browsers and of what their pages do once."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class MemberSession(SQLModel, table=True):
    """One browser in which a member is known. Its secret is in a cookie, only the hash is kept."""

    __tablename__ = "member_sessions"

    secret_hash: str = Field(primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    came_by: str = Field(description="the channel whose login said who she is, or `link`")
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime = Field(sa_type=UtcDateTime)


class OpenedLink(SQLModel, table=True):
    """A personal link that was opened: no other browser is signed in by it."""

    __tablename__ = "opened_links"

    token_hash: str = Field(primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    browser_hash: str = Field(description="tells the browser that opened it from others")
    until: datetime = Field(sa_type=UtcDateTime, index=True, description="void anyway from then on")


class PageAct(SQLModel, table=True):
    """A form of a page that was sent, so that the same one sent again acts no second time."""

    __tablename__ = "page_acts"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    key: str = Field(primary_key=True, description="hash of page, act, and what the form held")
    words: str = Field(default="", description="what she was told")
    refused: int = Field(default=0, description="1 when nothing was done")
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class PageConsent(SQLModel, table=True):
    """A person's yes to becoming known by a platform's login."""

    __tablename__ = "page_consents"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    channel: str
    wording: str = Field(description="which words she agreed to")
    at: datetime = Field(sa_type=UtcDateTime)

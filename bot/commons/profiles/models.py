"""Table of what is on file about members."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class ProfileRow(SQLModel, table=True):
    """What the community has on file about a member besides her names."""

    __tablename__ = "member_profiles"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    phone: str = Field(default="", index=True, description="digits; two members may share one")
    unionid: str = Field(default="", index=True)
    birthday: date | None = Field(default=None, sa_type=LocalDate)
    lunar_birthday: str = Field(default="", description="month and day, `08-15`")
    styles: str = Field(default="", description="joined by |")
    scenes: str = Field(default="", description="joined by |")
    home_store: str = ""
    at: datetime = Field(sa_type=UtcDateTime, description="of the last change")

"""Who may open the console, and who has it open."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.columns import UtcDateTime, big_id


class Account(SQLModel, table=True):
    """A person who signs in to the console."""

    __tablename__ = "accounts"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    name: str = Field(unique=True, description="as typed at sign-in, in its plain form")
    role: str
    password_hash: str = Field(description="argon2id, with its own salt and cost")
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccountSession(SQLModel, table=True):
    """One signed-in browser. Its secret is in a cookie, only the hash of it is kept."""

    __tablename__ = "account_sessions"

    secret_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True, sa_type=big_id())
    opened_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)

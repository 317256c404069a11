"""Who may open the console, and who has it open."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Account(SQLModel, table=True):
    """A person who signs in to the console."""

    __tablename__ = "accounts"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    name: str = Field(unique=True, description="as typed at sign-in, in its plain form")
    role: str
    password_hash: str = Field(
        description="argon2id, with its own salt and cost; empty: a colleague's"
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccountSession(SQLModel, table=True):
    """One signed-in browser. Its secret is in a cookie, only the hash of it is kept."""

    __tablename__ = "account_sessions"

    secret_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="accounts.id", index=True, sa_type=big_id())
    opened_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class ColleagueAccount(SQLModel, table=True):
    """Whose account it is, when a colleague enters by the company's platform."""

    __tablename__ = "colleague_accounts"

    account_id: int = Field(primary_key=True, foreign_key="accounts.id", sa_type=big_id())
    userid: str = Field(unique=True, description="in lower case")
    source: str = Field(description="`granted`, a rule of the configuration, or `none`")
    given_by: str = Field(default="", description="who granted or took the role; empty for a rule")
    why: str = ""
    at: datetime = Field(sa_type=UtcDateTime, description="since when the role is as it is")


class SpentLogin(SQLModel, table=True):
    """A login that came back from the platform; it does not come back twice."""

    __tablename__ = "spent_logins"

    state_hash: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class SentForm(SQLModel, table=True):
    """A form of the desk that was acted upon; sent again it changes nothing."""

    __tablename__ = "sent_forms"

    key: str = Field(primary_key=True)
    said: str = Field(default="", description="the sentence that was shown")
    at: datetime = Field(sa_type=UtcDateTime)

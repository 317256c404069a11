"""The table of who has a member's conversation."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class ConversationOwner(SQLModel, table=True):
    """A member whose conversation a human has, or is asked to take; without a row it is the bot's.

    It holds in all channels. The sender looks here before anything leaves.
    """

    __tablename__ = "conversation_owners"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    owner: str = Field(description="`pending_human` or `human`")
    advisor: str = Field(default="", description="userid; empty while nobody has taken it")
    case_id: int = Field(sa_type=big_id())
    at_platform: int = Field(
        default=0, description="1: she writes in the platform's own app, where we may not send"
    )
    since: datetime = Field(sa_type=UtcDateTime)

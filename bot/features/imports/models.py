"""Tables of files on their way in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id


class ImportRow(SQLModel, table=True):
    """A file that an operator sent, and how far it is. The counts are of its present state."""

    __tablename__ = "imports"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    kind: str = Field(description="orders, members, products or comments")
    file: str = Field(description="as she calls it")
    who: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(index=True, description="see rules.State")
    since: datetime = Field(sa_type=UtcDateTime, description="of this state")
    total: int = Field(description="rows")
    bites: int
    next_bite: int
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: object = Field(sa_type=PortableJSON, description="the first refused rows")
    samples: object = Field(sa_type=PortableJSON, description="the first that change something")
    notes: object = Field(sa_type=PortableJSON, description="how the file was read")


class ImportBite(SQLModel, table=True):
    """Some rows of a file; gone when it is in, or nobody wanted it."""

    __tablename__ = "import_bites"

    import_id: int = Field(
        primary_key=True,
        foreign_key="imports.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rows: object = Field(sa_type=PortableJSON)


class ImportBefore(SQLModel, table=True):
    """What a product or a comment was before an import, so that this can be undone."""

    __tablename__ = "import_befores"

    import_id: int = Field(
        primary_key=True,
        foreign_key="imports.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    key: str = Field(primary_key=True, description="a product's sku, or a comment's key")
    before: object = Field(sa_type=PortableJSON, description="null where there was none")

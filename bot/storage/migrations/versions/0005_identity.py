"""Join the identities of one person, and undo that; follow advisors."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_LOOKED_UP = sa.text("looked_up_at IS NULL")


def upgrade() -> None:
    op.add_column("members", sa.Column("apart_since", sa.BigInteger(), nullable=True))
    op.add_column("identities", sa.Column("looked_up_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_identities_not_looked_up",
        "identities",
        ["channel", "created_at"],
        sqlite_where=_NOT_LOOKED_UP,
        postgresql_where=_NOT_LOOKED_UP,
    )
    op.create_table(
        "person_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("identity_id", ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name="fk_person_keys_identity_id_identities"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_keys"),
        sa.UniqueConstraint("kind", "scope", "value", name="uq_person_keys_kind_scope_value"),
    )
    op.create_index("ix_person_keys_identity_id", "person_keys", ["identity_id"])
    op.create_table(
        "merges",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_member", ID, nullable=False),
        sa.Column("into_member", ID, nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_from_member", "merges", ["from_member"])
    op.create_index("ix_merges_into_member", "merges", ["into_member"])
    op.create_table(
        "bindings",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("other_id", ID, nullable=True),
        sa.Column("other_channel", sa.String(), nullable=False),
        sa.Column("other_identity", sa.String(), nullable=False),
        sa.Column("other_confirmed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_bindings_member_id_members"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["members.id"], name="fk_bindings_other_id_members"),
        sa.PrimaryKeyConstraint("code", name="pk_bindings"),
        sa.UniqueConstraint("member_id", name="uq_bindings_member_id"),
    )
    op.create_index("ix_bindings_other_id", "bindings", ["other_id"])
    op.create_table(
        "binding_tries",
        sa.Column("member_id", ID, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_binding_tries_member_id_members"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_binding_tries"),
    )
    op.create_table(
        "staff_changes",
        sa.Column("userid", sa.String(), nullable=False),
        sa.Column("userid_now", sa.String(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("userid", name="pk_staff_changes"),
    )
    op.create_index("ix_staff_changes_userid_now", "staff_changes", ["userid_now"])


def downgrade() -> None:
    for table in ("staff_changes", "binding_tries", "bindings", "merges", "person_keys"):
        op.drop_table(table)
    op.drop_index("ix_identities_not_looked_up", "identities")
    op.drop_column("identities", "looked_up_at")
    op.drop_column("members", "apart_since")

"""Customer groups (客户群): which there are, who owns them, who is and was in them.

Whoever reads a group from the platform hands it to `apply`; events go to `joined`, `left`,
`touched` and `dismissed`. All of them may come twice, late, and in any order: in the end
`apply` is right.
"""

from bot.commons.groups.applying import LAG, Applied, apply
from bot.commons.groups.changes import Change, dismissed, joined, left, touched
from bot.commons.groups.erased import Erased, remember
from bot.commons.groups.listing import (
    DueGroup,
    catch_up,
    count_due,
    end_listing,
    listed,
    next_due,
    put_off,
    refused,
)
from bot.commons.groups.personal import personal
from bot.commons.groups.reads import (
    Counts,
    GroupRow,
    Happened,
    count_customers,
    count_dismissed,
    count_open,
    counts_of,
    forget_left,
    group,
    groups,
    history,
    name_of,
    owner_of,
)

__all__ = [
    "LAG",
    "Applied",
    "Change",
    "Counts",
    "DueGroup",
    "Erased",
    "GroupRow",
    "Happened",
    "apply",
    "catch_up",
    "count_customers",
    "count_dismissed",
    "count_due",
    "count_open",
    "counts_of",
    "dismissed",
    "end_listing",
    "forget_left",
    "group",
    "groups",
    "history",
    "joined",
    "left",
    "listed",
    "name_of",
    "next_due",
    "owner_of",
    "personal",
    "put_off",
    "refused",
    "remember",
    "touched",
]

"""Salons (沙龙): what is planned, who has a place, who was invited, came, and is told what.

The room `salons` plans them and gives the places, `invitations` writes to people, `doors` sees
who comes. What everybody is to be told is begun in `rounds`, and told by its room.
"""

from bot.commons.salons.admission import Admission, admission, admit, invite, opens_at
from bot.commons.salons.counting import count, fits
from bot.commons.salons.kinds import (
    FIRST_NUMBER,
    Consent,
    News,
    Place,
    State,
    Told,
    Wave,
)
from bot.commons.salons.personal import personal
from bot.commons.salons.places import put
from bot.commons.salons.reads import (
    NoSuchSalon,
    SalonView,
    SignupView,
    ahead_json,
    coming,
    existing,
    held,
    hers,
    in_front,
    invited,
    latest,
    outcome_json,
    salon,
    signup,
    signups,
    taken,
    words_json,
)

__all__ = [
    "FIRST_NUMBER",
    "Admission",
    "Consent",
    "News",
    "NoSuchSalon",
    "Place",
    "SalonView",
    "SignupView",
    "State",
    "Told",
    "Wave",
    "admission",
    "admit",
    "ahead_json",
    "coming",
    "count",
    "existing",
    "fits",
    "held",
    "hers",
    "in_front",
    "invite",
    "invited",
    "latest",
    "opens_at",
    "outcome_json",
    "personal",
    "put",
    "salon",
    "signup",
    "signups",
    "taken",
    "words_json",
]

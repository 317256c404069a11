"""How soon she is asked."""

from datetime import timedelta

ASKED_AFTER = timedelta(minutes=1)
"""So long after the end of a case: what was ended by mistake is opened again meanwhile."""
LOOKED_AT_WITHIN = timedelta(days=1)
"""Until then a supervisor is to have called who was not content."""
BITE = 50
TAP = "csat"
SCALE = (5, 4, 3, 2, 1)

"""Detection (识别): complaints, requests for a human, emergencies, large purchases.

Rules that operators can change, guards, arithmetic, the conversation around it, and a classifier.
"""

from bot.commons.detection.detector import ALERT, DIGEST, Detector, Finding
from bot.commons.detection.evidence import (
    ASKS_FOR_HUMAN,
    Classifier,
    Context,
    Evidence,
    Hit,
    Label,
    Role,
    Turn,
)
from bot.commons.detection.matter import OwnRules
from bot.commons.detection.own import read_own

__all__ = [
    "ALERT",
    "ASKS_FOR_HUMAN",
    "DIGEST",
    "Classifier",
    "Context",
    "Detector",
    "Evidence",
    "Finding",
    "Hit",
    "Label",
    "OwnRules",
    "Role",
    "Turn",
    "read_own",
]

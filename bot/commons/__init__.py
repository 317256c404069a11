"""Rooms that every feature may use."""

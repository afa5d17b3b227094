"""Durations, wall times and zones, resolved to instants."""

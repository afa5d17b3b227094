"""Timers: reminders before a promise lapses, and the instant it falls due."""

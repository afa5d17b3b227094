"""The event log of Kept: append, relay, follow, rebuild; this module is its pure half."""

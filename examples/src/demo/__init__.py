"""A story and a replay of real tickets, through the front door."""

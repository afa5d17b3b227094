"""Ten years at three desks in three zones, played by chance to all four services."""

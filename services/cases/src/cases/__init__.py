"""Cases and the commitments made in them."""

"""Recipients and deliveries."""

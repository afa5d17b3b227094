"""`events`: look at the logs of an installation, verify them, and free what is parked."""

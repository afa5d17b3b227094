"""`python -m events`: the command line, as `events`."""

from events.cli.__main__ import main

if __name__ == "__main__":
    main()

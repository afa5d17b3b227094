"""What goes wrong with a part of the stack, said in one sentence."""


class PartError(Exception):
    """A part cannot be had: the message says which one, why, and what to do."""

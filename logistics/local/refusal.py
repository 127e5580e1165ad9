"""The one way in which a command here gives up: a sentence for the person at the keyboard, no traceback."""


class Refusal(SystemExit):
    """Ends the command with this sentence on the error stream and status 1."""

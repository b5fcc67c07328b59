"""What a handler or a piece of planned work may raise to say how its failure is to be treated."""


class Transient(Exception):
    """It will pass: try again after 1 s, 5 s, 30 s, 5 min, 30 min and 2 h, then park."""


class Permanent(Exception):
    """It will never pass: park at once, with the reason."""


class Malformed(Permanent):
    """The bytes are not the message they should be."""


class Unavailable(Transient):
    """The service asked is away: nobody consumes its requests, or the broker is not reachable."""


class DeadlineExceeded(Unavailable):
    """No answer came in time, or what the service asked needs is away; whether the work was done is not known."""


class Failed(Transient):
    """The service asked met an error of its own; its log has the correlation id."""

"""The one refusal that crosses the wire: expected, typed, and told to the person who can act."""


class Refused(Exception):
    """A request was understood and declined. `code` is stable and dotted, `detail` is for the log or the person."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

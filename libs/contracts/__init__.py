"""Every message the services exchange, versioned, and nothing else. Depends on pydantic alone."""

__version__ = "1.5.0"

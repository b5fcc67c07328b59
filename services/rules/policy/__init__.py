"""The policy document a retailer writes: its shape, its faults named by path, and the policy it compiles to."""

from services.rules.policy.compiling import compiled
from services.rules.policy.document import Document
from services.rules.policy.reading import InvalidPolicy, read

__all__ = ["Document", "InvalidPolicy", "compiled", "read"]

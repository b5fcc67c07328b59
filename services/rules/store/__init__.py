"""What rules remembers: the policies, the cases they decided, and trials of a policy on past cases."""

from services.rules.store.cases import Cases
from services.rules.store.policies import Policies
from services.rules.store.replays import Replays
from services.rules.store.tables import metadata

__all__ = ["Cases", "Policies", "Replays", "metadata"]

"""Refuses a policy that gives shoppers less than a country's law does. This is no legal advice.

It looks at what a policy decides: return windows, final sales, rules and the default. What was paid for delivery is not
among it: a policy has no say over that, and whoever withdraws gets it back (`Law.outbound`).
"""

from services.rules.floor.checking import NOT_CHECKED, Violation, check, names_no_fault
from services.rules.floor.laws import LAWS, NO_ADVICE, Faulty, Law, Right, Withdrawal

__all__ = [
    "LAWS",
    "NOT_CHECKED",
    "NO_ADVICE",
    "Faulty",
    "Law",
    "Right",
    "Violation",
    "Withdrawal",
    "check",
    "names_no_fault",
]

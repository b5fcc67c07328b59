"""The words for each state a return can be in, and for each way a page can fail. Keyed by the codes on the wire."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """Where a return is: in a word for staff and for the shopper, and as the head of the shopper's page.

    `tone` is `ok`, `warn`, `bad`, `info` or `quiet`; it colours the dot beside the word.
    """

    staff: str
    shopper: str
    tone: str
    heading: str
    lead: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a hub scan met: in a word, its tone, and what to do now. `{hub}` is where the parcel belongs."""

    words: str
    tone: str
    detail: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What happened and what can be done, for a page that could not be shown."""

    heading: str
    words: str


MILESTONES = {
    "label_created": "Label created",
    "accepted": "Accepted",
    "in_transit": "In transit",
    "out_for_delivery": "Out for delivery",
    "delivered": "Delivered",
    "hub_received": "Hub received",
    "processed": "Inspected",
    "exported": "Exported",
    "delivered_to_retailer": "Delivered to retailer",
}
STATUSES = {
    "awaiting_review": Status(
        "To review",
        "Pending review",
        "warn",
        "We are checking your return",
        "Do not post it yet. We will email you when it is decided.",
    ),
    "awaiting_information": Status(
        "Information asked",
        "We need something from you",
        "warn",
        "We need something from you",
        "Your return goes on as soon as we have it.",
    ),
    "awaiting_payment": Status(
        "Payment",
        "Payment needed",
        "warn",
        "Your return is saved",
        "Your label is made as soon as the postage is settled.",
    ),
    "awaiting_label": Status(
        "Label",
        "Preparing your label",
        "info",
        "Your return is booked",
        "Your label is being made. It will appear here, and we will email it to you.",
    ),
    "awaiting_dropoff": Status(
        "Label sent",
        "Label sent",
        "info",
        "Your label is ready",
        "Print it, put it on the parcel, and drop the parcel off.",
    ),
    "in_transit": Status(
        "In transit",
        "In transit",
        "info",
        "Your parcel is on its way",
        "The carrier has it. There is nothing more for you to do.",
    ),
    "at_hub": Status("At hub", "Arrived", "info", "Your parcel has arrived", "We are checking what is in it."),
    "awaiting_settlement": Status(
        "Settling", "Almost done", "info", "Almost done", "Your parcel has arrived and your money is on its way."
    ),
    "closed": Status(
        "Completed",
        "Completed",
        "ok",
        "Your return is complete",
        "Everything is settled. Nothing more is needed from you.",
    ),
    "rejected": Status(
        "Rejected", "Rejected", "bad", "We could not accept this return", "The reason is in the email we sent you."
    ),
    "cancelled": Status(
        "Cancelled",
        "Cancelled",
        "quiet",
        "This return was cancelled",
        "Nothing will be refunded, and the label can no longer be used.",
    ),
    "expired": Status(
        "Expired",
        "Expired",
        "quiet",
        "This return has ended",
        "The parcel was not dropped off in time, so the label can no longer be used.",
    ),
}

CANCELLATIONS = {
    "asked": Status(
        "Asked for", "Being cancelled", "info", "We are cancelling it", "This takes a moment. We email you."
    ),
    "cancelled": Status(
        "Cancelled",
        "Cancelled",
        "ok",
        "It is cancelled",
        "Your money goes back to the way you paid, within 5 to 10 days.",
    ),
    "refused": Status(
        "Not cancelled",
        "Not cancelled",
        "warn",
        "We could not cancel it by ourselves",
        "Our team looks at it and emails you.",
    ),
    "unknown": Status(
        "Outcome unknown", "Being looked at", "warn", "Our team is looking at it", "We email you what became of it."
    ),
    "late": Status("Was sent", "Already sent", "warn", "It was sent already", "You can return it once it has arrived."),
}

SCANS = {  # by the codes of HubResult
    "ok": Scan("Received", "ok", "Open it, or scan the next one."),
    "already": Scan("Already received", "info", "It was received before."),
    "wrong_hub": Scan("Wrong hub", "warn", "It belongs to {hub}. Send it on: it does not count as received."),
    "ended": Scan("Return was called off", "warn", "It is received. Put it aside: a task is open for the team."),
    "unknown": Scan(
        "Not known", "bad", "Put it aside. Add a photo of its label, so that somebody finds out whose it is."
    ),
    "another_retailer": Scan("Another retailer’s", "bad", "Nothing is recorded. Put it with that retailer’s parcels."),
}
SORTED_OUT = ("wrong_hub", "ended", "unknown", "another_retailer")  # what a hub does not put with the others
OPENED_AT = {"awaiting_dropoff", "in_transit", "at_hub"}  # while a return awaits these, its parcel may be opened

BAG_STATES = {"open": ("Open", "info"), "closed": ("Sent on", "warn"), "delivered": ("At the retailer", "ok")}

DISPOSITIONS = {
    "restock": "Back on the shelf",
    "refurbish": "To be made good",
    "donate": "To be given away",
    "destroy": "To be destroyed",
}

MONEY = {
    "not_due": ("Not due", "quiet"),
    "due": ("Due", "info"),
    "settling": ("Settling", "info"),
    "settled": ("Settled", "ok"),
    "refused": ("Refused by the shop", "bad"),
    "by_hand": ("To be given by hand", "warn"),
    "unknown": ("Outcome unknown", "warn"),
    "waived": ("Waived", "quiet"),
}

LABELS = {
    "later": ("Not asked for yet", "quiet"),
    "wanted": ("Being made", "info"),
    "unknown": ("Outcome unknown", "warn"),
    "refused": ("Refused by the carrier", "bad"),
    "issued": ("Made", "ok"),
    "expired": ("Expired", "warn"),
    "void": ("Void", "quiet"),
    "none": ("No label", "quiet"),
}

METHODS = {  # how a parcel is sent, where it is not with a printed label
    "qr": "By a code at the counter",
    "drop_off": "Brought to a drop-off point",
    "own_carrier": "Sent with a carrier of the shopper’s own",
    "in_store": "Brought to a shop",
}

CONDITIONS = {
    "as_expected": "As expected",
    "worn": "Worn",
    "damaged": "Damaged",
    "wrong_item": "Another item",
    "missing": "None came",
}

STAGES = {
    "first_scan": "at the carrier’s first scan",
    "hub_scan": "when it reaches the hub",
    "inspected": "once it is inspected",
    "manual": "when a person settles it",
}

RESOLUTIONS = {"refund": "Refund", "store_credit": "Gift card", "exchange": "Exchange", "none": "No refund"}

ROLES = {
    "manager": ("Retailer manager", "Everything, staff and API keys included."),
    "agent": ("Agent", "Decides about returns and answers shoppers. Moves no money."),
    "merchandiser": ("Merchandiser", "Sees returns and reports."),
    "finance": ("Finance", "Settles returns and waives fees. Sees reports and the audit."),
    "hub": ("Hub", "Scans parcels and inspects what is in them."),
    "viewer": ("Viewer", "Sees returns and changes nothing."),
    "platform": ("Platform operator", "Runs the suite. Sees no retailer’s returns."),
}

GRANTED = {
    "returns.read": "See returns and tasks",
    "returns.write": "Create and cancel returns",
    "returns.decide": "Accept, reject and ask",
    "tasks.clear": "Clear tasks",
    "money.move": "Settle and waive money",
    "scans.write": "Record hub scans",
    "inspections.write": "Record inspections",
    "orders.write": "Bring orders in",
    "reports.read": "See reports",
    "audit.read": "See the audit",
    "staff.manage": "Manage staff",
    "keys.manage": "Manage API keys",
    "shops.manage": "Connect the shop",
    "carriers.manage": "Keep accounts with carriers",
    "policies.read": "Read the policy",
    "policies.write": "Draft and try policies",
    "policies.publish": "Put policies in force",
    "persons.manage": "Export and erase persons’ data",
    "platform.operate": "Operate the platform",
}

PERSON_KINDS = {
    "export": "Their data",
    "erase": "Erasure",
    "erase_shop": "Erasure of a whole shop",
}
PERSON_STATES = {
    "open": ("Under way", "info"),
    "waiting": ("Waits for open returns", "warn"),
    "done": ("Done", "ok"),
    "void": ("Not needed", "quiet"),
}

SHOP_STATES = {"open": ("Connected", "ok"), "lost": ("Lets us in no more", "bad"), "ended": ("Disconnected", "quiet")}

POLICY_STATES = {
    "draft": ("Draft", "info"),
    "published": ("In force", "ok"),
    "superseded": ("Superseded", "quiet"),
    "rolled_back": ("Taken back", "quiet"),
}
POLICY_FINDINGS = {
    "unreachable": "Never reached",
    "partly_shadowed": "Partly shadowed",
    "redundant": "Changes nothing",
    "opposite": "Opposite outcomes",
    "gap": "Gap",
    "impossible_value": "Impossible value",
    "uncovered_reason": "Reason not covered",
    "dead_reference": "Dead reference",
    "no_fault": "Nothing is at fault",
}
CHANGES = {  # what a policy would change of a past return
    "refused": "Refused now",
    "allowed": "Allowed now",
    "offers": "Other offers",
    "amount": "Other amounts",
    "stage": "Money at another stage",
    "review": "Review differs",
    "keep_item": "Keeping the item differs",
    "label": "Other label terms",
    "inspection": "Inspection differs",
}

MEMBER_STATES = {"active": ("Active", "ok"), "invited": ("Invited", "info"), "disabled": ("Not let in", "quiet")}

OUTCOMES = {
    "done": ("Done", "ok"),
    "refused": ("Refused", "warn"),
    "failed": ("Failed", "bad"),
    "": ("No outcome", "bad"),
}

FAILURES = {
    "not_found": Failure("This page does not exist", "The address may be mistyped, or the page may have moved."),
    "forbidden": Failure("This page is not open to you", "Your account does not have access to it."),
    "stale": Failure(
        "This page was open too long",
        "For your safety it can no longer be sent. Load it again and repeat the last step.",
    ),
    "expired": Failure("Your session has ended", "For your safety we ask for your order again after a while."),
    "malformed": Failure("That did not arrive whole", "Go back, load the page again, and repeat the last step."),
    "too_large": Failure("That is more than we can take", "Photos may be up to 10 MB each, and 4 for each item."),
    "too_many": Failure("Too many tries", "Wait a few minutes and try again, or ask our team."),
    "unavailable": Failure(
        "This is not available right now", "Part of our service is not answering. Try again in a minute."
    ),
    "failure": Failure("Something went wrong on our side", "It has been recorded, and we will look into it."),
}

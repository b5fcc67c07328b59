"""What every table of portal is made with."""

from sqlalchemy import DateTime, Text

from libs.chassis.store import tables

metadata = tables("portal")
MOMENT = DateTime(timezone=True)
SEARCHED = Text(collation="C")  # by its bytes, so that what begins alike lies together in an index

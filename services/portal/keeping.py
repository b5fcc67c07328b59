"""How long things are kept, as the settings say, and giving them up when their time is over."""

from datetime import timedelta
from uuid import UUID

from libs.chassis.logs import log
from libs.chassis.objects import Objects
from libs.chassis.settings import load
from services.portal.settings import PortalSettings
from services.portal.store.sweeps import Lives, Sweeps


def sweep(sweeps: Sweeps, objects: Objects, retailer_id: UUID) -> None:
    """Give up all of one retailer that is past its time, and the photos that nothing holds any more."""
    settings = load(PortalSettings)
    lives = Lives(timedelta(days=settings.request_days), timedelta(days=settings.webhook_days))
    rows = 0
    while True:
        swept = sweeps.sweep(retailer_id, lives)
        rows += swept.rows
        for key in swept.objects:
            objects.delete(key)
        if swept.is_all:
            break
    if rows:
        log.info("portal.swept", retailer=str(retailer_id), rows=rows)

"""Carriers' clocks: the moment in UTC that a written time names, where that can be known at all."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Countries with one time zone, by both of their codes (ISO 3166). In any other a local time names no moment.
_ZONES = """
AT AUT Europe/Vienna     BE BEL Europe/Brussels    BG BGR Europe/Sofia     CH CHE Europe/Zurich    CZ CZE Europe/Prague
DE DEU Europe/Berlin     DK DNK Europe/Copenhagen  EE EST Europe/Tallinn   FI FIN Europe/Helsinki  FR FRA Europe/Paris
GB GBR Europe/London     GR GRC Europe/Athens      HR HRV Europe/Zagreb    HU HUN Europe/Budapest  IE IRL Europe/Dublin
IL ISR Asia/Jerusalem    IN IND Asia/Kolkata       IT ITA Europe/Rome      JP JPN Asia/Tokyo       KR KOR Asia/Seoul
LT LTU Europe/Vilnius    LU LUX Europe/Luxembourg  LV LVA Europe/Riga      NL NLD Europe/Amsterdam NO NOR Europe/Oslo
PL POL Europe/Warsaw     RO ROU Europe/Bucharest   SE SWE Europe/Stockholm SG SGP Asia/Singapore   SI SVN Europe/Ljubljana
SK SVK Europe/Bratislava TR TUR Europe/Istanbul    HK HKG Asia/Hong_Kong   AE ARE Asia/Dubai       ZA ZAF Africa/Johannesburg
"""
ZONES = {code: zone for two, three, zone in zip(*[iter(_ZONES.split())] * 3, strict=True) for code in (two, three)}


def moment(written: str | None, *, country: str | None = None) -> datetime | None:
    """The moment in UTC; None where nobody can say which it is.

    A time without an offset is one of `country`, where that has one zone; but not in the hour that comes twice in autumn, nor
    in the one that is left out in spring.
    """
    try:
        told = datetime.fromisoformat((written or "").strip())
        return _in_utc(told, zone_of(country))
    except (ValueError, OverflowError):
        return None


def roughly(written: str | None) -> datetime:
    """A time to sort by: as in UTC where no offset is told; the first there is where no time is."""
    try:
        told = datetime.fromisoformat((written or "").strip())
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def zone_of(country: str | None) -> ZoneInfo | None:
    """The one zone of a country, by either of its codes; None where there are several, or none is known."""
    name = ZONES.get((country or "").strip().upper())
    return _zone(name) if name else None


def _in_utc(told: datetime, zone: ZoneInfo | None) -> datetime | None:
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    if zone is None:
        return None
    here = told.replace(tzinfo=zone)
    return here.astimezone(UTC) if here.utcoffset() == here.replace(fold=1).utcoffset() else None


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:  # a machine without the database of time zones
        return None

"""Links mailed to the staff: an invite to begin, and a way to a new password. Each works once, for an hour."""

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.portal import StaffLinkIssuedV1, StaffLinkPurpose
from services.portal.access import Role
from services.portal.store.members import EmailTaken, Member, as_member, end_sessions
from services.portal.store.people import digest
from services.portal.store.tables import metadata, staff, staff_links

LINK_LIVES = timedelta(minutes=60)


class Invites(Store):
    """The links that are out. A member has one of each purpose: a newer one puts the older out of force."""

    service, metadata = "portal", metadata

    def invite(self, retailer_id: UUID, *, email: str, name: str, role: Role, by: str, base: str) -> Member:
        """Add a member, who is mailed a link below `base` to choose a password. Raises EmailTaken."""
        with self.unit(retailer_id=retailer_id) as unit:
            made = upsert(staff).values(
                id=new_id(), retailer_id=retailer_id, email=email.casefold(), name=name, role=role, invited_at=unit.now
            )
            row = unit.db.execute(made.on_conflict_do_nothing().returning(staff)).first()
            if row is None:
                raise EmailTaken(email)
            member = as_member(row)
            _issue(unit, member, StaffLinkPurpose.INVITE, base, by)
        return member

    def invite_again(self, retailer_id: UUID, id: UUID, *, by: str, base: str) -> Member | None:
        """Mail a fresh link to a member who has not begun; None where there is no such member."""
        waiting = (staff.c.id == id, staff.c.retailer_id == retailer_id, staff.c.password_hash.is_(None))
        with self.unit(retailer_id=retailer_id) as unit:
            renewed = update(staff).where(*waiting, staff.c.disabled_at.is_(None)).values(invited_at=unit.now)
            row = unit.db.execute(renewed.returning(staff)).first()
            if row is None:
                return None
            member = as_member(row)
            _issue(unit, member, StaffLinkPurpose.INVITE, base, by)
        return member

    def offer_reset(self, member: Member, *, base: str) -> None:
        """Mail the member a link below `base` to choose another password."""
        with self.unit(retailer_id=member.retailer_id) as unit:
            _issue(unit, member, StaffLinkPurpose.RESET, base, None)

    def of(self, token: str, purpose: StaffLinkPurpose) -> Member | None:
        """Whose link in force this is; looking at it changes nothing."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            row = db.execute(
                select(staff)
                .join(staff_links, staff_links.c.member_id == staff.c.id)
                .where(
                    staff_links.c.token_hash == digest(token),
                    staff_links.c.purpose == purpose,
                    staff_links.c.expires_at > now(),
                    staff.c.disabled_at.is_(None),
                )
            ).first()
        return as_member(row) if row else None

    def redeem(self, token: str, member: Member, *, password_hash: str, name: str | None = None) -> bool:
        """Use the member's link up for a password, and a name; their sessions and other links end. Once: then False."""
        with self.unit(retailer_id=member.retailer_id) as unit:
            mine = delete(staff_links).where(
                staff_links.c.token_hash == digest(token),
                staff_links.c.member_id == member.id,
                staff_links.c.expires_at > unit.now,
            )
            if unit.db.execute(mine.returning(staff_links.c.member_id)).first() is None:
                return False
            values = {"password_hash": password_hash} | ({"name": name} if name else {})
            unit.db.execute(update(staff).where(staff.c.id == member.id).values(values))
            unit.db.execute(delete(staff_links).where(staff_links.c.member_id == member.id))
            end_sessions(unit.db, member.id)
        return True


def _issue(unit: Unit, member: Member, purpose: StaffLinkPurpose, base: str, by: str | None) -> None:
    token, expires_at = token_urlsafe(32), unit.now + LINK_LIVES
    unit.db.execute(delete(staff_links).where(staff_links.c.expires_at < unit.now))
    fresh = {"token_hash": digest(token), "expires_at": expires_at}
    unit.db.execute(
        upsert(staff_links)
        .values(retailer_id=member.retailer_id, member_id=member.id, purpose=purpose, **fresh)
        .on_conflict_do_update(index_elements=["member_id", "purpose"], set_=fresh)
    )
    unit.announce(
        StaffLinkIssuedV1(
            email=member.email,
            purpose=purpose,
            role=member.role,
            url=f"{base}/{token}",
            expires_at=expires_at,
            by=by,
        )
    )

"""Announcing what happened, keeping who is told, and choosing."""

from pbr_ledger.notices.services.announcing import NOTICE_JOB, NOTICE_MAIL, announce, keep_copies, mark_sent
from pbr_ledger.notices.services.choosing import choose

__all__ = ["NOTICE_JOB", "NOTICE_MAIL", "announce", "choose", "keep_copies", "mark_sent"]

"""How pages and documents write dates, amounts, references and the contract's own words. Plain text, no markup."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from pbr_ledger.money import RATE_SCALE, pence_of, pounds_shown
from pbr_ledger.periods import LONDON, Month

SETTING_NAMES = {
    "residential": "Residential",
    "unregistered": "Unregistered",
    "fostering_in_house": "In-house fostering",
    "fostering_external": "External fostering",
    "connected_carers": "Connected carers",
    "special_guardianship": "Special guardianship",
    "reunification": "Reunification",
    "supported_living": "Supported living",
    "other": "Other",
}
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FIRST_MONTH_OF_YEAR = 4
LISTED_AT_MOST = 12


def file_stem(text: str) -> str:
    """The text as a part of a file's name that every system can keep: `L04-25-26`."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def day_shown(day: date) -> str:
    """`12 March 2026`."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def month_shown(month: Month) -> str:
    """`March 2026`."""
    return f"{MONTH_NAMES[month.number - 1]} {month.year}"


def month_short(month: Month) -> str:
    """`Mar 2026`, for a column that is narrow."""
    return f"{MONTH_NAMES[month.number - 1][:3]} {month.year}"


def instant_shown(instant: datetime) -> str:
    """`6 May 2026, 10:32`: the clock on a wall in London."""
    local = instant.astimezone(LONDON)
    return f"{day_shown(local.date())}, {local:%H:%M}"


def nights_span(start: date, until: date) -> str:
    """The nights `[start, until)` by their first and last: `1–30 Apr`, `28 Mar–2 Apr`, `3 Apr`."""
    last = until - timedelta(days=1)
    if last <= start:
        return _day_short(start)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day}–{_day_short(last)}"
    return f"{_day_short(start)}–{_day_short(last)}"


def _day_short(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1][:3]}"


def financial_year(month: Month) -> str:
    """The council's financial year of the month, April to March: `2025/26`."""
    return financial_year_of(year_begun_by(month))


def year_begun_by(month: Month) -> int:
    """The calendar year in which the month's financial year began: 2025 for March 2026."""
    return month.year if month.number >= FIRST_MONTH_OF_YEAR else month.year - 1


def financial_year_of(first: int) -> str:
    """The financial year that begins in April of this calendar year: `2025/26`."""
    return f"{first}/{(first + 1) % 100:02d}"


def financial_period(month: Month) -> int:
    """The month's number within the financial year: April is 1, March is 12."""
    return (month.number - FIRST_MONTH_OF_YEAR) % 12 + 1


def period_shown(month: Month) -> str:
    """`2025/26, period 11 (February 2026)`."""
    return f"{financial_year(month)}, period {financial_period(month)} ({month_shown(month)})"


def count_shown(count: int, noun: str, plural: str = "") -> str:
    """`1 night`, `30 nights`, `2 children`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def rate_shown(rate: int) -> str:
    """A rate in ten-thousandths as a percentage: `10%`, `12.5%`."""
    whole, rest = divmod(rate * 100, RATE_SCALE)
    decimals = f"{rest * 100 // RATE_SCALE:02d}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def share_shown(part: int, whole: int) -> str:
    """A part of a whole as a percentage with one decimal, never rounded up: `40.7%`, and `99.9%` short of it all."""
    if whole <= 0:
        return "–"
    tenths = abs(part) * 1000 // whole
    return f"{'−' if part < 0 and tenths else ''}{tenths // 10}.{tenths % 10}%"


def amount_shown(text: str) -> str:
    """An amount as a document writes it, as people read it: `-9600.00` is `−£9,600.00`."""
    return pounds_shown(pence_of(Decimal(text)))


def signed_shown(pence: int) -> str:
    """A difference with its sign: `+£1,970.72`, `−£9,600.00`, `£0.00`."""
    return f"+{pounds_shown(pence)}" if pence > 0 else pounds_shown(pence)


def more_or_less(pence: int) -> str:
    """A difference in words: `£11,308.57 more`, `£9,600.00 less`."""
    return f"{pounds_shown(abs(pence))} {'more' if pence > 0 else 'less'}"


def listed(items: Iterable[str], *, at_most: int = LISTED_AT_MOST) -> str:
    """`C01`, `C01 and C02`, `C01, C02 and C03`; of a long list the first ones and how many more there are."""
    names = list(items)
    if len(names) > at_most:
        names = [*names[:at_most], f"{len(names) - at_most} more"]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def shortened(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis where it is longer than `length`: for running heads only."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def digest_grouped(digest: str) -> str:
    """A hash in groups of eight, as people read one out."""
    return " ".join(digest[index : index + 8] for index in range(0, len(digest), 8))


def digest_short(digest: str) -> str:
    """The first sixteen figures of a hash, enough to tell two statements apart on paper."""
    return digest_grouped(digest[:16])


def setting_shown(setting: str) -> str:
    """The contract's word for a setting: `In-house fostering`."""
    return SETTING_NAMES.get(setting, setting.replace("_", " ").capitalize())

"""What is inside the cap and the maximum contract value: read in one way, for which there is no term."""

from collections.abc import Sequence

from django.urls import reverse

from cohort.core.terms import Terms
from cohort.models import Contract
from pbr_ledger.money import pounds_shown
from pbr_ledger.readings import SettledReading
from savings.core.results import Charges
from savings.documents.readings.content import SettingShown
from savings.pages.readings.choices import MODEL, briefing, decision

MAXIMUM_VALUE = "maximum_value"
RULE_BOOK = "The contract as the ledger reads it"


def settled_by_savings(
    contract: Contract, *, terms: Terms, charged: Charges, maximum_set_by: Sequence[SettingShown]
) -> tuple[SettledReading, ...]:
    """The cap and the maximum contract value (docs/contract.md 4.1, 9.1), with all that is charged to date."""
    return (_cap(terms, charged), _maximum(contract, terms, charged, maximum_set_by))


def _cap(terms: Terms, charged: Charges) -> SettledReading:
    return SettledReading(
        key="cap",
        name="What is inside the cap",
        clause="4.1",
        open="Is £599.8k (“inclusive”) the most for everything, or for the fixed fee alone, with others beside it?",
        quotations=(
            decision(7, 1, "to a total of £599.8k (inclusive) in the year"),
            decision(7, 4, "they can invoice us for an additional 10% of the incremental savings achieved"),
            briefing(MODEL, 4, "As well as the fixed fee of £599.8k set out above"),
            briefing(MODEL, 3, "inclusive of travel and accommodation costs for the Consulting team"),
        ),
        decided="The fixed fee alone. Carer fees, the success fee and family support workers’ expenses are outside.",
        kept_in=f"{RULE_BOOK}, clause 4.1. There is no term for it.",
        address=f"{reverse('contract-reading')}#4.1",
        set_by=(),
        to_date=_past_the_cap(terms.cap_pence, charged),
    )


def _past_the_cap(cap: int, charged: Charges) -> str:
    beside = charged.total - charged.fixed_fee
    said = (
        f"To date {pounds_shown(charged.fixed_fee)} of fixed fee is charged inside the cap of {pounds_shown(cap)}, and "
        f"{pounds_shown(beside)} of other charges outside it."
    )
    past = charged.total - cap
    if past <= 0:
        return f"{said} All of it together has not reached the cap, so a cap on everything would have cut nothing yet."
    return f"{said} Under a cap on everything, {pounds_shown(past)} of that would not have been charged."


def _maximum(contract: Contract, terms: Terms, charged: Charges, set_by: Sequence[SettingShown]) -> SettledReading:
    return SettledReading(
        key=MAXIMUM_VALUE,
        name="What the maximum contract value does",
        clause="9.1",
        open="“Estimated to be £1m”: is it an estimate, or a limit that cuts charges? And which charges are inside it?",
        quotations=(
            decision(
                4,
                1,
                "Maximum contract value estimated to be £1m over two years subject to payment by results conditions as "
                "outlined.",
            ),
            decision(7, 7, "The maximum contract value is estimated to be £1m over two years."),
        ),
        decided="An estimate: it cuts no charge. Fixed fee, carer fees, success fee and expenses are all inside. An "
        "invoice that goes past it waits for a variation. VAT and the paying agent’s margin are not inside.",
        kept_in="Terms, “Maximum contract value”",
        address=reverse("terms", args=[contract.pk]),
        set_by=tuple(map(setting_words, set_by)),
        to_date=_past_the_maximum(terms.maximum_value_pence, charged.total),
    )


def setting_words(setting: SettingShown) -> str:
    """A version that set a term, in one line."""
    return (
        f"Version {setting.version}: {setting.value}, effective from {setting.effective_from}, recorded by "
        f"{setting.recorded_by}, {setting.recorded_at}"
    )


def _past_the_maximum(maximum: int, total: int) -> str:
    past = total - maximum
    said = f"To date {pounds_shown(total)} is charged in all, of a maximum of {pounds_shown(maximum)} by the terms."
    if past <= 0:
        return f"{said} A limit would have cut nothing yet: the two readings have charged the same."
    return f"{said} Under a limit, {pounds_shown(past)} of that would not have been charged."

"""Terms of the contract, as a scenario document writes them."""

from cohort.core.facts import SETTINGS
from cohort.core.terms import FAMILY_SETTINGS, CarerFeeRefund, Phase, ScheduleRow, SuccessFee, Terms
from cohort.core.validity import (
    CARER_FEE_TRIGGERS,
    FIXED_FEE_LIMITS,
    FIXED_FEE_SAVINGS,
    NEGATIVE_SAVINGS,
    SUCCESS_FEE_BASES,
    terms_problems,
)
from savings.core.scenario.fields import Node

_REQUIRED = ("recorded", "effective_from", "phase2", "phase3", "success_fee", "carer_fee", "maximum_value")
_OPTIONAL = (
    "schedule",
    "fixed_fee_limit",
    "fixed_fee_savings",
    "negative_savings",
    "annual_days",
    "carer_fee_refund",
    "carer_fee_trigger",
    "expenses_wait_for_savings",
    "family_settings",
)


def read_terms(node: Node) -> Terms | None:
    """The version of the terms that stands here; None, with its problems noted, when something is wrong in it."""
    before = len(node.problems)
    terms = _terms(node.keys(_REQUIRED, _OPTIONAL))
    node.add_what_stands_alone(terms_problems(terms), hangs_on={"schedule": ("phase2.fee", "phase3.fee", "schedule")})
    return None if node.has_problems_since(before) else terms


def _terms(keys: dict[str, Node]) -> Terms:
    waits = keys.get("expenses_wait_for_savings")
    return Terms(
        recorded=keys["recorded"].day(),
        effective_from=keys["effective_from"].day(),
        phase2=_phase(keys["phase2"]),
        phase3=_phase(keys["phase3"]),
        success_fee=_success_fee(keys["success_fee"]),
        carer_fee_pence=keys["carer_fee"].pence(),
        maximum_value_pence=keys["maximum_value"].pence(),
        schedule=_schedule(keys),
        fixed_fee_limit=_choice(keys, "fixed_fee_limit", FIXED_FEE_LIMITS),
        fixed_fee_savings=_choice(keys, "fixed_fee_savings", FIXED_FEE_SAVINGS),
        negative_savings=_choice(keys, "negative_savings", NEGATIVE_SAVINGS),
        annual_days=keys["annual_days"].count() if "annual_days" in keys else 365,
        carer_fee_refund=_refunds(keys),
        carer_fee_trigger=_choice(keys, "carer_fee_trigger", CARER_FEE_TRIGGERS),
        expenses_wait_for_savings=waits.yes_or_no() if waits else True,
        family_settings=_family_settings(keys),
    )


def _phase(node: Node) -> Phase:
    keys = node.keys(("from", "until", "fee"))
    return Phase(start=keys["from"].day(), until=keys["until"].day(), fee_pence=keys["fee"].pence())


def _success_fee(node: Node) -> SuccessFee:
    keys = node.keys(("threshold", "rate"), ("basis",))
    return SuccessFee(
        threshold_pence=keys["threshold"].pence(),
        rate=keys["rate"].ten_thousandths(),
        basis=_choice(keys, "basis", SUCCESS_FEE_BASES),
    )


def _choice(keys: dict[str, Node], key: str, choices: tuple[str, ...]) -> str:
    """The word that stands there, or the default: the first of the choices."""
    return keys[key].choice(choices) if key in keys else choices[0]


def _schedule(keys: dict[str, Node]) -> tuple[ScheduleRow, ...] | None:
    if "schedule" not in keys or keys["schedule"].is_null:
        return None
    rows = [item.keys(("month", "amount")) for item in keys["schedule"].items()]
    return tuple(ScheduleRow(month=row["month"].month(), amount_pence=row["amount"].pence()) for row in rows)


def _refunds(keys: dict[str, Node]) -> tuple[CarerFeeRefund, ...]:
    if "carer_fee_refund" not in keys:
        return ()
    rows = [item.keys(("within_nights", "share")) for item in keys["carer_fee_refund"].items()]
    return tuple(
        CarerFeeRefund(within_nights=row["within_nights"].count(), share=row["share"].ten_thousandths()) for row in rows
    )


def _family_settings(keys: dict[str, Node]) -> tuple[str, ...]:
    if "family_settings" not in keys:
        return FAMILY_SETTINGS
    return tuple(item.choice(SETTINGS) for item in keys["family_settings"].items())

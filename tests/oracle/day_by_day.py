"""The contract worked out the slow way: night by night, in fractions, everything rebuilt for every statement.

It is the second opinion on the engine, so it imports nothing of the product and prefers the plainest wording of
docs/contract.md to any saving of time. Documents come in as parsed JSON that is already known to be valid.
"""

import datetime as dt
from fractions import Fraction

DEFAULT_FAMILY_SETTINGS = [
    "fostering_in_house",
    "fostering_external",
    "connected_carers",
    "special_guardianship",
    "reunification",
]
ONE_DAY = dt.timedelta(days=1)


def result_of(document):
    """The result document of a scenario document: every listed month closed, each statement after the ones before."""
    statements = []
    released_expenses = set()
    for closing in document["close"]:
        statement = Statement(document, closing, statements, released_expenses)
        statements.append(statement.document())
        released_expenses |= statement.expenses_charged()
    return {"contract": document["contract"], "statements": statements}


# Dates and money


def day(text):
    return dt.date.fromisoformat(text)


def month_of(date):
    return f"{date.year:04d}-{date.month:02d}"


def first_day(month):
    return day(month + "-01")


def next_month(month):
    return month_of(first_day(month) + 31 * ONE_DAY)


def last_day(month):
    return first_day(next_month(month)) - ONE_DAY


def days_of(month):
    return days_between(first_day(month), first_day(next_month(month)))


def days_between(start, end):
    return [start + n * ONE_DAY for n in range((end - start).days)]


def months_between(first, last):
    months = [first]
    while months[-1] < last:
        months.append(next_month(months[-1]))
    return months


def covers(start, end, date):
    """Whether the half-open period from `start` until `end` (null: for good) has the night of `date` in it."""
    return day(start) <= date and (end is None or date < day(end))


def rounded(amount):
    """Pounds to the nearest penny, halves away from zero."""
    pence = abs(amount) * 100
    whole = pence.numerator // pence.denominator
    if pence - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if amount >= 0 else -whole, 100)


def text(amount):
    """The amount as documents write it. Anything finer than a penny here would be a mistake of this module."""
    pence = amount * 100
    assert pence.denominator == 1, f"{amount} was never rounded"
    whole = abs(pence.numerator)
    return f"{'-' if pence < 0 else ''}{whole // 100}.{whole % 100:02d}"


# What was known on a day


def known_facts(document, cut_off):
    """The live facts of each type by id: the last version recorded by the cut-off, unless that one retracts it."""
    latest = {}
    for fact in document["facts"]:
        if day(fact["recorded"]) <= cut_off:
            latest[fact["type"], fact["id"]] = fact
    live = {kind: {} for kind in ("child", "placement", "claim", "household", "extra_cost", "expense")}
    for (kind, identity), fact in latest.items():
        if not fact.get("void", False):
            live[kind][identity] = fact
    return live


def known_terms(document, cut_off):
    return [terms for terms in document["terms"] if day(terms["recorded"]) <= cut_off]


def version_of_month(versions, month):
    """The terms of a month: latest to take effect by its first day, else the earliest of all (contract.md 11.1)."""
    in_effect = [terms for terms in versions if day(terms["effective_from"]) <= first_day(month)]
    if in_effect:
        chosen_date = max(terms["effective_from"] for terms in in_effect)
    else:
        chosen_date = min(terms["effective_from"] for terms in versions)
    same_date = [terms for terms in versions if terms["effective_from"] == chosen_date]
    latest_recorded = max(terms["recorded"] for terms in same_date)
    return [terms for terms in same_date if terms["recorded"] == latest_recorded][-1]


def in_programme(terms, night):
    return covers(terms["phase2"]["from"], terms["phase3"]["until"], night)


def cap_of(terms):
    return Fraction(terms["phase2"]["fee"]) + Fraction(terms["phase3"]["fee"])


def limit_of(terms, month):
    """What the fixed fees up to the end of the month may add up to (contract.md 3.1, 3.2, 4.3)."""
    if terms.get("fixed_fee_limit", "schedule") == "cap":
        return cap_of(terms)
    rows = terms.get("schedule")
    if rows is not None:
        return sum((Fraction(row["amount"]) for row in rows if row["month"] <= month), Fraction(0))
    limit = Fraction(0)
    for phase in (terms["phase2"], terms["phase3"]):
        phase_days = days_between(day(phase["from"]), day(phase["until"]))
        days_gone = [date for date in phase_days if date <= last_day(month)]
        limit += rounded(Fraction(phase["fee"]) * len(days_gone) / len(phase_days))
    return limit


def rate_on(rates, night):
    """What the council itself pays a week: the rate in force that night, less what partners pay of it."""
    in_force = max((rate for rate in rates if day(rate["from"]) <= night), key=lambda rate: rate["from"])
    return Fraction(in_force["weekly"]) - Fraction(in_force.get("contribution", "0"))


class Statement:
    """One month's statement, worked out from the raw facts and from what the statements before it said."""

    def __init__(self, document, closing, earlier, released_expenses):
        self.month = closing["month"]
        self.cut_off = day(closing["as_known_on"])
        self.earlier = earlier
        self.released_before = released_expenses
        self.facts = known_facts(document, self.cut_off)
        self.versions = known_terms(document, self.cut_off)
        self.terms = self.terms_of(self.month)
        programme_began = min(terms["phase2"]["from"] for terms in self.versions)
        self.months = months_between(month_of(day(programme_began)), self.month)
        self.table = {month: self.lines_of(month) for month in self.months}

    def terms_of(self, month):
        return version_of_month(self.versions, month)

    # Savings (contract.md 2)

    def is_agreed(self, placement):
        return any(
            claim["placement"] == placement["id"] and claim["status"] == "agreed"
            for claim in self.facts["claim"].values()
        )

    def counted_placement(self, child, night):
        """The placement that makes this night of the child count, or nothing."""
        terms = self.terms_of(month_of(night))
        if not covers(child["joined"], child["left"], night) or not in_programme(terms, night):
            return None
        for placement in self.facts["placement"].values():
            if (
                placement["child"] == child["id"]
                and covers(placement["from"], placement["until"], night)
                and placement["setting"] in terms.get("family_settings", DEFAULT_FAMILY_SETTINGS)
                and self.is_agreed(placement)
            ):
                return placement
        return None

    def weekly_saving(self, child, night):
        """Pounds a week saved on this night, or None when the night does not count."""
        placement = self.counted_placement(child, night)
        if placement is None:
            return None
        saving = rate_on(child["baseline"], night) - rate_on(placement["costs"], night)
        for extra in self.facts["extra_cost"].values():
            if extra["child"] == child["id"] and covers(extra["from"], extra["until"], night):
                saving -= Fraction(extra["weekly"])
        if saving < 0 and self.terms_of(month_of(night)).get("negative_savings", "net") == "zero":
            return Fraction(0)
        return saving

    def lines_of(self, month):
        """Nights and rounded saving of every child with a counted night in the month, by id."""
        lines = {}
        for identity in sorted(self.facts["child"]):
            child = self.facts["child"][identity]
            weekly = [self.weekly_saving(child, night) for night in days_of(month)]
            counted = [saving for saving in weekly if saving is not None]
            if counted:
                lines[identity] = (len(counted), rounded(sum(saving / 7 for saving in counted)))
        return lines

    def savings(self, month):
        return sum((saving for _, saving in self.table[month].values()), Fraction(0))

    def savings_to_date(self):
        return sum((self.savings(month) for month in self.months), Fraction(0))

    def adjustments(self):
        """What every earlier month's saving of each child is now, less all that was stated for it (contract.md 5.1)."""
        rows = []
        for month in self.months[:-1]:
            stated = self.stated(month)
            for identity in sorted({*self.table[month], *stated}):
                _, now = self.table[month].get(identity, (0, Fraction(0)))
                difference = now - stated.get(identity, Fraction(0))
                if difference != 0:
                    rows.append({"child": identity, "month": month, "saving": text(difference)})
        return rows

    def stated(self, month):
        stated = {}
        for statement in self.earlier:
            rows = [row for row in statement["adjustments"] if row["month"] == month]
            if statement["month"] == month:
                rows += statement["lines"]
            for row in rows:
                stated[row["child"]] = stated.get(row["child"], Fraction(0)) + Fraction(row["saving"])
        return stated

    # Charges

    def charged_before(self, kind):
        return sum((Fraction(statement["charges"][kind]) for statement in self.earlier), Fraction(0))

    def fixed_fees(self):
        """The fee of every month of the programme so far, as now known (contract.md 4.2)."""
        fees = {}
        for position, month in enumerate(self.months):
            terms = self.terms_of(month)
            fees_before = sum(fees.values(), Fraction(0))
            savings = self.savings(month)
            if terms.get("fixed_fee_savings", "month") == "to_date":
                savings = sum((self.savings(each) for each in self.months[: position + 1]), Fraction(0)) - fees_before
            fees[month] = max(Fraction(0), min(savings, limit_of(terms, month) - fees_before))
        return fees

    def last_night_of_phase3(self):
        return day(self.terms["phase3"]["until"]) - ONE_DAY

    def run_rate(self, night):
        annual_days = self.terms_of(month_of(night)).get("annual_days", 365)
        total = Fraction(0)
        for child in self.facts["child"].values():
            saving = self.weekly_saving(child, night)
            if saving is not None:
                total += rounded(saving * annual_days / 7)
        return total

    def realised_in_phase3(self, last_night):
        began = day(self.terms_of(month_of(last_night))["phase3"]["from"])
        total = Fraction(0)
        for child in self.facts["child"].values():
            weekly = [self.weekly_saving(child, night) for night in days_between(began, last_night + ONE_DAY)]
            total += rounded(sum((saving / 7 for saving in weekly if saving is not None), Fraction(0)))
        return total

    def success_fee_to_date(self):
        """Contract.md 6.2: nothing until Phase 3 is over, and again nothing if it turns out not to be over."""
        night = self.last_night_of_phase3()
        if last_day(self.month) < night:
            return Fraction(0)
        rule = self.terms_of(month_of(night))["success_fee"]
        realised = rule.get("basis", "run_rate") == "realised"
        base = self.realised_in_phase3(night) if realised else self.run_rate(night)
        return rounded(Fraction(rule["rate"]) * max(Fraction(0), base - Fraction(rule["threshold"])))

    def qualifying_date(self, household, placement):
        """The later of approval and move, if this placement qualifies that day, or None (7.1)."""
        due = max(day(household["panel_approved"]), day(placement["from"]))
        terms = self.terms_of(month_of(due))
        child = self.facts["child"][placement["child"]]
        qualifies = (
            placement["setting"] in terms.get("family_settings", DEFAULT_FAMILY_SETTINGS)
            and self.is_agreed(placement)
            and covers(placement["from"], placement["until"], due)
            and covers(child["joined"], child["left"], due)
            and in_programme(terms, due)
        )
        return due if qualifies else None

    def carer_fee_of(self, household):
        """Fee less refund of one household, as far as they fall by the month's last day (7.2, 7.3)."""
        if household["assessed_by"] != "provider" or household["panel_approved"] is None:
            return Fraction(0)
        candidates = []
        for identity, placement in self.facts["placement"].items():
            if placement.get("household") == household["id"]:
                date = self.qualifying_date(household, placement)
                if date is not None:
                    candidates.append((date, identity))
        due = self.due_date(household, candidates)
        if due is None or due > last_day(self.month):
            return Fraction(0)
        terms = self.terms_of(month_of(due))
        fee = Fraction(terms["carer_fee"])
        if not candidates:
            return fee
        _, identity = min(candidates)
        return fee - self.refund_of(self.facts["placement"][identity], terms, fee)

    def due_date(self, household, candidates):
        """When the household's fee falls due, or None: the terms of its approval's month say which day counts (7.4)."""
        approved = day(household["panel_approved"])
        terms = self.terms_of(month_of(approved))
        if terms.get("carer_fee_trigger", "placed") == "approved":
            return approved if in_programme(terms, approved) else None
        return min(candidates)[0] if candidates else None

    def refund_of(self, placement, terms, fee):
        if placement["ended"] != "breakdown":
            return Fraction(0)
        until = day(placement["until"])
        if until >= day(terms["phase3"]["until"]) or until > last_day(self.month):
            return Fraction(0)
        nights = (until - day(placement["from"])).days
        shares = [Fraction(row["share"]) for row in terms.get("carer_fee_refund", []) if nights < row["within_nights"]]
        return rounded(max(shares) * fee) if shares else Fraction(0)

    def carer_fees_to_date(self):
        return sum((self.carer_fee_of(household) for household in self.facts["household"].values()), Fraction(0))

    def expenses_are_held(self):
        """Contract.md 8.2: until a statement, this one or an earlier, has savings to date above zero."""
        if not self.terms.get("expenses_wait_for_savings", True):
            return False
        seen = [Fraction(statement["savings_to_date"]) for statement in self.earlier] + [self.savings_to_date()]
        return all(savings <= 0 for savings in seen)

    def expenses_charged(self):
        """Ids of the expenses that are in what is charged to date; from here on nothing holds them back again."""
        held = self.expenses_are_held()
        return {
            identity
            for identity, expense in self.facts["expense"].items()
            if day(expense["date"]) <= last_day(self.month) and (identity in self.released_before or not held)
        }

    def expenses_to_date(self):
        return sum((Fraction(self.facts["expense"][key]["amount"]) for key in self.expenses_charged()), Fraction(0))

    def charges(self):
        to_date = {
            "fixed_fee": sum(self.fixed_fees().values(), Fraction(0)),
            "carer_fees": self.carer_fees_to_date(),
            "success_fee": self.success_fee_to_date(),
            "expenses": self.expenses_to_date(),
        }
        return {kind: amount - self.charged_before(kind) for kind, amount in to_date.items()}

    def document(self):
        """The statement as scenario files print it."""
        charges = self.charges()
        total = sum(charges.values(), Fraction(0))
        charged_to_date = total + sum((Fraction(statement["total"]) for statement in self.earlier), Fraction(0))
        night = min(last_day(self.month), self.last_night_of_phase3())
        return {
            "month": self.month,
            "as_known_on": self.cut_off.isoformat(),
            "lines": [
                {"child": identity, "nights": nights, "saving": text(saving)}
                for identity, (nights, saving) in self.table[self.month].items()
            ],
            "adjustments": self.adjustments(),
            "savings_in_month": text(self.savings(self.month)),
            "savings_to_date": text(self.savings_to_date()),
            "schedule_to_date": text(limit_of(self.terms, self.month)),
            "fixed_fee_by_month": {month: text(fee) for month, fee in self.fixed_fees().items()},
            "run_rate": text(self.run_rate(night)),
            "charges": {kind: text(amount) for kind, amount in charges.items()},
            "total": text(total),
            "charged_to_date": text(charged_to_date),
            "headroom": text(Fraction(self.terms["maximum_value"]) - charged_to_date),
        }

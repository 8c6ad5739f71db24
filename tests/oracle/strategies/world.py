"""The facts recorded so far; it takes only what keeps the file valid."""

import copy
import datetime as dt

from hypothesis import strategies as st

from tests.oracle.day_by_day import day, first_day, month_of, next_month
from tests.oracle.validity import day_is_valid


class World:
    """The facts recorded so far, and what is live of them; takes only events that keep the file valid."""

    def __init__(self, draw, terms, today, horizon):
        self.draw = draw
        self.terms = terms
        self.today = today
        self.horizon = horizon
        self.facts = []
        self.live = {}
        self.retracted = {}
        self.recorded_today = []

    def wake(self, today):
        self.today = today
        self.recorded_today = []

    def record(self, *lines):
        """Records the lines together today, or none of them if the day would no longer be valid."""
        live, retracted, stamped = dict(self.live), dict(self.retracted), []
        for line in copy.deepcopy(lines):
            fact = {**line, "recorded": str(self.today)}
            key = (fact["type"], fact["id"])
            if any((each["type"], each["id"]) == key for each in self.recorded_today if fact["type"] == "claim"):
                return
            if fact.get("void"):
                retracted[key] = live.pop(key)
            else:
                live[key] = fact
                retracted.pop(key, None)
            stamped.append(fact)
        if day_is_valid(self.terms, live, self.recorded_today + stamped):
            self.live, self.retracted = live, retracted
            self.recorded_today += stamped
            self.facts += stamped

    def of(self, kind):
        return [fact for (each, _), fact in self.live.items() if each == kind]

    def near(self, before=60, after=20):
        """A day about today, more often past than to come; half the time one that something else hinges on."""
        if self.draw(st.booleans()):
            earliest, latest = self.today - dt.timedelta(days=before), self.today + dt.timedelta(days=after)
            return self.pick([date for date in self.landmarks() if earliest <= date <= latest])
        return self.today + dt.timedelta(days=self.draw(st.integers(-before, after)))

    def landmarks(self):
        """Days on which a rule may turn: the ends of phases, months and placements, and the days before them."""
        dates = {self.today, first_day(month_of(self.today)), first_day(next_month(month_of(self.today)))}
        for terms in self.terms:
            dates |= {day(terms["phase2"]["from"]), day(terms["phase3"]["until"])}
        for fact in self.live.values():
            dates |= {day(fact[key]) for key in ("joined", "left", "from", "until", "panel_approved") if fact.get(key)}
        return sorted(dates | {date - dt.timedelta(days=1) for date in dates})

    def pick(self, values):
        return self.draw(st.sampled_from(values))

    def chance(self, one_in):
        return self.draw(st.integers(1, one_in)) == one_in

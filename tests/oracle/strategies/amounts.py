"""Money and dated rates, such that sevenths and halves of a penny matter."""

import datetime as dt

from hypothesis import strategies as st


@st.composite
def pounds(draw, low, high):
    """An amount between two sums in pounds, in any of the ways that the format allows to write it."""
    pence = draw(st.integers(low * 100, high * 100))
    if pence % 100 == 0 and draw(st.booleans()):
        return str(pence // 100)
    return f"{pence // 100}.{pence % 100:02d}"


@st.composite
def rates(draw, reach_back_to, low, high, latest):
    """Dated weekly rates, the first of them in force on the given day, the later ones uplifts or falls."""
    shape = draw(st.sampled_from(["plain", "plain", "uplift", "contribution", "both"]))
    dates = {reach_back_to - dt.timedelta(days=draw(st.sampled_from([0, 0, 1, 400])))}
    if shape in ("uplift", "both"):
        dates |= set(draw(st.lists(st.dates(min(dates), max(latest, *dates)), min_size=1, max_size=2)))
    rows = []
    for date in sorted(dates):
        row = {"from": str(date), "weekly": draw(pounds(low, high))}
        if shape in ("contribution", "both"):
            part = f"{draw(st.integers(0, int(row['weekly'].split('.')[0])))}.00"
            row["contribution"] = draw(st.sampled_from([part, "0.00", row["weekly"]]))
        rows.append(row)
    return rows

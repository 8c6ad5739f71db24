"""How cells look: inputs blue, formulas black, results of checks green or red."""

from typing import Any

MONEY = "£#,##0.00;[Red]-£#,##0.00"
FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}
INK = "#000000"
INPUT_BLUE = "#0000FF"
RULE = "#BFBFBF"
DARK = "#1F3864"
GREY = "#7F7F7F"

LEFT = {"align": "left", "indent": 1}
TABS = {"Terms": INPUT_BLUE, "Facts": INPUT_BLUE, "Checks": "#00612E"}

STYLES: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@", **LEFT},
    "words": {"text_wrap": True, **LEFT},
    "count": {"num_format": "#,##0", "align": "right"},
    "number": {"num_format": "0", "align": "center"},
    "key": {"num_format": "0", "align": "center"},
    "money": {"num_format": MONEY},
    "date": {"num_format": "dd mmm yyyy", **LEFT},
    "month": {"num_format": "mmm yyyy", **LEFT},
    "percent": {"num_format": "0.00%"},
}
"""By the name that columns use. `number` is no quantity, so it has no separators; a `key` is there for formulas."""

TITLE = {**FONT, "bold": True, "font_size": 16, "font_color": DARK}
NOTE = {**FONT, "font_color": "#404040"}
SECTION = {**FONT, "bold": True, "font_size": 12, "font_color": DARK}
HEADING = {
    **FONT,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": DARK,
    "valign": "vcenter",
    **LEFT,
    "border": 1,
    "border_color": RULE,
    "text_wrap": True,
}
AMOUNT_HEADING = {**HEADING, "align": "right", "indent": 0}
CENTRED_HEADING = {**HEADING, "align": "center", "indent": 0}

AGREES = {"font_color": "#00612E", "bg_color": "#C6EFCE"}
DIFFERS = {"font_color": "#9C0006", "bg_color": "#FFC7CE", "bold": True}
CHANGED = {"bg_color": "#FFF2CC"}
WITHOUT_EFFECT = {"font_color": GREY, "italic": True}


def heading_style(name: str) -> dict[str, Any]:
    """The properties of the heading over cells of that style."""
    if name in ("number", "key"):
        return CENTRED_HEADING
    return AMOUNT_HEADING if name in ("money", "count", "percent") else HEADING


def cell_style(name: str, *, is_input: bool, total: bool, align: str | None) -> dict[str, Any]:
    """The properties of a cell; `align` overrules the side on which its style stands."""
    ink = INPUT_BLUE if is_input else GREY if name == "key" else INK
    properties = {**FONT, **STYLES[name], "font_color": ink}
    if align:
        properties |= {"align": align, "indent": 1 if align == "left" else 0}
    if total:
        return {**properties, "bold": True, "top": 1, "bottom": 6, "bg_color": "#F2F2F2"}
    return {**properties, "border": 1, "border_color": RULE}

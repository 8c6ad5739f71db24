"""What the sums of a report's workbook come to, worked out from the cells that they name and nothing else."""

import re
from decimal import Decimal

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

_SUM = re.compile(r"=ROUND\(SUM\((?P<plus>[A-Z0-9:,]+)\)(?:-SUM\((?P<minus>[A-Z0-9:,]+)\))?,2\)")


def worked_out(sheet: Worksheet, cell: Cell) -> object:
    """The cell's value; of a formula, the sum of the cells in its ranges, each worked out in the same way."""
    if cell.data_type != "f":
        return cell.value
    found = _SUM.fullmatch(str(cell.value))
    assert found, cell.value
    return _sum(sheet, found["plus"]) - _sum(sheet, found["minus"] or "")


def _sum(sheet: Worksheet, ranges: str) -> Decimal:
    total = Decimal(0)
    for part in filter(None, ranges.split(",")):
        found = sheet[part]
        cells = [found] if isinstance(found, Cell) else [each for row in found for each in row]
        values = (worked_out(sheet, each) for each in cells)
        total += sum((Decimal(str(value)) for value in values if not isinstance(value, str | None)), Decimal(0))
    return total

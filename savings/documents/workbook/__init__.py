"""The reconciliation workbook: the statement of a month once more, in formulas that an accountant can follow."""

"""From a closed statement to lines, postings and VAT, as pure functions: no Django, no clock, no I/O."""

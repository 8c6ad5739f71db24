"""Facts and terms as immutable values, and the rules that make them fit together. No Django, no clock, no I/O."""

"""What if: planned changes beside what is known, projected to the programme's end (docs/what-if.md)."""

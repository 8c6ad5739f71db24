"""`make bench`: how fast, measured on this machine and reported as medians and ratios. Nothing here passes or fails."""

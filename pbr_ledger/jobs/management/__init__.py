"""Commands of the job rows."""

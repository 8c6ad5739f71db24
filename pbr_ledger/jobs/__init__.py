"""Work that follows a change: job rows, and Celery above them as a messenger only."""

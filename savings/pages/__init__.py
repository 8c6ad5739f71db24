"""What the pages about contracts and statements show: read, worked out and written, so that a template only places it."""

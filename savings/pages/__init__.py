"""What the pages about contracts and statements show: read, worked out, and put into words."""

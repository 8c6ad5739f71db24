"""Every read of what is owed that is more than one line."""

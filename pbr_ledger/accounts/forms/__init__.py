"""What people fill in to come in, to show who they are, and to keep people and organisations."""

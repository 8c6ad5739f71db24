"""What pages say of people, and to whom."""

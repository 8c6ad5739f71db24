"""What templates of every room can say about clauses."""

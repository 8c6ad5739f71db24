"""What the pages about a contract's terms say."""

"""Pages about what is owed. What a person is no party to does not exist for them: 404."""

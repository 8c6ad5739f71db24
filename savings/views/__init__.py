"""Pages about contracts and their statements. What a person is no party to does not exist for them: 404."""

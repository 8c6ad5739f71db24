"""What every address of the API stands on, in any room."""

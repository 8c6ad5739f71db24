"""The pictures of the README and of docs, taken of the demonstration."""

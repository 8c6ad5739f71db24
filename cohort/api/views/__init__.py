"""The addresses of facts. Every change is the one service that the pages call."""

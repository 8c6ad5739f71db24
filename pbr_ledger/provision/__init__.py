"""What a machine needs before the ledger can run: packages, a database server, the processes beside the web server.

Nothing here imports Django or the ledger itself, so that `machine.py` runs on a bare Python and the server is up
before any setting is read.
"""

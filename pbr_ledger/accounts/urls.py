"""Addresses of signing in and out."""

from django.urls import path

from pbr_ledger.accounts.views import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
]

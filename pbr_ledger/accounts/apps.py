"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations, people and roles."""

    name = "pbr_ledger.accounts"
    label = "accounts"
    verbose_name = "People and organisations"

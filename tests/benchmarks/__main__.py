"""Runs every benchmark and prints its lines."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")
django.setup()

from tests.benchmarks import closing, core  # noqa: E402 - the models need Django set up

for part in (core, closing):
    for line in part.report():
        print(f"- {line}", flush=True)

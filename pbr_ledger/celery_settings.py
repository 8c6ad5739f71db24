"""Celery's settings, each with its reason. Job rows hold the truth; what Celery carries may be lost or doubled.

Celery reads this module by name when the first message is sent or a worker starts, after Django's own settings.
"""

import ssl
from typing import Any

from django.conf import settings
from kombu import Queue

from pbr_ledger.jobs.broker import CATCH_UP
from pbr_ledger.jobs.registry import DOCUMENTS, QUEUES, UPKEEP

# A message is a job's number in JSON: nothing that is unpickled, nothing that is secret.
task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True  # The job row says how it ended; a result store would be a second truth.
timezone = "UTC"
enable_utc = True
imports = ("pbr_ledger.jobs.tasks",)

# Each kind of job names its queue, and workers are started for some queues each (`worker -Q documents,upkeep`):
# documents are slow, a mail server or a recipient of webhooks may hang, and none of them may keep the others waiting. A
# worker that is told no queue serves all of them, in turn.
task_default_queue = DOCUMENTS
task_queues = tuple(Queue(name, routing_key=name) for name in QUEUES)
task_create_missing_queues = False  # a misspelt name stops the start, instead of collecting jobs that nobody does

# The scheduler says one thing only: make what is missing up to today. It remembers nothing, so that any number of them
# may run, on any host, and one that was away for a week needs no mending. Each message is stale when the next is due.
beat_scheduler = "pbr_ledger.jobs.beat:Scheduler"
beat_max_loop_interval = 15
beat_schedule = {"catch up": {"task": CATCH_UP, "schedule": 300.0, "options": {"queue": UPKEEP, "expires": 280}}}

# Acknowledged when done, handed back when the worker's child is killed: Celery then notices most losses by itself,
# and the dispatcher only the rest. A message that comes twice does no harm, because the claim admits one worker.
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1  # A waiting message stays with the broker, where a free worker can take it.
worker_cancel_long_running_tasks_on_connection_loss = False  # The lease decides whose result counts, not the broker.

# A hanging piece of work: first an exception that the job row can record, then the end of the child. Both lie far
# below the visibility timeout: a longer task was seen to be delivered, and done, three times.
task_soft_time_limit = 270
task_time_limit = 300
VISIBILITY_TIMEOUT = 900

# Fonts and pictures stay in memory after a document: children begin afresh by count and by size (KiB).
worker_max_tasks_per_child = 200
worker_max_memory_per_child = 600_000

# A worker waits for a broker that is away, for as long as it takes.
broker_connection_retry_on_startup = True
broker_connection_max_retries: int | None = None
broker_connection_timeout = 1

worker_hijack_root_logger = False
worker_redirect_stdouts = False
worker_enable_remote_control = bool(settings.BROKER_URL)

if settings.BROKER_URL:
    broker_url = settings.BROKER_URL
    broker_transport_options: dict[str, Any] = {
        # What a killed parent process had taken is delivered again after this many seconds (default: an hour) ...
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # ... looked for every 10 s, not at every tenth of those times.
        "unacked_restore_throttle": 1,
        # A worker gives a hanging broker up after this long and connects again. Requests are less patient: see
        # `pbr_ledger.jobs.broker`.
        "socket_connect_timeout": 5,
        "socket_timeout": 10,
        "socket_keepalive": True,
        # Of several queues each in turn, or a full one would keep the others waiting.
        "queue_order_strategy": "round_robin",
    }
    if settings.BROKER_URL.startswith("rediss:"):
        # Left out, a certificate would be taken without a look at it.
        broker_use_ssl = {
            "ssl_cert_reqs": ssl.CERT_REQUIRED,
            "ssl_check_hostname": True,
            "ssl_ca_certs": settings.TLS_AUTHORITY or None,
        }
else:
    # Without a broker a folder of ours carries the messages, one file each.
    broker_url = "folder://localhost"
    broker_transport_options = {
        "data_folder_in": str(settings.VAR_DIR / "broker"),
        "data_folder_out": str(settings.VAR_DIR / "broker"),
        # An idle worker looks ten times a second; the default cost up to 0.9 s for each document.
        "polling_interval": 0.1,
    }
    # One process, one job at a time: a prefork worker over this transport hung when its whole group got a SIGTERM.
    worker_pool = "solo"
    worker_concurrency = 1

"""Worker and beat. The queue carries ids only; a dead queue never delays or fails a request."""

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready
from django.conf import settings

from config import heartbeat

BROKER = settings.REDIS_URL
if BROKER.startswith("unix://"):
    path, _, query = BROKER.removeprefix("unix://").partition("?")
    BROKER = f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or 0}"

app = Celery("lianyi")
app.conf.update(
    broker_url=BROKER,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "global_keyprefix": f"{settings.CACHES['default']['KEY_PREFIX']}:",
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
        "max_retries": 0,
        "visibility_timeout": 600,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="Asia/Shanghai",
    enable_utc=True,
    # A sweep that waited too long in the queue is not run late: the next one is on its way.
    beat_schedule={
        "deliver": {"task": "kernel.tasks.deliver", "schedule": 3.0, "options": {"expires": 10}},
        "insurance": {
            "task": "insurance_bridge.tasks.advance",
            "schedule": 5.0,
            "options": {"expires": 15},
        },
        "worker-seen": {
            "task": "config.tasks.beat_of_the_worker",
            "schedule": 10.0,
            "options": {"expires": 30},
        },
        "referral-messages": {"task": "referral.tasks.carry", "schedule": 5.0, "options": {"expires": 15}},
        "referrals-late": {
            "task": "referral.tasks.fire_due",
            "schedule": 20.0,
            "options": {"expires": 40},
        },
        "criticals-late": {
            "task": "diagnostics.tasks.pass_up",
            "schedule": 15.0,
            "options": {"expires": 30},
        },
        "look-through": {"task": "emr.tasks.look_through", "schedule": 60.0, "options": {"expires": 50}},
        "places-over": {
            "task": "emr.tasks.free_what_is_over",
            "schedule": 30.0,
            "options": {"expires": 50},
        },
        "slots": {"task": "emr.tasks.turn_slots", "schedule": crontab(minute="*/20")},
        "reviews": {"task": "emr.tasks.remind_reviews", "schedule": crontab(minute="*/15")},
        "checkpoint": {
            "task": "kernel.tasks.checkpoint",
            # By the clock: a house that is started often signs all the same.
            "schedule": crontab(minute=f"*/{settings.AUDIT_CHECKPOINT_MINUTES}"),
            "options": {"expires": 60},
        },
        "texts": {"task": "consortium.tasks.send_texts", "schedule": 5.0, "options": {"expires": 15}},
        "watch": {"task": "consortium.tasks.watch", "schedule": 20.0, "options": {"expires": 40}},
        "verify-chain": {
            "task": "consortium.tasks.verify_chain",
            "schedule": crontab(minute="10", hour="3"),
        },
        "weekly-report": {
            "task": "consortium.tasks.weekly_report",
            "schedule": crontab(minute="30", hour="1", day_of_week="1"),
        },
        "audit-months": {"task": "kernel.tasks.audit_months", "schedule": crontab(minute="5", hour="2")},
        "countersign": {"task": "kernel.tasks.countersign", "schedule": 15.0, "options": {"expires": 30}},
        "scrub": {"task": "kernel.tasks.scrub_store", "schedule": 900.0, "options": {"expires": 600}},
        "idle-accounts": {"task": "consortium.tasks.close_idle", "schedule": crontab(minute="40", hour="2")},
        "closings": {
            "task": "consortium.tasks.close_due",
            "schedule": 600.0,
            "options": {"expires": 500},
        },
        "files": {"task": "kernel.tasks.sweep_files", "schedule": crontab(minute="50", hour="3")},
        "referral-figures": {
            "task": "referral.tasks.compare_figures",
            "schedule": crontab(minute="30", hour="4"),
        },
        "sessions": {"task": "config.tasks.clear_sessions", "schedule": crontab(minute="20", hour="4")},
    },
)
app.autodiscover_tasks()
app.set_default()


@worker_ready.connect
def show_life(**about: object) -> None:
    """The first sign of life, before beat's first one has gone round."""
    heartbeat.seen()

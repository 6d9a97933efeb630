"""Celery: what may be late (mail, PDFs, archive, statistics). What may not be late belongs to the timekeeper."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("luochui")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

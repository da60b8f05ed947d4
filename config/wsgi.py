"""The WSGI application that `manage.py web` serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.umask(0o077)  # what we write, pictures and secrets, is our own user's alone
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What was imported lives for ever: without it the collector has a tenth of the work, and the
# slowest votes are no longer those in which it looked at everything.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)

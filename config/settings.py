"""Django settings. What may differ between two installations comes from `config.env`."""

from __future__ import annotations

from csp.constants import NONE, SELF

from config.env import ROOT, read_environment

ENVIRONMENT = read_environment()

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.trusted_origins)
DATA_DIR = ENVIRONMENT.data_dir
KEEP_FREE_BYTES = ENVIRONMENT.keep_free_mb * 1024 * 1024
IMPORT_S3_BUCKETS = ENVIRONMENT.import_s3_buckets
IMPORT_S3_PROFILE = ENVIRONMENT.import_s3_profile
IMPORT_S3_ENDPOINT_URL = ENVIRONMENT.import_s3_endpoint
IMPORT_URLS = ENVIRONMENT.import_urls
IMPORT_URLS_SECONDS_APART = ENVIRONMENT.import_urls_seconds_apart
IMPORT_URLS_FROM_LOOPBACK = ENVIRONMENT.import_urls_from_loopback
MACHINE_NAME = ENVIRONMENT.machine_name
RAY_ADDRESS = ENVIRONMENT.ray_address
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": ENVIRONMENT.database}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "rules",
    "django_tasks",
    "django_tasks_db",
    "django_vite",
    "csp",
    "config",
    "frontend",
    "curation.projects",
    "curation.subjects",
    "curation.manual",
    "curation.images",
    "curation.sources",
    "curation.labels",
    "curation.uploads",
    "curation.analysis",
    "curation.duplicates",
    "curation.hints",
    "curation.batches",
    "curation.gold",
    "curation.questions",
    "curation.votes",
    "curation.consensus",
    "curation.look_alikes",
    "curation.releases",
    "curation.notices",
    "curation.accounts",
    "training.runs",
    "training.conversions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "frontend.pictures.middleware.PictureMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "frontend.sending.CompressTextMiddleware",
    "frontend.sending.UnchangedMiddleware",
    "frontend.middleware.CleanTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "frontend.middleware.PersonLanguageMiddleware",
    "frontend.middleware.PersonTimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "frontend.refusals.RefusalPageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# People
AUTH_USER_MODEL = "projects.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "curation.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "curation.accounts.second_factor_seeds.EncryptingAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# Failures are counted by address and person (the key is `AccountAdapter`'s), and by address for
# people who are new there. How often one signs in rightly is nobody's business: a class of forty
# behind one address does so in a minute. A wrong code of a second factor counts by person alone:
# only who knows the password can give one, and six digits are few for a thousand addresses.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "failed_from_address": "30/5m/ip",
}
# For the whole site and not for each project: staff belong to none, and no admin can switch it off.
SECOND_FACTOR_FOR_ADMINS = ENVIRONMENT.second_factor_for_admins
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies

# The web server
WEB_PROCESSES = ENVIRONMENT.web_processes
WEB_THREADS = ENVIRONMENT.web_threads

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Files. Static files are public; pictures never are: they go through views that check access.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "frontend" / "dist"]
SILENCED_SYSTEM_CHECKS = [
    "django_vite.W001",  # ours, winnow.W001, says the cure
    "staticfiles.W004",  # the same
    # Whether other names below the site's speak TLS, and whether browsers shall carry the site in
    # a list of their own, is for the owner of the domain to say, in the proxy.
    "security.W005",
    "security.W021",
]
DJANGO_VITE = {"default": {"manifest_path": ROOT / "frontend" / "dist" / "manifest.json"}}
WHITENOISE_USE_FINDERS = True
# Vite puts a hash of its content into each name, so the same name is the same file for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\.\w+$"
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": ENVIRONMENT.s3_bucket,
                "endpoint_url": ENVIRONMENT.s3_endpoint or None,
                "file_overwrite": True,
            },
        }
        if ENVIRONMENT.s3_bucket
        else {
            "BACKEND": "curation.store.AtomicFileSystemStorage",
            "OPTIONS": {"location": DATA_DIR / "objects"},
        }
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
X_ACCEL_PREFIX = ENVIRONMENT.x_accel_prefix
S3_SIGNED_URLS = ENVIRONMENT.s3_signed_urls
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_NUMBER_FILES = 5000

# Counts of failed sign-ins, and nothing else: no other page touches it. In the database, because
# every process of every machine of the site must count together; LocMem counts in each alone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Background work, in two lanes: curation/queue.py says what goes into the quick one.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "quick"]}}

# Mails: printed where the worker runs, until a server is named.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENVIRONMENT.mail_host
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.mail_host, ENVIRONMENT.mail_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.mail_user, ENVIRONMENT.mail_password
EMAIL_USE_SSL = ENVIRONMENT.mail_tls == "tls"
EMAIL_USE_TLS = ENVIRONMENT.mail_tls == "starttls"
EMAIL_TIMEOUT = 20  # less than the lease of the job that sends
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:", *ENVIRONMENT.picture_origins],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["frontend.api.parser.CarefulJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "frontend.api.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Winnow",
    "DESCRIPTION": "Judge, release and train on pictures of people who agreed to it.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ReasonEnum": "frontend.api.desk.REASONS",
        "StateEnum": "training.runs.models.RunState",
        "GridStateEnum": "frontend.api.grid.STATES",
        "SuspectedEnum": "frontend.api.grid.SUSPICIONS",
        "SuspectedFilterEnum": "frontend.api.grid.SUSPICIONS_TO_CHOOSE",
        "VerdictEnum": "curation.manual.verdicts.Verdict",
        "AnswerEnum": "frontend.api.grid.ANSWERS",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "config": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # a refusal is an answer, not an incident
        "waitress.queue": {"level": "ERROR"},  # that a request waits its turn is no warning
        "curation": {"level": "INFO"},
        "training": {"level": "INFO"},
    },
}

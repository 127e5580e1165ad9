"""One settings file for every installation; what differs comes from the environment.

DATABASE_URL and REDIS_URL replace the embedded PostgreSQL and Valkey. Everything that an installation writes lies
under HOUQIN_VAR (default: var/ beside manage.py).
"""
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from logistics.local import places

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("HOUQIN_VAR", default=str(BASE_DIR / "var"))).resolve()
DEMO = env.bool("HOUQIN_DEMO", default=False)  # one-click sign-in as an invented person
DEBUG = env.bool("HOUQIN_DEBUG", default=False)
SECRET_KEY = places.secret(VAR_DIR, "SECRET_KEY")  # from the environment, else made once and kept under var/
PUBLIC_URL = env("HOUQIN_URL", default="http://127.0.0.1:8000")  # what a label or an e-mail points at
ALLOWED_HOSTS = env.list("HOUQIN_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("HOUQIN_ORIGINS", default=[])
HTTPS = env.bool("HOUQIN_HTTPS", default=PUBLIC_URL.startswith("https://"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "tree_queries",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "logistics.accounts",
    "logistics.campus",
    "logistics.alerts",
    "assets",
    "staff",
    "maintenance",
    "logistics.core",  # last: its ready() opens the rooms of all apps above
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "logistics.core.middleware.CompressMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "logistics.accounts.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "logistics.core.middleware.WhoseMiddleware",
    "logistics.core.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "logistics.core.middleware.HistoryMiddleware",
    "logistics.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "logistics.urls"
WSGI_APPLICATION = "logistics.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "logistics.core.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "logistics.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "logistics.core.forms.Renderer"

# data ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=places.database_url(VAR_DIR))}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
DATABASES["default"]["TEST"] = {"TEMPLATE": env("HOUQIN_TEST_TEMPLATE", default=None)}  # migrated already: see logistics/local/migrated.py
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env("REDIS_URL", default=places.redis_url(VAR_DIR))
CACHES = {"default": {"BACKEND": "logistics.core.caching.ForgivingCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "houqin",
                      "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}}}  # a hung cache must not hold a report up
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a restarted cache must not sign anybody out
MEDIA_ROOT = VAR_DIR / "media"  # never served directly: a file is as private as its record
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

PGHISTORY_DEFAULT_TRACKERS = ()
PGHISTORY_OBJ_FIELD = None
PGHISTORY_CONTEXT_FIELD = None

# people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "logistics.accounts.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 5
AXES_HANDLER = "logistics.accounts.lockout.Guard"  # by person and address: 15 minutes, growing
AXES_LOCKOUT_CALLABLE = "logistics.accounts.lockout.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 30 * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "logistics.core.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
SCHOOL_LANGUAGE = env("HOUQIN_LANGUAGE", default="zh-hans")  # of messages to people who have not chosen one
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = USE_TZ = True
TIME_ZONE = env("HOUQIN_ZONE", default="Asia/Shanghai")
FORMAT_MODULE_PATH = ["logistics.core.formats"]

# browser side -----------------------------------------------------------------------------------------------------
NPM_ROOT = BASE_DIR / "node_modules"
NPM_FILES = {
    "@tabler/core": ["dist/css/tabler.min.css"],
    "htmx.org": ["dist/htmx.min.js"],
    "idiomorph": ["dist/idiomorph-ext.min.js"],
    "tom-select": ["dist/js/tom-select.base.min.js"],
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "logistics.core.npm.NpmFinder",
    "logistics.core.icons.IconFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "logistics.core.npm.StaticStorage"},
}

# background work --------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
if CELERY_BROKER_URL.startswith("redis+socket:"):
    CELERY_BROKER_URL = CELERY_BROKER_URL.replace("?db=", "?virtual_host=")  # or the queues of all databases of a server are one
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1}  # whoever starts long work does not wait for a dead broker
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict = {}  # filled by logistics.core.tasks.periodic, declared beside each task

# mail -------------------------------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="filemail:"))
if "filebased" in vars()["EMAIL_BACKEND"]:
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("HOUQIN_MAIL_FROM", default="Houqin <houqin@localhost>")

# calls to other servers --------------------------------------------------------------------------------------------
OUTSIDE_NETWORKS = env.list("HOUQIN_OUTSIDE", default=[])  # private networks that gateways and webhooks may reach: "10.20.0.0/16"

# API --------------------------------------------------------------------------------------------------------------
# (times, seconds) by kind of door, for each token, else person, else address; wrong tokens ("sign-in") by address
API_LIMITS = {"read": (600, 60), "search": (120, 60), "write": (120, 60), "bulk": (20, 60), "upload": (30, 60), "sign-in": (20, 60)}
API_LIMITS |= {door: tuple(limit) for door, limit in env.json("HOUQIN_API_LIMITS", default={}).items()}  # {"read": [1200, 60]}
API_BULK_MOST = env.int("HOUQIN_API_BULK", default=100)  # items of one bulk request
TOKENS_MOST = env.int("HOUQIN_TOKENS", default=10)  # valid ones of one person
API_UPLOAD_MOST = env.int("HOUQIN_API_UPLOAD_MB", default=40) * 2**20
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["logistics.accounts.bearer.Bearer", "logistics.core.doors.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "logistics.core.doors.Pages",
    "DEFAULT_PARSER_CLASSES": ["logistics.core.doors.Json", "logistics.core.doors.Upload"],
    "DEFAULT_THROTTLE_CLASSES": ["logistics.core.doors.Throttle"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS has nothing to say
    "EXCEPTION_HANDLER": "logistics.core.doors.refuse",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Houqin API",
    "DESCRIPTION": "Everything that the pages do.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "logistics.core.schema.declare_refusals"],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("HOUQIN_LOG", default="WARNING")},
}

"""Long work."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import Record, ScopedQuerySet

ENDED = ("done", "failed", "cancelled")


class JobQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own work; a system manager sees everybody's."""
        own = Q(owner_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)

    def live(self) -> JobQuerySet:
        return self.filter(state__in=["queued", "running"])


class Job(Record):
    """后台任务: long work that somebody started and may leave: an import, a large export, a report."""

    kind = models.CharField(_("what"), max_length=40, editable=False)  # a code of jobs.kinds.KINDS
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by"), editable=False)
    subject = models.CharField(_("about"), max_length=200, blank=True, editable=False)
    params = models.JSONField(default=dict, editable=False)
    state = models.CharField(_("state"), max_length=9, default="queued", editable=False)
    phase = models.CharField(max_length=20, blank=True, editable=False)  # a key of the kind's phases
    done_n = models.IntegerField(default=0, editable=False)
    total_n = models.IntegerField(null=True, editable=False)  # None: not known yet
    checkpoint = models.JSONField(default=dict, editable=False)  # what is done for good, written with it in one transaction
    result = models.JSONField(default=dict, editable=False)
    error = models.TextField(blank=True, editable=False)  # in words, in the owner's language
    file = models.CharField(max_length=200, blank=True, editable=False)  # below MEDIA_ROOT
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    round = models.IntegerField(default=0, editable=False)  # which worker's turn it is; an earlier one may write nothing any more
    tries = models.SmallIntegerField(default=0, editable=False)  # since it was started or started again by a person
    lease_until = models.DateTimeField(null=True, editable=False)  # its worker lives until then unless it says so again
    stop_asked = models.BooleanField(default=False, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)  # to the broker
    created_at = models.DateTimeField(_("started"), default=clock.now, editable=False)
    begun_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("work in progress")
        verbose_name_plural = _("work in progress")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="job_state", condition=Q(state__in=["queued", "running", *ENDED])),
            models.CheckConstraint(name="job_running_is_leased", condition=~Q(state="running") | Q(lease_until__isnull=False)),
            models.CheckConstraint(name="job_ended_has_an_end", condition=~Q(state__in=ENDED) | Q(ended_at__isnull=False)),
            models.CheckConstraint(name="job_progress", condition=Q(done_n__gte=0) & (Q(total_n__isnull=True) | Q(total_n__gte=0))),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="job_owner"), models.Index(fields=["state", "-id"], name="job_by_state"),
            models.Index(fields=["id"], name="job_live", condition=Q(state__in=["queued", "running"])),
            models.Index(fields=["ended_at"], name="job_files", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        from logistics.core.jobs.kinds import title_of

        return title_of(self)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

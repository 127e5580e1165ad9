"""Rows that every app leans on: what happened, which keys were used, document numbers, files, comments, facts from phones."""
from logistics.core.models.approval import Approval, ApprovalRoute, ApprovalStep
from logistics.core.models.attachment import Attachment
from logistics.core.models.comment import Comment
from logistics.core.models.event import Event
from logistics.core.models.job import Job
from logistics.core.models.reference import AppendOnly, RecordRef, kind_of
from logistics.core.models.saved_list import SavedList
from logistics.core.models.sending import IdempotencyKey, NumberSeries
from logistics.core.models.sync import SyncConflict, SyncDevice, SyncFact, SyncUpload
from logistics.core.models.transfer import ImportBatch, ImportMapping, ImportProblem, ImportRow

__all__ = [
    "AppendOnly", "Approval", "ApprovalRoute", "ApprovalStep", "Attachment", "Comment", "Event", "IdempotencyKey", "ImportBatch",
    "ImportMapping", "ImportProblem", "ImportRow", "Job", "NumberSeries", "RecordRef", "SavedList", "SyncConflict", "SyncDevice",
    "SyncFact", "SyncUpload", "kind_of",
]

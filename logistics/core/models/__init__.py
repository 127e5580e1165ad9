"""Rows that every app leans on: what happened, numbers and keys, papers, words, followers, links, long work, facts from phones."""
from logistics.core.models.approval import Approval, ApprovalRoute, ApprovalStep
from logistics.core.models.attachment import Attachment
from logistics.core.models.comment import Comment
from logistics.core.models.event import Event
from logistics.core.models.file import RecordFile
from logistics.core.models.follower import Follower
from logistics.core.models.job import Job
from logistics.core.models.layout import ExportLayout
from logistics.core.models.limit import Limit
from logistics.core.models.link import RecordLink
from logistics.core.models.reference import AppendOnly, MarkOnly, RecordRef, kind_of
from logistics.core.models.saved_list import SavedList
from logistics.core.models.sending import IdempotencyKey, NumberSeries
from logistics.core.models.sync import SyncConflict, SyncDevice, SyncFact, SyncUpload
from logistics.core.models.transfer import ImportBatch, ImportMapping, ImportProblem, ImportRow

__all__ = [
    "AppendOnly", "Approval", "ApprovalRoute", "ApprovalStep", "Attachment", "Comment", "Event", "ExportLayout", "Follower",
    "IdempotencyKey", "ImportBatch", "ImportMapping", "ImportProblem", "ImportRow", "Job", "Limit", "MarkOnly", "NumberSeries",
    "RecordFile", "RecordLink", "RecordRef", "SavedList", "SyncConflict", "SyncDevice", "SyncFact", "SyncUpload", "kind_of",
]

"""A phone without a network: it numbers what is done on it and sends it later, in whatever order a test likes."""
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from logistics.core import clock
from logistics.core.testing.world import client_of

ORDER, REQUEST = "maintenance.workorder", "maintenance.repairrequest"


@dataclass
class Phone:
    """One browser of one person; `skew_s` is how far its clock runs ahead."""

    person: Any
    skew_s: float = 0
    uid: UUID = field(default_factory=uuid4)
    facts: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client: Client = client_of(self.person)

    def at(self, instant: datetime) -> datetime:
        """What its clock shows at an instant."""
        return instant + timedelta(seconds=self.skew_s)

    def note(self, kind: str, record: Any, instant: datetime, **data: Any) -> dict[str, Any]:
        """Something done on it at an instant: kept, not sent. `record` is a row, or the phone's own number of one it began."""
        about = {"kind": REQUEST, "uid": str(record)} if isinstance(record, UUID) else {"kind": record._meta.label_lower, "id": record.pk}
        fact = {"kind": kind, "client_uid": str(uuid4()), "seq": len(self.facts) + 1, "record": about, "label": str(record),
                "captured_at": self.at(instant).isoformat(), "data": data}
        self.facts.append(fact)
        return fact

    def photo(self, record: Any, instant: datetime, role: str, content: bytes) -> dict[str, Any]:
        return self.note("core.photo", record, instant, role=role, sha256=hashlib.sha256(content).hexdigest(), size=len(content))

    def send(self, facts: list[dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
        """One batch; the answers by client_uid."""
        body = {"device": str(self.uid), "sent_at": self.at(clock.now()).isoformat(), "facts": self.facts if facts is None else facts}
        answer = self.client.post("/api/v1/sync", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, (answer.status_code, answer.content)
        return {one["client_uid"]: one for one in answer.json()["answers"]}

    def upload(self, content: bytes, piece: int = 2**19, size: int | None = None) -> list[int]:
        """A photo piece by piece; the statuses."""
        digest, statuses = hashlib.sha256(content).hexdigest(), []
        for offset in range(0, len(content), piece):
            url = f"/api/v1/uploads/{digest}?offset={offset}&size={size or len(content)}"
            answer = self.client.put(url, content[offset : offset + piece], content_type="application/octet-stream")
            statuses.append(answer.status_code)
            if answer.status_code >= 400:
                break
        return statuses

"""Getting notices and events out of the house. `Dispatcher` is the process; the rest are its rooms."""
from logistics.alerts.delivery.claiming import BUNDLING, LEASE, claim
from logistics.alerts.delivery.dispatcher import Dispatcher

__all__ = ["BUNDLING", "LEASE", "Dispatcher", "claim"]

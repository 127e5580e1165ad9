"""plans, sourcing, contracts, orders, receipts, invoices, disclosure. The floor is reserved; see docs/architecture.md."""

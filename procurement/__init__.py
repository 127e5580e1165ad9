"""Purchasing (阳光采购): plans, sourcing, contracts, orders, receipts, invoices, disclosure.

The floor is reserved; docs/architecture.md says what comes to stand on it.
"""

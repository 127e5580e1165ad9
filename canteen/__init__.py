"""Catering and food safety (餐饮服务与健康安全): menus, checks, orders, traceability.

The floor is reserved; docs/architecture.md says what comes to stand on it.
"""

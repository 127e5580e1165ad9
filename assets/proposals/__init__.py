"""Renewal items handed in together: with what each costs, why it is needed, and what waiting would cost."""

"""保养计划: what is due when for which things, who gets the work, and what became of each date."""

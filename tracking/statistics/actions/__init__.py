"""Actions that write the totals: counting after an event, and the full recount."""

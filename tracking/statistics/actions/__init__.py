"""What writes the totals: counting after an event, and counting all of it anew."""

"""What writes the totals: counting after a fact, and counting all of it anew."""

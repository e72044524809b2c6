"""Everything that changes visits: supplying counter time, booking it, giving it back."""

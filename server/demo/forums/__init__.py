"""The demonstration city's two years of forums: what was asked, what was said, and what became of it."""

"""The ground floor: what every domain stands on, and all of ``server`` that a domain may import."""

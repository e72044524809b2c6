"""The offices of the demonstration city: their counters and services, two years of visitors, and bookings around today."""

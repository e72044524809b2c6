"""What tests stand on: a real PostgreSQL and a real browser, each started once and left nowhere."""

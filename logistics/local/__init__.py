"""What `make run` needs on a bare machine: embedded PostgreSQL and Valkey, and the supervisor of all processes."""

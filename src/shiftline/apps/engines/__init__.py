"""The engines that Shiftline brings along: PostgreSQL, NATS and Caddy, each described as a child the supervisor can keep.

An engine module prepares its part of the data folder and returns a `Child`; it never starts anything by itself, except
`postgres.start`, which tests and one-shot commands use to have a database without a supervisor.
"""

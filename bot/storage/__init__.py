"""The database: connections, column types, units of work, migrations."""

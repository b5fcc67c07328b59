"""The doors for programs: `/api/v1`."""

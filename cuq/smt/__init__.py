"""Questions to the solver: instances of summary items for two threads, encoded in integer arithmetic."""

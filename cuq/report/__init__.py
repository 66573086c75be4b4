"""Results as text: one file for each format. Nothing here analyses anything."""

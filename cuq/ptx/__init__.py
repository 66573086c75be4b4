"""PTX: its instructions, as text and as effects."""

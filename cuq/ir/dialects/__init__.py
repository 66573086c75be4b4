"""Tables of device APIs: what their functions mean, as data."""

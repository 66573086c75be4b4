"""What every layer needs: source spans and the error hierarchy."""

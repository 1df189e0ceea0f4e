"""The Swift package: its sources, and the templates that the manifest fills."""

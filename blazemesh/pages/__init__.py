"""Pages for people to read: one self-contained HTML file each, the same bytes for the same values."""

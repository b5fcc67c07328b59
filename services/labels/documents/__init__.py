"""What is printed: pages as PDF, the same bytes for the same parcel on every run."""

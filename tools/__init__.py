"""What only maintainers run: measuring bitsspec itself, the trial of flatness, making pages."""

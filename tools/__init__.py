"""What only maintainers run: measuring bitsspec itself and the flatness verdict, making pages."""

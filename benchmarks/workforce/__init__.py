"""What workforce operations take: trades and swaps, time off, adherence."""

"""Pure functions: order books in, frozen result models out. Nothing here waits, reads a clock or talks to anything."""

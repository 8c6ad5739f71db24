"""Job rows, the dispatcher, and real workers over both transports."""

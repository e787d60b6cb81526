"""What a user may be told: one sentence and the exit code that goes with it."""

EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_INPUT = 4
EXIT_BUSY = 5


class SeatshiftError(Exception):
    """An expected failure; its text is shown to the user as it is."""

    exit_code = EXIT_FAULT


class RequestError(SeatshiftError):
    """A command was asked for what it cannot do."""

    exit_code = EXIT_USAGE


class InputError(SeatshiftError):
    """Exports, reference files, mappings or settings cannot be used."""

    exit_code = EXIT_INPUT


class AuditRefused(SeatshiftError):
    """What arrived or what was built failed a blocking check; nothing is published."""

    exit_code = EXIT_REFUSED


class RefreshBusy(SeatshiftError):
    """Another refresh of the same home is running."""

    exit_code = EXIT_BUSY

"""Expected failures: a sentence for the user and the exit code that goes with it."""

EXIT_FAULT = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_INPUT = 4
EXIT_BUSY = 5


class SeatshiftError(Exception):
    """An expected failure; its text is shown to the user unchanged."""

    exit_code = EXIT_FAULT


class RequestError(SeatshiftError):
    """A command's arguments ask for something impossible."""

    exit_code = EXIT_USAGE


class InputError(SeatshiftError):
    """Exports, reference files, mappings or settings cannot be used."""

    exit_code = EXIT_INPUT


class AuditRefused(SeatshiftError):
    """The inputs or the build failed a blocking check; nothing is published."""

    exit_code = EXIT_REFUSED


class RefreshBusy(SeatshiftError):
    """Another refresh of the same home is running."""

    exit_code = EXIT_BUSY

from libs.chassis.settings import Settings


class BenchSettings(Settings):
    """Nothing of its own."""

from libs.chassis.settings import Settings


class ToySettings(Settings):
    """Nothing of its own."""

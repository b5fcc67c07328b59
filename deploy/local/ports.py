"""TCP ports on the loopback address."""

import random
import socket

LOOPBACK = "127.0.0.1"
BELOW_EPHEMERAL = range(20_000, 32_000)  # the kernel gives ports above 32768 to outgoing connections at any moment


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def is_open(port: int) -> bool:
    """Whether something accepts connections on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port(*, besides: frozenset[int] | set[int] = frozenset()) -> int:
    """A port that nobody listens on and that is not in `besides`; raises OSError when none is left."""
    for port in random.sample(BELOW_EPHEMERAL, k=len(BELOW_EPHEMERAL)):
        if port not in besides and is_free(port):
            return port
    raise OSError("no free TCP port between 20000 and 32000")


def choose(wanted: dict[str, int]) -> tuple[dict[str, int], list[str]]:
    """A free port for each name, the wanted one where possible (0: any), and words on each that had to move."""
    chosen: dict[str, int] = {}
    moved: list[str] = []
    for name, port in wanted.items():
        if port and port not in chosen.values() and is_free(port):
            chosen[name] = port
            continue
        chosen[name] = free_port(besides={*wanted.values(), *chosen.values()})
        if port:
            moved.append(f"{name} from {port} to {chosen[name]}")
    return chosen, moved

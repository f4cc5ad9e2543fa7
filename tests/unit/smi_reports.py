"""What `nvidia-smi` prints on machines that are not here: old and new drivers, and drivers that fail."""

from __future__ import annotations


def report(driver: str, cuda: str, *, new_words: bool = False) -> str:
    """The head of `nvidia-smi`; drivers from 610 on have other words for the versions."""
    d, c = ("KMD Version", "CUDA UMD Version") if new_words else ("Driver Version", "CUDA Version")
    return (
        "Fri Nov 27 15:18:40 2026\n"
        "+-----------------------------------------------------------------------------------------+\n"
        f"| NVIDIA-SMI {driver:<22} {d}: {driver:<14} {c}: {cuda:<8} |\n"
        "|-----------------------------------------+------------------------+----------------------+\n"
        "| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |\n"
    )


D470 = report("470.256.02", "11.4")
D525 = report("525.147.05", "12.0")
D535 = report("535.183.01", "12.2")
D550 = report("550.144.03", "12.4")
D570 = report("570.133.20", "12.8")
D580 = report("580.95.05", "13.0")
D610 = report("610.43.02", "13.3", new_words=True)

NOT_RUNNING = (
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest "
    "NVIDIA driver is installed and running.\n"
)
MISMATCH = "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.183\n"
NO_DEVICES = "No devices were found\n"
LOST = "Unable to determine the device handle for GPU0000:01:00.0: Unknown Error\n"
NOT_LOADED = "Failed to initialize NVML: Unknown Error\n"

UNKNOWN_FIELD = 'Field "compute_cap" is not a valid field to query.\n'
MAXWELL = "NVIDIA GeForce GTX 970, 5.2\n"
PASCAL = "NVIDIA GeForce GTX 1080 Ti, 6.1\n"
VOLTA = "NVIDIA TITAN V, 7.0\n"
TURING = "Tesla T4, 7.5\n"
HOPPER = "NVIDIA H100 80GB HBM3, 9.0\n"

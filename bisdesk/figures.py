"""The figures of the queue as programs read them; no name, reference or address is among them."""

from __future__ import annotations

from workflow.canary import Heartbeat
from workflow.measures import QUANTILES, Measured

REFUSED = "callbacks_refused_"  # counters of refused callbacks, followed by the reason
PLACES = 3  # of seconds and shares


def figures(measured: Measured, beat: Heartbeat | None) -> dict[str, object]:
    """One object for a program; without a heartbeat nothing is said of one."""
    canary = {"canary": _canary(beat)} if beat else {}
    return {
        **canary,
        "oldestDueSeconds": {
            channel: round(waits.total_seconds(), PLACES) for channel, waits in sorted(measured.oldest_due.items())
        },
        "states": {str(state): number for state, number in measured.states.items()},
        "awaitingReceipt": measured.awaiting_receipt,
        "unconfirmed": measured.unconfirmed,
        "strayReceipts": measured.strays,
        "refusedCallbacks": refused(measured),
        "atCapacity": sorted(measured.paused),
        "lastDay": {
            channel: {
                "delivered": len(one.waits),
                "lost": one.lost,
                "deliveredWithin10s": None if one.soon is None else round(one.soon, PLACES),
                "sentToDeliveredSeconds": {
                    f"p{share * 100:g}": round(wait.total_seconds(), PLACES)
                    for share in QUANTILES
                    if (wait := one.quantile(share)) is not None
                },
            }
            for channel, one in measured.arrivals.items()
        },
    }


def _canary(beat: Heartbeat) -> dict[str, object]:
    return {
        "lastSuccessSeconds": None if beat.age is None else round(beat.age.total_seconds(), PLACES),
        "stepSeconds": {step: round(took.total_seconds(), PLACES) for step, took in beat.steps.items()},
        "failures": beat.failures,
        "late": beat.late,
    }


def refused(measured: Measured) -> dict[str, int]:
    """Refused callbacks by reason."""
    counted = measured.counted.items()
    return {name.removeprefix(REFUSED): number for name, number in counted if name.startswith(REFUSED)}

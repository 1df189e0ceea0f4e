"""What Swift sources may not say, as it would switch a proof off or need a reason in a privacy manifest."""

import re

FORBIDDEN = {
    "@preconcurrency": r"@preconcurrency",
    "@testable": r"@testable",
    "nonisolated(unsafe)": r"nonisolated\(unsafe\)",
    "unsafeFlags": r"unsafeFlags",
    "a forced try": r"\btry!",
    "a forced cast": r"\bas!",
    "a forced unwrap": r"[\w)\]]!(?!=)",
    **{
        f"{name}, which needs a reason": name
        for name in (
            "UserDefaults",
            "AppStorage",
            "attributesOfItem",
            "ModificationDate",
            "systemUptime",
            "mach_absolute",
        )
    },
}
"""The last ones are APIs that an app's privacy manifest must account for; package and app use none.
Source: developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api."""


def unproved_uses(text: str) -> list[str]:
    """What of FORBIDDEN is in the code of a source; comments may speak of it."""
    code = re.sub(r"//.*", "", text)
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, code)]

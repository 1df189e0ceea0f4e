"""What the tools of a Mac print, in the form in which it was seen in public; where it was not seen, it says so.

Hosted runners: github.com/AsahiLinux/m1n1 issue 383. `sysctl NAME…` prints "name: value" (its manual page).
"""

HOSTED = """\
hw.model: VirtualMac2,1
machdep.cpu.brand_string: Apple M1 (Virtual)
hw.ncpu: 3
hw.memsize: 7516192768
kern.hv_vmm_present: 1
"""

LAPTOP = """\
hw.model: Mac15,12
machdep.cpu.brand_string: Apple M3
hw.ncpu: 8
hw.memsize: 17179869184
kern.hv_vmm_present: 0
"""
"""Not seen as a whole: the form is HOSTED's, the model Apple's own list of identifiers'."""

SW_VERS = "ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n"
"""sw_vers's manual page has the three lines."""

XCODEBUILD_VERSION = "Xcode 26.6\nBuild version 17F113\n"
"""github.com/MxIris-Reverse-Engineering/MachOSwiftSection pull request 101 names the build."""

SWIFT_VERSION = """\
swift-driver version: 1.120.5 Apple Swift version 6.1 (swiftlang-6.1.0.110.21 clang-1700.0.13.3)
Target: arm64-apple-macosx15.0
"""
"""github.com/swiftlang/swift-testing issue 1107; its second line was not seen there."""

NO_XCODE = (
    "xcode-select: error: tool 'xcodebuild' requires Xcode, but active developer directory "
    "'/Library/Developer/CommandLineTools' is a command line tools instance\n"
)
"""github.com/CocoaPods/CocoaPods issue 12378."""

NO_COMPILER = 'xcrun: error: unable to find utility "coremlcompiler", not a developer tool or in PATH\n'
"""github.com/apple/ml-stable-diffusion issue 17. Exit code 72: github.com/hollance/MobileNet-CoreML issue 3."""

REFUSED = "coremlc: Error: Error reading protobuf spec. validator error: unable to deserialize object\n"
"""github.com/huggingface/swift-coreml-transformers issue 18."""


def compiled(path: str) -> str:
    """What coremlcompiler prints when it is done: each file that it wrote (README of SwiftAI-book-code)."""
    return "".join(f"{path}/{name}\n" for name in ("coremldata.bin", "analytics/coremldata.bin", "metadata.json"))


SWIFT_PASSED = """\
Building for debugging...
[257/257] Linking BlazeMeshPackageTests
Build complete! (39.83s)
Test Suite 'All tests' started at 2026-04-05 21:46:30.868.
Test Suite 'All tests' passed at 2026-04-05 21:46:30.869.
\t Executed 0 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds
􀟈  Test run started.
􀄵  Testing Library Version: 1902
􁁛  Test "Addition works correctly" passed after 0.001 seconds.
􁁛  Test run with 58 tests in 12 suites passed after 3.064 seconds.
"""
"""github.com/ldomaradzki/xcsift issue 65 and github.com/swiftlang/swift-testing pull request 1420."""

SWIFT_FAILED = """\
Build complete! (39.83s)
􀟈  Test run started.
􀢄  Test "every package agrees" recorded an issue at PackageTests.swift:40:9: Expectation failed: 0.2 < 0.1
􀢄  Test "every package agrees" failed after 0.441 seconds with 1 issue.
􀢄  Suite "Packages" failed after 0.442 seconds with 1 issue.
􀢄  Test run with 58 tests in 12 suites failed after 3.064 seconds with 1 issue.
"""
"""The words of swift-testing 6.3 on Linux, run for this; the signs are those seen on a Mac."""

XCTEST_PASSED = """\
Test Suite 'All tests' passed at 2026-01-03 15:08:21.364.
\t Executed 24 tests, with 2 tests skipped and 0 failures (0 unexpected) in 197.131 (197.131) seconds
"""
"""github.com/swiftlang/swift-corelibs-xctest issue 472, which has 5 failures."""

XCTEST_FAILED = """\
Test Case '-[fooTests.fooTests test_colorCycle]' failed (0.055 seconds).
Test Suite 'All tests' failed at 2018-12-26 19:32:14.478.
\t Executed 114 tests, with 27 failures (1 unexpected) in 1.600 (1.611) seconds
"""
"""github.com/muter-mutation-testing/muter issue 188, github.com/jpsim/Yams issue 143."""

BUILT = """\
Command line invocation:
    /Applications/Xcode.app/Contents/Developer/usr/bin/xcodebuild build
/somewhere/ios_app/App.swift:3:1: warning: variable 'x' was never used
** BUILD SUCCEEDED **

"""

NO_PLATFORM = """\
Command line invocation:
    /Applications/Xcode.app/Contents/Developer/usr/bin/xcodebuild build
xcodebuild: error: Unable to find a destination matching the provided destination specifier:
\t\t{ generic:1, platform:iOS }
\tIneligible destinations for the "BlazeMeshSample" scheme:
\t\t{ platform:iOS, name:Any iOS Device, error:iOS 26.2 is not installed. Please download and install the platform }
"""
"""github.com/flutter/flutter pull request 184726, Xcode 26.3; there exit code 64."""

NOT_BUILT = """\
/somewhere/ios_app/App.swift:3:1: error: cannot find 'y' in scope
** BUILD FAILED **


The following build commands failed:
\tSwiftCompile normal arm64
(1 failure)
"""
"""github.com/martakostova/pomodoro issue 28; xcodebuild's exit code is 65 then (fastlane/fastlane issue 4197)."""

PYTEST_PASSED = "......................                        [100%]\n38 passed in 61.20s (0:01:01)\n"
PYTEST_FAILED = """\
FAILED tests/mac/test_core_ml.py::test_every_unit_stays_within_the_float16_limits[FaceMesh-CPU_AND_NE] - assert
FAILED tests/test_packages.py::test_landmarks_are_mediapipes[mesh-CPU_AND_NE] - AssertionError: x
2 failed, 36 passed in 61.20s (0:01:01)
"""
"""pytest 9's own words, with -q."""

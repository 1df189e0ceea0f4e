"""The sample app's build settings, by configuration; Xcode's own defaults hold for what isn't named."""

from collections.abc import Mapping

Value = str | tuple[str, ...]
Settings = Mapping[str, Value]

CONFIGURATIONS = ("Debug", "Release")
CAMERA = (
    "Finds faces in what the camera sees and draws a mesh over them. "
    "Pictures stay on this device: nothing is stored or sent."
)
"""What iOS shows when it asks for the camera: what happens to the picture."""
PHONE = ("Portrait", "LandscapeLeft", "LandscapeRight")
PAD = ("Portrait", "PortraitUpsideDown", "LandscapeLeft", "LandscapeRight")
"""All four, as an iPad would show the app in a smaller frame otherwise."""

PROJECT: Settings = {
    "ALWAYS_SEARCH_USER_PATHS": "NO",
    "COPY_PHASE_STRIP": "NO",
    "ENABLE_USER_SCRIPT_SANDBOXING": "YES",
    "IPHONEOS_DEPLOYMENT_TARGET": "17.0",
    "LOCALIZATION_PREFERS_STRING_CATALOGS": "YES",
    "SDKROOT": "iphoneos",
    # Warnings stay warnings in Xcode, as a deprecation in a newer SDK must not keep anybody from building the sample;
    # the check on Linux makes errors of them.
    "SWIFT_VERSION": "6.0",
}
PROJECT_BY_CONFIGURATION: Mapping[str, Settings] = {
    "Debug": {
        "DEBUG_INFORMATION_FORMAT": "dwarf",
        "ENABLE_TESTABILITY": "YES",
        "ONLY_ACTIVE_ARCH": "YES",
        "SWIFT_ACTIVE_COMPILATION_CONDITIONS": "DEBUG $(inherited)",
        "SWIFT_OPTIMIZATION_LEVEL": "-Onone",
    },
    "Release": {
        "DEBUG_INFORMATION_FORMAT": "dwarf-with-dsym",
        "SWIFT_COMPILATION_MODE": "wholemodule",
        "VALIDATE_PRODUCT": "YES",
    },
}
TARGET: Settings = {
    "ASSETCATALOG_COMPILER_APPICON_NAME": "AppIcon",
    "ASSETCATALOG_COMPILER_GLOBAL_ACCENT_COLOR_NAME": "AccentColor",
    "CODE_SIGN_STYLE": "Automatic",
    "CURRENT_PROJECT_VERSION": "1",
    "ENABLE_PREVIEWS": "YES",
    "GENERATE_INFOPLIST_FILE": "YES",
    "INFOPLIST_KEY_CFBundleDisplayName": "BlazeMesh",
    "INFOPLIST_KEY_ITSAppUsesNonExemptEncryption": "NO",
    "INFOPLIST_KEY_NSCameraUsageDescription": CAMERA,
    "INFOPLIST_KEY_UIApplicationSceneManifest_Generation": "YES",
    "INFOPLIST_KEY_UIApplicationSupportsIndirectInputEvents": "YES",
    "INFOPLIST_KEY_UILaunchScreen_Generation": "YES",
    "INFOPLIST_KEY_UISupportedInterfaceOrientations_iPad": " ".join(f"UIInterfaceOrientation{each}" for each in PAD),
    "INFOPLIST_KEY_UISupportedInterfaceOrientations_iPhone": " ".join(
        f"UIInterfaceOrientation{each}" for each in PHONE
    ),
    "LD_RUNPATH_SEARCH_PATHS": ("$(inherited)", "@executable_path/Frameworks"),
    "MARKETING_VERSION": "1.0",
    # An identifier belongs to one team; whoever chooses a team in Xcode gets one of their own. Without a team, as in
    # builds that aren't signed, it ends with the app's name.
    "PRODUCT_BUNDLE_IDENTIFIER": "com.example.BlazeMeshSample$(DEVELOPMENT_TEAM)",
    "PRODUCT_NAME": "$(TARGET_NAME)",
    "SWIFT_EMIT_LOC_STRINGS": "YES",
    "TARGETED_DEVICE_FAMILY": "1,2",
}


def project_settings(configuration: str) -> Settings:
    """The project's settings in a configuration, by name in order."""
    return dict(sorted({**PROJECT, **PROJECT_BY_CONFIGURATION[configuration]}.items()))


def target_settings() -> Settings:
    """The app's, the same in each configuration."""
    return dict(sorted(TARGET.items()))

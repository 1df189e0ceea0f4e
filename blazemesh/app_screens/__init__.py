"""`make screens`: what an app shows over its camera, computed in Swift from real results, as text and as pictures."""

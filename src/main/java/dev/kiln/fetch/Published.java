package dev.kiln.fetch;

import dev.kiln.digest.Digest;
import dev.kiln.manifest.Version;

/// One version of a crate as a registry's index lists it.
public record Published(String name, Version version, Digest checksum, boolean yanked) {}

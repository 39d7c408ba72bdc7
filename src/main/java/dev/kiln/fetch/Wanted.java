package dev.kiln.fetch;

import dev.kiln.digest.Digest;
import dev.kiln.manifest.PackageId;
import org.jspecify.annotations.Nullable;

/// A package that is to be in the store, and the SHA-256 of its `.crate` as the lock file has it:
/// null where the lock has none.
public record Wanted(PackageId id, @Nullable Digest checksum) {}

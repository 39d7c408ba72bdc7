package dev.kiln.archive;

import dev.kiln.digest.Digest;

/// The hash and the size of a NAR.
public record NarHash(Digest hash, long size) {}

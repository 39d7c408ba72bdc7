package dev.kiln.toolchain;

/// What `rustc -vV` says: the whole text (part of every unit's identity), the host triple, and the
/// release (`1.95.0`, `1.97.0-nightly`).
public record RustcVersion(String verbose, String host, String release) {}

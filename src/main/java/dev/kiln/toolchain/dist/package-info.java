/// Toolchains of a Rust distribution, as rustup installs them.
///
/// Takes `channel-rust-*.toml` (version 2) and gives which files of which components a toolchain is
/// made of, with their hashes.
///
/// Invariant, and the test that holds it: components and their new names are found as rustup finds
/// them, and what a target lacks is named (`ChannelManifestTest`).
@NullMarked
package dev.kiln.toolchain.dist;

import org.jspecify.annotations.NullMarked;

/// Packs and unpacks NARs and crate tarballs deterministically and safely; the only user of
/// commons-compress, xz and zstd.
///
/// Takes trees on disk and streams, gives streams and trees. Names and targets of links are bytes,
/// also where they are not UTF-8 and under LC_ALL=C ([dev.kiln.archive.FileNames]).
///
/// Invariants, and the test that holds each: a NAR is byte for byte Nix's (`NixVectorsTest`,
/// `NixJudgeIT`); what is no NAR for current Nix is refused and leaves nothing behind
/// (`NixVectorsTest`, `MutationTest`); nothing is written outside of the destination (`NarTest`,
/// `CrateArchiveTest`); crates are unpacked by Cargo's rules (`CrateArchiveTest`).
@NullMarked
package dev.kiln.archive;

import org.jspecify.annotations.NullMarked;
